import { AsyncLocalStorage } from "node:async_hooks";
import { newSpanId, newTraceId } from "./ids.js";
import type { Sampler } from "./sampler.js";
import { Span, SpanKind, type Attributes, type SpanKindNumber } from "./span.js";
import { formatTraceparent, type TraceContext } from "./trace-context.js";

/** What records traces. */
export interface Tracing {
  /** Decides which traces are recorded. */
  readonly sampler: Sampler;
  /** Takes every span that ends. */
  readonly ended: (span: Span) => void;
}

const storage = new AsyncLocalStorage<Span>();
let tracing: Tracing | undefined;
/** Pieces of work that {@link inSpan} waits for. */
let working = 0;
/** Tells callees that a trace is not recorded, or each would decide anew. */
let unrecorded = "";

/** Records traces from now on; undefined ends that. */
export function setTracing(next: Tracing | undefined): void {
  tracing = next;
  unrecorded = formatTraceparent({ traceId: newTraceId(), spanId: newSpanId(), sampled: false });
}

/** The span that the running code works for; undefined outside of recorded traces. */
export function activeSpan(): Span | undefined {
  return working > 0 ? storage.getStore() : undefined;
}

/** The header that tells a callee of the trace; undefined while none are recorded. */
export function traceparentOf(span: Span | undefined): string | undefined {
  if (tracing === undefined) return undefined;
  return span === undefined ? unrecorded : formatTraceparent(span);
}

/**
 * Begins a span for a call that came in: of the caller's trace, or of a new one.
 * @param parent gives the caller's context; asked only while traces are recorded
 * @returns undefined when the trace is not recorded
 */
export function startServerSpan(
  name: string,
  parent: () => TraceContext | undefined,
  attributes: Attributes = {},
): Span | undefined {
  if (tracing === undefined) return undefined;
  const from = parent();
  const traceId = from?.traceId ?? newTraceId();
  if (!tracing.sampler(traceId, from)) return undefined;
  return new Span({ name, kind: SpanKind.server, attributes }, traceId, from, tracing.ended);
}

/** Begins a span within the active one; undefined outside of recorded traces. */
export function startSpan(
  name: string,
  attributes: Attributes = {},
  kind: SpanKindNumber = SpanKind.internal,
): Span | undefined {
  const parent = activeSpan();
  if (parent === undefined || tracing === undefined) return undefined;
  return new Span({ name, kind, attributes }, parent.traceId, parent, tracing.ended);
}

/**
 * Begins a span of work that nobody called for, such as a job: within the active span if there is one, else in a trace of its own.
 * @param parent the context of a trace that another process began
 */
export function startRootSpan(name: string, attributes: Attributes = {}, parent?: TraceContext): Span | undefined {
  const within = startSpan(name, attributes);
  if (within !== undefined || tracing === undefined) return within;
  const traceId = parent?.traceId ?? newTraceId();
  if (!tracing.sampler(traceId, parent)) return undefined;
  return new Span({ name, kind: SpanKind.internal, attributes }, traceId, parent, tracing.ended);
}

/**
 * Does work with a span as the active one, and ends the span with the work: when the promise that it returns settles, if it
 * returns one. Without a span it is the work alone.
 */
export function inSpan<T>(span: Span | undefined, work: () => T): T {
  if (span === undefined) return work();
  return withSpan(span, work, (failure) => {
    if (failure !== undefined) span.fail(kindOf(failure));
    span.end();
  });
}

/** What kind of failure it is: a message may quote ids, which traces do not hold. */
function kindOf(failure: unknown): string {
  const { code, name } = failure as { readonly code?: unknown; readonly name?: unknown };
  return typeof code === "string" ? code : typeof name === "string" ? name : "Error";
}

/**
 * Does work with a span as the active one.
 * @param settled called when the work, or the promise that it returns, is done, with what it threw
 */
export function withSpan<T>(span: Span, work: () => T, settled: (failure?: unknown) => void = () => {}): T {
  working++;
  const done = (failure?: unknown): void => {
    settled(failure);
    // Following promises costs every promise of the process something, so it is done only for as long as a span is active.
    if (--working === 0) storage.disable();
  };
  let result: T;
  try {
    result = storage.run(span, work);
  } catch (error) {
    done(error ?? "failed");
    throw error;
  }
  if (!(result instanceof Promise)) {
    done();
    return result;
  }
  return result.then(
    (value: unknown) => {
      done();
      return value;
    },
    (error: unknown) => {
      done(error ?? "failed");
      throw error;
    },
  ) as T;
}

/** Does a piece of work in a span of its own within the active one. Outside of recorded traces it is the work alone. */
export function traced<T>(name: string, work: () => T, attributes?: Attributes): T {
  return working > 0 ? inSpan(startSpan(name, attributes), work) : work();
}

/** The function, which whenever it is called works for the span that is active now. */
export function keepingSpan<T>(work: () => T): () => T {
  const span = activeSpan();
  return span === undefined ? work : () => withSpan(span, work);
}
