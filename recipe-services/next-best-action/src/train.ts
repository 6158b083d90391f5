import { failedPrecondition } from "@palate/host";
import {
  actionOf,
  Outcome,
  outcomeOf,
  type ActionData,
  type Artifact,
  type TrainingData,
  type TrainingInput,
  type TrainingResult,
} from "@palate/recipe";
import { toArtifact } from "./artifact.js";
import { fit, type FitContext } from "./fit.js";
import { settingsOf, type Settings } from "./recipe.js";

/** Amazon's window: the events of the last six weeks before the newest one decide whether an action has enough. */
const SUPPORT_SECONDS = 42 * 86_400;

/** Whether each action has enough TAKEN events, and enough others, for a propensity. */
function supportOf({ actionIds, events, timestamps }: ActionData, minimum: number): Uint8Array {
  const newest = timestamps.reduce((most, time) => Math.max(most, time), -Infinity);
  const taken = new Int32Array(actionIds.length);
  const others = new Int32Array(actionIds.length);
  for (let i = 0; i < events.length; i++) {
    if (timestamps[i]! < newest - SUPPORT_SECONDS) continue;
    const counts = outcomeOf(events[i]!) === Outcome.TAKEN ? taken : others;
    counts[actionOf(events[i]!)]!++;
  }
  return Uint8Array.from(taken, (count, action) => (count >= minimum && others[action]! >= minimum ? 1 : 0));
}

async function modelOf(data: TrainingData, settings: Settings, context: FitContext): Promise<Artifact> {
  const { explorationWeight, ordering, periodSeconds, minimumSupport } = settings;
  const fitted = await fit(data, settings, context);
  const supported = supportOf(data.actions!, minimumSupport);
  return toArtifact({ ...fitted, supported, serving: { explorationWeight, ordering, periodSeconds } });
}

/**
 * Fits the propensities twice: without the held-out part for the measured model, and on everything for the deployed one.
 * @throws PalateError `failed_precondition` when there are no actions
 */
export async function train(input: TrainingInput): Promise<TrainingResult> {
  const { everything, fit: kept, hyperparameters, seed, signal, report } = input;
  signal.throwIfAborted();
  if ((everything.actions?.actionIds.length ?? 0) === 0)
    throw failedPrecondition(
      "There are no actions to recommend; create an ACTIONS dataset, then import or put actions, and action " +
        "interactions to learn from.",
    );
  const settings = settingsOf(hyperparameters);
  const fitted = async (data: TrainingData, from: number, message: string): Promise<Artifact> =>
    modelOf(data, settings, {
      seed,
      signal,
      onPass: (share, loss) =>
        report({
          phase: "fitting",
          fraction: from + 0.45 * share,
          message,
          ...(loss !== null && { points: [{ series: "validation_log_loss", value: loss }] }),
        }),
    });
  const evaluation = await fitted(kept, 0, "Learning from all but the newest events.");
  const deployed = await fitted(everything, 0.45, "Learning from all events.");
  report({ phase: "evaluating", fraction: 0.9, message: "Measuring on held-out events." });
  await input.publish({ deployed, evaluation });
  report({ phase: "storing", fraction: 1, message: "Propensities are stored." });
  return { backend: "none" };
}
