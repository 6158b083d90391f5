import { SAMPLERS } from "@palate/telemetry";
import { z } from "zod";
import { choice, flag, integer, text, type Option } from "./config.js";

/** An address to listen on, as "host:port" or "[host]:port". */
const LISTEN = /^(?:\[([^\]]+)\]|([^:\s]+)):(\d{1,5})$/;

/** Where metrics are served; undefined is nowhere. */
function listenOption(env: string, description: string): Option<{ host: string; port: number } | undefined> {
  const schema = z
    .string()
    .trim()
    .regex(LISTEN, { error: "right is host:port, for example 127.0.0.1:4300" })
    .transform((value) => {
      const [, bracketed, plain, port] = LISTEN.exec(value)!;
      return { host: (bracketed ?? plain)!, port: Number(port) };
    })
    .refine(({ port }) => port < 65_536, { error: "the port is 0 to 65535" })
    .optional();
  return { env, description, schema, defaultText: "" };
}

/** Pairs as OpenTelemetry writes them: "name=value,name=value", with values percent-encoded. */
function pairs(env: string, description: string): Option<Readonly<Record<string, string>>> {
  const schema = z
    .string()
    .default("")
    .transform((value) => value.split(",").filter((pair) => pair.trim() !== ""))
    .refine((all) => all.every((pair) => pair.indexOf("=") > 0), { error: "each entry is name=value" })
    .transform((all) => Object.fromEntries(all.map((pair) => pairOf(pair))));
  return { env, description, schema, defaultText: "" };
}

function pairOf(pair: string): [string, string] {
  const at = pair.indexOf("=");
  const value = pair.slice(at + 1).trim();
  try {
    return [pair.slice(0, at).trim(), decodeURIComponent(value)];
  } catch {
    return [pair.slice(0, at).trim(), value];
  }
}

/** Options of metrics and traces, which every process has. Those that begin with OTEL mean what OpenTelemetry says. */
export const telemetryOptions = {
  metricsListen: listenOption(
    "PALATE_METRICS_LISTEN",
    "Address and port to serve metrics on, for Prometheus at /metrics; empty serves none.",
  ),
  otlpEndpoint: text(
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "",
    "Address of an OpenTelemetry receiver that takes OTLP/HTTP as JSON, for example http://127.0.0.1:4318; empty records no traces.",
  ),
  otlpTracesEndpoint: text(
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "",
    "The whole address for traces, in place of OTEL_EXPORTER_OTLP_ENDPOINT and /v1/traces.",
  ),
  otlpHeaders: pairs("OTEL_EXPORTER_OTLP_HEADERS", "Headers for the receiver, as name=value, separated by commas."),
  otlpTimeoutMs: integer(
    "OTEL_EXPORTER_OTLP_TIMEOUT",
    10_000,
    1,
    600_000,
    "Milliseconds that the receiver gets to answer.",
  ),
  exportIntervalMs: integer(
    "OTEL_BSP_SCHEDULE_DELAY",
    5_000,
    10,
    600_000,
    "Milliseconds between two requests to the receiver while little is recorded.",
  ),
  tracesSampler: choice(
    "OTEL_TRACES_SAMPLER",
    SAMPLERS,
    "parentbased_always_on",
    "Which traces are recorded; those named parentbased leave it to the caller where that is known.",
  ),
  tracesSamplerRatio: {
    env: "OTEL_TRACES_SAMPLER_ARG",
    description: "Share of traces that are recorded where the sampler is a traceidratio, 0 to 1.",
    schema: z.coerce.number().min(0).max(1).default(1),
    defaultText: "1",
  },
  serviceName: text(
    "OTEL_SERVICE_NAME",
    "",
    'Name of the process in metrics and traces; empty is "palate-" and its name.',
  ),
  resourceAttributes: pairs(
    "OTEL_RESOURCE_ATTRIBUTES",
    "What traces say of the process beside its name, as name=value, separated by commas.",
  ),
  telemetryOff: flag("OTEL_SDK_DISABLED", false, "Records no traces, whatever else is set."),
} as const;
