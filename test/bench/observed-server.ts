/**
 * What the part "observing" measures, run as a program of its own: a gateway and a recipe service that answers at once, in one
 * process, so that nothing but the way of a request is measured. It is told by messages what is observed, and answers each
 * with the CPU time that it has used so far, in microseconds.
 */
import { gatewayOptions, startGateway } from "@palate/gateway";
import { createLogger, loadConfig, startTelemetry } from "@palate/host";
import { metricsState, samplerNamed, setTracing, OtlpExporter } from "@palate/telemetry";
import { MemoryRecipeService } from "../contract/gateway-recipes.js";
import { setTimeout as sleep } from "node:timers/promises";

/** What is observed: nothing, metrics, or metrics with a tenth of the traces. */
export type Observation = "nothing" | "metrics" | "metrics, 10 % of traces";

const SHARE_OF_TRACES = 0.1;
const [endpoint = ""] = process.argv.slice(2);

const service = new MemoryRecipeService("bench", "aws-popularity-count");
await service.start();
service.addCampaign("bench", "bench");
const logger = createLogger("bench", "silent");
const config = loadConfig(gatewayOptions, {
  PALATE_GATEWAY_LISTEN: "127.0.0.1:0",
  PALATE_METRICS_LISTEN: "127.0.0.1:0",
  PALATE_RECIPE_SERVICES: service.address,
  PALATE_DISCOVERY_SECONDS: "3600",
});
await startTelemetry("bench", config, logger);
const gateway = await startGateway(config, logger);
const exporter = new OtlpExporter({
  ...{ url: `${endpoint}/v1/traces`, headers: {}, timeoutMs: 10_000, intervalMs: 1_000, resource: {} },
  onProblem: (problem) => console.error(problem),
});
const sampler = samplerNamed("parentbased_traceidratio", SHARE_OF_TRACES);

process.on("message", (observation: Observation) => {
  metricsState.on = observation !== "nothing";
  const traces = observation.endsWith("traces");
  setTracing(traces ? { sampler, ended: (span) => exporter.add(span) } : undefined);
  service.asked.length = 0;
  // What the requests before have left to do is not counted with those that come.
  void exporter
    .flush()
    .then(() => sleep(50))
    .then(() => {
      const { user, system } = process.cpuUsage();
      process.send?.(user + system);
    });
});
process.on("disconnect", () => process.exit());
process.send?.(gateway.url);
