import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { CONTENT_TYPES, exposition } from "./exposition.js";
import { instruments } from "./instruments.js";
import { observeProcess, type ServiceIdentity } from "./process-metrics.js";
import { metricsState } from "./state.js";

/** A running endpoint. */
export interface MetricsEndpoint {
  /** Its address for people and for Prometheus: "http://127.0.0.1:4300/metrics". */
  readonly url: string;
  /** Stops it. */
  close(): Promise<void>;
}

/** Endpoints of this process: metrics are counted while there are any. */
let endpoints = 0;

/**
 * Serves the process's metrics to Prometheus by GET /metrics, on a port of its own. From now on metrics are counted.
 * @param host where to listen
 * @param port 0 picks a free one
 * @throws Error when the address cannot be bound
 */
export async function serveMetrics(host: string, port: number, identity: ServiceIdentity): Promise<MetricsEndpoint> {
  const server = createServer((request, response) => {
    const path = request.url?.split("?")[0];
    if (path !== "/metrics" || (request.method !== "GET" && request.method !== "HEAD")) {
      response.writeHead(404, { "content-type": "text/plain" }).end("Metrics are at /metrics.\n");
      return;
    }
    const format = request.headers.accept?.includes("application/openmetrics-text") ? "openmetrics" : "prometheus";
    const text = exposition(Object.values(instruments), format);
    response.writeHead(200, { "content-type": CONTENT_TYPES[format], "content-length": Buffer.byteLength(text) });
    response.end(request.method === "HEAD" ? "" : text);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const stopObserving = observeProcess(identity);
  metricsState.on = ++endpoints > 0;
  const shown = host.includes(":") ? `[${host}]` : host;
  return {
    url: `http://${shown}:${(server.address() as AddressInfo).port}/metrics`,
    close: () =>
      new Promise((resolve) => {
        metricsState.on = --endpoints > 0;
        stopObserving();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
