import { performance } from "node:perf_hooks";
import type { Attributes, Span } from "./span.js";

const SCOPE = { name: "palate" };
/** OTLP's number for the status of a span that failed. */
const STATUS_ERROR = 2;

/** Spans as OTLP says them in JSON: the body of a request to /v1/traces. */
export function otlpTraces(resource: Attributes, spans: readonly Span[]): object {
  return {
    resourceSpans: [
      { resource: { attributes: keyValues(resource) }, scopeSpans: [{ scope: SCOPE, spans: spans.map(otlpSpan) }] },
    ],
  };
}

function otlpSpan(span: Span): object {
  const { traceId, spanId, parentId, traceState, name, kind, attributes, failure } = span;
  return {
    traceId,
    spanId,
    ...(parentId !== undefined && { parentSpanId: parentId }),
    ...(traceState !== undefined && { traceState }),
    name,
    kind,
    startTimeUnixNano: unixNano(span.startedAt),
    endTimeUnixNano: unixNano(span.endedAt),
    attributes: keyValues(attributes),
    status: failure === undefined ? {} : { code: STATUS_ERROR, message: failure },
  };
}

/** Unix time in nanoseconds as digits, out of milliseconds since the process's time origin. */
function unixNano(milliseconds: number): string {
  const micros = Math.round((performance.timeOrigin + milliseconds) * 1_000);
  return `${micros}000`;
}

function keyValues(attributes: Attributes): object[] {
  return Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value: of(value) }]));
}

function of(value: string | number | boolean): object {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
