import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Counter } from "./counter.js";
import { exposition } from "./exposition.js";
import { Gauge } from "./gauge.js";
import { Histogram } from "./histogram.js";
import { metricsState } from "./state.js";

const described = (name: string, unit: string, labels: string[] = []) => ({ name, unit, labels, description: "What." });

beforeEach(() => void (metricsState.on = true));
afterEach(() => void (metricsState.on = false));

describe("the text that Prometheus reads", () => {
  it("names counters by their unit and total, and OpenMetrics' family without it", () => {
    const counter = new Counter(described("app.cpu.time", "s", ["cpu.mode"]));
    counter.add(1.5, "user");
    counter.add(0.25, "user");
    expect(exposition([counter], "prometheus")).toBe(
      '# TYPE app_cpu_time_seconds_total counter\n# HELP app_cpu_time_seconds_total What.\napp_cpu_time_seconds_total{cpu_mode="user"} 1.75\n',
    );
    expect(exposition([counter], "openmetrics")).toBe(
      '# TYPE app_cpu_time_seconds counter\n# UNIT app_cpu_time_seconds seconds\n# HELP app_cpu_time_seconds What.\napp_cpu_time_seconds_total{cpu_mode="user"} 1.75\n# EOF\n',
    );
  });

  it("adds up the buckets of histograms, with the newest trace of each in OpenMetrics only", () => {
    const histogram = new Histogram(described("app.duration", "s", ["route"]), [0.1, 1]);
    histogram.record(0.1, undefined, "/a");
    histogram.record(0.5, { traceId: "t1", spanId: "s1" }, "/a");
    histogram.record(0.75, { traceId: "t2", spanId: "s2" }, "/a");
    histogram.record(9, undefined, "/a");
    const plain = exposition([histogram], "prometheus");
    expect(plain).toContain(
      [
        'app_duration_seconds_bucket{route="/a",le="0.1"} 1',
        'app_duration_seconds_bucket{route="/a",le="1.0"} 3',
        'app_duration_seconds_bucket{route="/a",le="+Inf"} 4',
        'app_duration_seconds_count{route="/a"} 4',
        'app_duration_seconds_sum{route="/a"} 10.35',
      ].join("\n"),
    );
    expect(plain).not.toContain("t2");
    expect(exposition([histogram], "openmetrics")).toMatch(
      /le="1\.0"\} 3 # \{trace_id="t2",span_id="s2"\} 0\.75 \d+\.\d{3}\n/,
    );
  });

  it("asks gauges when it is read, adds up what several observers tell, and forgets those that ended", () => {
    const gauge = new Gauge(described("app.jobs", "{job}", ["state"]));
    let waiting = 2;
    const stop = gauge.observe((tell) => tell(waiting, "waiting"));
    gauge.observe((tell) => tell(1, "waiting"));
    expect(exposition([gauge], "prometheus")).toContain('app_jobs{state="waiting"} 3\n');
    waiting = 5;
    expect(exposition([gauge], "prometheus")).toContain('app_jobs{state="waiting"} 6\n');
    stop();
    expect(exposition([gauge], "prometheus")).toContain('app_jobs{state="waiting"} 1\n');
  });

  it("escapes what label values may hold", () => {
    const counter = new Counter(described("app.things", "{thing}", ["name"]));
    counter.add(1, 'a"b\\c\nd');
    expect(exposition([counter], "prometheus")).toContain('app_things_total{name="a\\"b\\\\c\\nd"} 1\n');
  });

  it("counts what comes after the most series together", () => {
    const counter = new Counter(described("app.things", "{thing}", ["name"]));
    for (let name = 0; name < 2_500; name++) counter.add(1, String(name));
    const lines = exposition([counter], "prometheus").split("\n");
    expect(lines.filter((line) => line.startsWith("app_things_total{"))).toHaveLength(2_001);
    expect(lines).toContain('app_things_total{name="_other"} 500');
  });

  it("leaves out what has no values, and counts nothing while nobody reads", () => {
    const counter = new Counter(described("app.things", "{thing}"));
    metricsState.on = false;
    counter.add(1);
    expect(exposition([counter], "openmetrics")).toBe("# EOF\n");
  });
});
