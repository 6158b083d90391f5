import {
  instruments,
  metricsState,
  parseTraceparent,
  startServerSpan,
  TRACEPARENT,
  TRACESTATE,
  withSpan,
  type Span,
} from "@palate/telemetry";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]);

/** Requests in progress, of all servers of this process. */
let active = 0;
instruments.httpActive.observe((tell) => tell(active));

/**
 * The listener, with each request measured and, in a recorded trace, in a span of its own.
 * @param routeOf the path's pattern, of which there are few; empty for a path that leads nowhere
 */
export function observed(
  listener: (request: IncomingMessage, response: ServerResponse) => void,
  routeOf: (path: string) => string,
): RequestListener {
  return (request, response) => {
    const method = METHODS.has(request.method ?? "") ? request.method! : "_OTHER";
    const path = (request.url ?? "/").split("?", 1)[0]!;
    const route = routeOf(path);
    const span = startServerSpan(
      route === "" ? method : `${method} ${route}`,
      () => parseTraceparent(single(request, TRACEPARENT), single(request, TRACESTATE)),
      {
        "http.request.method": method,
        "url.path": path,
        "url.scheme": "encrypted" in request.socket ? "https" : "http",
        "http.route": route || undefined,
      },
    );
    if (span === undefined && !metricsState.on) return listener(request, response);
    const startedAt = performance.now();
    active++;
    const closed = () => {
      active--;
      const seconds = (performance.now() - startedAt) / 1_000;
      instruments.httpDuration.record(seconds, span, method, route, String(statusOf(response)));
      if (span) end(span, response);
    };
    if (span === undefined) {
      response.once("close", closed);
      listener(request, response);
      return;
    }
    // The span is active for as long as the answer is not out.
    const whole = () =>
      new Promise<void>((resolve) => {
        response.once("close", () => {
          closed();
          resolve();
        });
        listener(request, response);
      });
    void withSpan(span, whole);
  };
}

/** The status sent; 499 where the client left before there was one. */
function statusOf(response: ServerResponse): number {
  return response.headersSent ? response.statusCode : 499;
}

function end(span: Span, response: ServerResponse): void {
  const status = statusOf(response);
  span.set({ "http.response.status_code": status });
  if (status >= 500) span.fail(`HTTP status ${status}`);
  span.end();
}

function single(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" ? value : value?.[0];
}
