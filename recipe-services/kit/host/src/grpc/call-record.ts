import type { Metadata } from "@grpc/grpc-js";
import {
  instruments,
  metricsState,
  parseTraceparent,
  SpanKind,
  startServerSpan,
  startSpan,
  TRACEPARENT,
  traceparentOf,
  TRACESTATE,
  withSpan,
  type Span,
} from "@palate/telemetry";
import { toPalateError } from "../errors/palate-error.js";

const GRPC = "grpc";

/** One gRPC call while it lasts: how long it takes, how it ends, and its span in a recorded trace. */
export class CallRecord {
  readonly span: Span | undefined;
  readonly #method: string;
  readonly #durations: typeof instruments.rpcServerDuration;
  readonly #startedAt = performance.now();

  /** @param method the method's name in full: "palate.recipe.v1.RecommendationService/GetRecommendations" */
  constructor(method: string, durations: typeof instruments.rpcServerDuration, span: Span | undefined) {
    this.#method = method;
    this.#durations = durations;
    this.span = span;
  }

  /** Does work for the call: its log lines, and the calls that it makes, belong to the call's trace. */
  run<T>(work: () => T): T {
    return this.span === undefined ? work() : withSpan(this.span, work);
  }

  /** Notes that the call is over. `thrown` is why it failed; undefined when it did not. */
  end(thrown?: unknown): void {
    const error = thrown === undefined ? undefined : toPalateError(thrown);
    const outcome = error === undefined ? "OK" : error.code.toUpperCase();
    const seconds = (performance.now() - this.#startedAt) / 1_000;
    this.#durations.record(seconds, this.span, GRPC, this.#method, outcome);
    if (this.span === undefined) return;
    this.span.set({ "rpc.response.status_code": outcome });
    if (error !== undefined) this.span.fail(outcome);
    this.span.end();
  }
}

/** What is known of a call when it begins. */
function attributesOf(method: string) {
  return { "rpc.system.name": GRPC, "rpc.method": method };
}

/**
 * Begins the record of a call that this process makes, and adds what tells the callee of the trace to what is sent.
 * @param path of the method: "/palate.recipe.v1.RecommendationService/GetRecommendations"
 * @returns undefined when nobody wants to know
 */
export function beginClientCall(path: string, metadata: Metadata): CallRecord | undefined {
  const method = path.slice(1);
  const span = startSpan(method, attributesOf(method), SpanKind.client);
  const header = traceparentOf(span);
  if (header !== undefined) metadata.set(TRACEPARENT, header);
  if (span?.traceState !== undefined) metadata.set(TRACESTATE, span.traceState);
  if (span === undefined && !metricsState.on) return undefined;
  return new CallRecord(method, instruments.rpcClientDuration, span);
}

/** A call as the server got it. */
interface IncomingCall {
  readonly metadata: Metadata;
  getPath(): string;
}

/**
 * Begins the record of a call that this process answers.
 * @returns undefined when nobody wants to know
 */
export function beginServerCall(call: IncomingCall): CallRecord | undefined {
  const method = call.getPath().slice(1);
  const first = (name: string): string | undefined => call.metadata.get(name)[0]?.toString();
  const parent = () => parseTraceparent(first(TRACEPARENT), first(TRACESTATE));
  const span = startServerSpan(method, parent, attributesOf(method));
  if (span === undefined && !metricsState.on) return undefined;
  return new CallRecord(method, instruments.rpcServerDuration, span);
}
