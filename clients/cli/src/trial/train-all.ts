import { Failure, toFailure } from "../errors/failure.js";
import type { SolutionVersion } from "../operations/solutions.js";
import { mainMetric } from "../output/metrics.js";
import type { Progress } from "../output/progress.js";
import { seconds } from "../output/words.js";
import type { Session } from "../session/session.js";
import { followTraining } from "../training/follow.js";
import { ensureCampaign, ensureSolution, startTraining } from "../training/train.js";
import type { PlannedTraining } from "./plan.js";

/** A training that was started. */
export interface StartedTraining extends PlannedTraining {
  readonly versionId: string;
  /** Resolves when there is a model that can answer, which may get better yet; rejects when there will be none. */
  readonly usable: Promise<void>;
  /** How it stands, as far as it is known. */
  latest: SolutionVersion | undefined;
}

/** Starts a training with its campaign, and follows it without being waited for. */
export async function beginTraining(
  session: Session,
  datasetGroup: string,
  plan: PlannedTraining,
  progress: Progress,
): Promise<StartedTraining> {
  const { name, recipe, hyperparameters } = plan;
  await ensureSolution(session, { datasetGroup, name, recipe, hyperparameters });
  const { versionId } = await startTraining(session, { datasetGroup, solution: name });
  await ensureCampaign(session, datasetGroup, name);
  const { promise, resolve, reject } = withResolvers();
  const started: StartedTraining = { ...plan, versionId, usable: promise, latest: undefined };
  void followTraining(session, { datasetGroup, solution: name, versionId }, (version) => {
    started.latest = version;
    if (version.checkpoints > 0) resolve();
    const { fraction = 0, phase = "waiting", secondsLeft = null } = version.progress ?? {};
    progress.update(name, { fraction, doing: phase, secondsLeft });
  }).then(
    (version) => {
      started.latest = version;
      const main = mainMetric(version.metrics, version.baselineMetrics);
      progress.done(name, `trained in ${seconds(version.trainingSeconds)}${main === "" ? "" : `, ${main}`}`);
      resolve();
    },
    (thrown: unknown) => reject(new Failure("TRAINING_FAILED", `${name} (${recipe}): ${toFailure(thrown).message}`)),
  );
  // Whoever waits for it hears of a failure; until then it is no unhandled one.
  promise.catch(() => {});
  return started;
}

/** A promise with the functions that end it. */
function withResolvers(): { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } {
  let resolve = (): void => {};
  let reject = (_error: Error): void => {};
  const promise = new Promise<void>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  return { promise, resolve, reject };
}
