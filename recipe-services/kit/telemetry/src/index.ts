/** Metrics for Prometheus and traces for OpenTelemetry. While neither is asked for, every call costs a comparison. */
export { JobPhases } from "./job-phases.js";
export { measuredJob, type JobOutcome } from "./measured-job.js";
export { labelName, prometheusName } from "./metrics/definition.js";
export { serveMetrics } from "./metrics/endpoint.js";
export { instruments } from "./metrics/instruments.js";
export { metricsState } from "./metrics/state.js";
export { OtlpExporter } from "./tracing/otlp-exporter.js";
export { SAMPLERS, samplerNamed } from "./tracing/sampler.js";
export { type Span, SpanKind } from "./tracing/span.js";
export { parseTraceparent, TRACEPARENT, TRACESTATE } from "./tracing/trace-context.js";
export {
  activeSpan,
  inSpan,
  keepingSpan,
  setTracing,
  startRootSpan,
  startServerSpan,
  startSpan,
  traced,
  traceparentOf,
  withSpan,
} from "./tracing/tracer.js";
