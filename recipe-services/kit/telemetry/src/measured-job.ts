import { instruments } from "./metrics/instruments.js";
import type { Attributes } from "./tracing/span.js";
import { inSpan, startRootSpan } from "./tracing/tracer.js";

/** How a job ends, as metrics name it. */
export type JobOutcome = "ok" | "failed" | "stopped";

/**
 * Does a job's work; how long it takes and how it ends is measured, in a trace of its own where traces are recorded.
 * @param job what jobs of the kind are called in metrics: "import"
 * @param outcomeOf what the work's result says of its outcome; default "ok"
 * @param failureOutcome what an error that the work throws says of it; default "failed"
 */
export async function measuredJob<T>(
  job: string,
  attributes: Attributes,
  work: () => Promise<T>,
  outcomeOf: (result: T) => JobOutcome = () => "ok",
  failureOutcome: (thrown: unknown) => JobOutcome = () => "failed",
): Promise<T> {
  const startedAt = performance.now();
  const span = startRootSpan(`palate.job ${job}`, attributes);
  const settled = (outcome: JobOutcome) =>
    instruments.jobDuration.record((performance.now() - startedAt) / 1_000, span, job, outcome);
  try {
    const result = await inSpan(span, work);
    settled(outcomeOf(result));
    return result;
  } catch (thrown) {
    settled(failureOutcome(thrown));
    throw thrown;
  }
}
