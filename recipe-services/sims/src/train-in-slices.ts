import { failedPrecondition } from "@palate/host";
import type { Progress, TrainingInput } from "@palate/recipe";
import { setImmediate as turn } from "node:timers/promises";

/** Longest time, in milliseconds, between two looks at whether to stop. */
const SLICE_MS = 100;

/**
 * Runs a fit to its end in slices, between which a training can be stopped and says how far it is.
 * @param work yields the share of it done
 * @param progress what to say of a share
 * @throws the signal's reason when aborted
 */
export async function inSlices<T>(
  work: Generator<number, T>,
  input: Pick<TrainingInput, "signal" | "report">,
  progress: (share: number) => Progress,
): Promise<T> {
  let lookedAt = -Infinity;
  for (let step = work.next(); ; step = work.next()) {
    if (step.done) return step.value;
    if (performance.now() - lookedAt < SLICE_MS) continue;
    input.report(progress(step.value));
    await turn();
    input.signal.throwIfAborted();
    lookedAt = performance.now();
  }
}

/** @throws PalateError `failed_precondition` without interactions; the signal's reason when aborted */
export function checkThereIsData(input: TrainingInput): void {
  input.signal.throwIfAborted();
  if (input.everything.items.length === 0)
    throw failedPrecondition("There are no interactions to learn from; import or stream some first.");
}
