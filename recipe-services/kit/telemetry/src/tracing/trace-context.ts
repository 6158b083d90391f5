/** What one process tells another of the trace that a call belongs to, by W3C Trace Context. */
export interface TraceContext {
  /** 32 digits, hexadecimal. */
  readonly traceId: string;
  /** Id of the span that calls; 16 digits, hexadecimal. */
  readonly spanId: string;
  /** Whether the caller records the trace. */
  readonly sampled: boolean;
  /** What other systems add, passed on as it is. */
  readonly traceState?: string | undefined;
}

/** Name of the header. */
export const TRACEPARENT = "traceparent";
/** Name of the header with what other systems add. */
export const TRACESTATE = "tracestate";

const PATTERN = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
/** Most characters of the other systems' part that are passed on. */
const MOST_STATE = 512;

/** The context in a `traceparent` header; undefined where there is none or it is not valid, which begins a new trace. */
export function parseTraceparent(header: string | undefined, traceState?: string): TraceContext | undefined {
  const match = header === undefined ? null : PATTERN.exec(header);
  if (match === null) return undefined;
  const [, version, traceId = "", spanId = "", flags = "00", more] = match;
  // Later versions may add fields behind those of version 00, which itself has none.
  if (version === "00" && more !== undefined) return undefined;
  const sampled = (Number.parseInt(flags, 16) & 1) === 1;
  return { traceId, spanId, sampled, ...(traceState && traceState.length <= MOST_STATE && { traceState }) };
}

/** The context as a `traceparent` header. */
export function formatTraceparent({ traceId, spanId, sampled }: Omit<TraceContext, "traceState">): string {
  return `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`;
}
