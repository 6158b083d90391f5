import type { TraceContext } from "./trace-context.js";

/** Samplers by the names that OpenTelemetry gives them in `OTEL_TRACES_SAMPLER`. */
export const SAMPLERS = [
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
  "always_on",
  "always_off",
  "traceidratio",
] as const;

/** One of {@link SAMPLERS}. */
export type SamplerName = (typeof SAMPLERS)[number];

/** Decides whether a trace is recorded. */
export type Sampler = (traceId: string, parent: TraceContext | undefined) => boolean;

/**
 * Makes a sampler.
 * @param ratio share of the traces that are recorded, 0 to 1, where the name says "traceidratio"
 */
export function samplerNamed(name: SamplerName, ratio: number): Sampler {
  const root = rootSampler(name, ratio);
  return name.startsWith("parentbased_") ? (traceId, parent) => parent?.sampled ?? root(traceId) : root;
}

function rootSampler(name: SamplerName, ratio: number): (traceId: string) => boolean {
  if (name.endsWith("always_on")) return () => true;
  if (name.endsWith("always_off")) return () => false;
  // Every process decides alike: the trace's id does, by its last 7 bytes, as OpenTelemetry has it.
  const threshold = (1 - ratio) * 2 ** 56;
  return (traceId) => ratio > 0 && Number.parseInt(traceId.slice(18), 16) >= threshold;
}
