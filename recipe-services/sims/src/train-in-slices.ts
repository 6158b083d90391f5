import { failedPrecondition } from "@palate/host";
import type { Progress, TrainingInput } from "@palate/recipe";
import { setImmediate as turn } from "node:timers/promises";

/** Longest time, in milliseconds, between two checks of the abort signal. */
const SLICE_MS = 100;

/**
 * Runs a fit in slices. Between them the training reports its progress and can be aborted.
 * @param work yields the share done
 * @param progress the report for a share
 * @throws the signal's reason when aborted
 */
export async function inSlices<T>(
  work: Generator<number, T>,
  input: Pick<TrainingInput, "signal" | "report">,
  progress: (share: number) => Progress,
): Promise<T> {
  let checkedAt = -Infinity;
  for (let step = work.next(); ; step = work.next()) {
    if (step.done) return step.value;
    if (performance.now() - checkedAt < SLICE_MS) continue;
    input.report(progress(step.value));
    await turn();
    input.signal.throwIfAborted();
    checkedAt = performance.now();
  }
}

/** @throws PalateError `failed_precondition` without interactions; the signal's reason when aborted */
export function checkThereIsData(input: TrainingInput): void {
  input.signal.throwIfAborted();
  if (input.everything.items.length === 0)
    throw failedPrecondition("There are no interactions to learn from; import or stream some first.");
}
