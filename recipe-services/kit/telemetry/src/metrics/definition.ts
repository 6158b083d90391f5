/** What a metric is, as its row in the README says. */
export interface MetricDefinition<L extends string = string> {
  /** Its name by OpenTelemetry's rules: "http.server.request.duration". */
  readonly name: string;
  /** Its unit by UCUM: "s", "By", "1" for a share, or what is counted in braces: "{event}". */
  readonly unit: string;
  /** Names of its attributes, in the order in which their values are given: "http.route". */
  readonly labels: readonly L[];
  /** What it says, in one sentence. */
  readonly description: string;
}

const UNIT_SUFFIXES: Readonly<Record<string, string>> = { s: "seconds", By: "bytes", "1": "ratio" };

/** Prometheus' word for a unit; empty for what is counted. */
export function unitSuffix(unit: string): string {
  return UNIT_SUFFIXES[unit] ?? "";
}

/** A name as Prometheus writes it, without the "_total" of counters: "http_server_request_duration_seconds". */
export function prometheusName({ name, unit }: MetricDefinition): string {
  const suffix = unitSuffix(unit);
  const plain = labelName(name);
  return suffix === "" || plain.endsWith(`_${suffix}`) ? plain : `${plain}_${suffix}`;
}

/** An attribute's name as Prometheus writes it: "http_route". */
export function labelName(attribute: string): string {
  return attribute.replaceAll(".", "_");
}
