import { OtlpExporter, samplerNamed, serveMetrics, setTracing } from "@palate/telemetry";
import { hostname } from "node:os";
import process from "node:process";
import type { ConfigOf } from "./config/config.js";
import type { telemetryOptions } from "./config/telemetry-options.js";
import { PalateError } from "./errors/palate-error.js";
import type { Logger } from "./logger.js";

const VERSION = "0.1.0";

/** Metrics and traces of a process, as its options ask for them. */
export interface RunningTelemetry {
  /** Where its metrics are, for people; undefined where it serves none. */
  readonly metricsUrl: string | undefined;
  /** Sends the traces that wait, and stops. */
  close(): Promise<void>;
}

/**
 * Starts what the options ask for. To be called before the process does anything else that should be seen.
 * @param name the process: "gateway"
 * @throws PalateError `failed_precondition` when the address for metrics cannot be bound
 */
export async function startTelemetry(
  name: string,
  config: ConfigOf<typeof telemetryOptions>,
  logger: Logger,
): Promise<RunningTelemetry> {
  const serviceName = config.serviceName || `palate-${name}`;
  const instance = `${hostname()}:${process.pid}`;
  const identity = { name: serviceName, version: VERSION, instance };
  const resource = {
    ...config.resourceAttributes,
    "service.name": serviceName,
    "service.version": VERSION,
    "service.instance.id": instance,
  };
  const exporter = startTracing(resource, config, logger);
  const metrics = config.metricsListen && (await bound(config.metricsListen, identity));
  if (metrics) logger.info({ url: metrics.url }, "metrics are served");
  return {
    metricsUrl: metrics?.url,
    async close() {
      await metrics?.close();
      if (exporter) setTracing(undefined);
      await exporter?.close();
    },
  };
}

type Identity = Parameters<typeof serveMetrics>[2];

async function bound({ host, port }: { host: string; port: number }, identity: Identity) {
  try {
    return await serveMetrics(host, port, identity);
  } catch (cause) {
    const message = `Metrics cannot be served at ${host}:${port}: ${(cause as Error).message}; set PALATE_METRICS_LISTEN to a free address.`;
    throw new PalateError("failed_precondition", message, {}, { cause });
  }
}

/** Records traces where there is an address to send them to. */
function startTracing(
  resource: Readonly<Record<string, string>>,
  config: ConfigOf<typeof telemetryOptions>,
  logger: Logger,
): OtlpExporter | undefined {
  const { otlpEndpoint, otlpTracesEndpoint, otlpHeaders, otlpTimeoutMs, exportIntervalMs } = config;
  const url = otlpTracesEndpoint || (otlpEndpoint && `${otlpEndpoint.replace(/\/+$/, "")}/v1/traces`);
  if (!url || config.telemetryOff) return undefined;
  const exporter = new OtlpExporter({
    ...{ url, headers: otlpHeaders, timeoutMs: otlpTimeoutMs, intervalMs: exportIntervalMs, resource },
    onProblem: (problem) => logger.warn({ problem }, "traces are lost"),
  });
  const sampler = samplerNamed(config.tracesSampler, config.tracesSamplerRatio);
  setTracing({ sampler, ended: (span) => exporter.add(span) });
  logger.info({ url, sampler: config.tracesSampler, ratio: config.tracesSamplerRatio }, "traces are recorded");
  return exporter;
}
