import { failedPrecondition } from "@palate/host";
import type { TrainingInput, TrainingResult } from "@palate/recipe";
import { checkpointShares, CONTINUED_SHARE, trainingReports } from "@palate/sequence";
import { loadTensorBackend } from "@palate/tensorflow";
import type { GruShape } from "../gru/gru-parameters.js";
import { GruScorer } from "../gru/gru-scorer.js";
import { gruShapeOf, trainGru, type GruState } from "../gru/train-gru.js";
import { fitClosedForm, type ClosedForm } from "./closed-form.js";
import { earlierNetwork } from "./earlier-hrnn.js";
import { HrnnCandidates } from "./hrnn-candidates.js";
import type { HrnnModel } from "./hrnn-model.js";
import { fromHrnnState, toHrnnState } from "./hrnn-state.js";
import type { HrnnPlan, HrnnTraining } from "./hrnn-training.js";
import { gruOptionsOf } from "./hyperparameters.js";
import { fitReaders, readMetadata, type Metadata } from "./metadata.js";
import { BlendMeasure } from "./validation.js";

/** Share of the progress bar for the closed form when a network follows. */
const CLOSED_SHARE = 0.2;

/**
 * The training of every recipe on the recurrent network: the closed form (and, with metadata, the content tower) within
 * seconds, which is published at once, then the network for the rest of `training_seconds`, published whenever its blend is better
 * on the newest tenth of some users' interactions, which are held out. A training whose process died goes on with its network, and an
 * UPDATE with that of the version before, in a third of the time.
 * @throws PalateError `failed_precondition` when there are no interactions; the signal's reason when aborted
 */
export async function trainHrnn(input: TrainingInput, plan: HrnnPlan): Promise<TrainingResult> {
  const { hyperparameters, seed, signal } = input;
  signal.throwIfAborted();
  if (input.everything.items.length === 0)
    throw failedPrecondition("There are no interactions to learn from; import or stream some first.");
  const started = performance.now();
  const backend = await loadTensorBackend({ prefer: input.backend });
  const closedShare = hyperparameters["training_seconds"] === 0 ? 1 : CLOSED_SHARE;
  const computation = { signal, onProgress: trainingReports(input.report, closedShare) };
  const training: HrnnTraining = { input, plan, backend, computation, started, closedShare };
  const closed = await fitClosedForm(training);
  const { itemIds } = input.everything;
  const kept = input.resume && fromHrnnState(input.resume, itemIds);
  // The network needs the tower that it was trained with; only the closed form is refitted with what was held out.
  const readers =
    kept?.readers ?? (plan.metadata ? await fitReaders(input.everything, closed.training, { seed, signal }) : {});
  const metadata = await readMetadata(readers, input.everything, signal);
  const candidates = new HrnnCandidates(training, closed, metadata);
  const validation = new BlendMeasure(closed.heldOut, closed.evaluation);
  await candidates.offer(validation.measure(candidates.model({ network: 0, ridge: 1, taste: 0 }), () => undefined));
  await trainNetwork(training, closed, metadata, kept?.network, async (gru) => {
    const model = candidates.model({ network: 1, ridge: 0, taste: 0 }, gru);
    const measured = validation.measure(model, userVectors(model, metadata));
    if (measured.blend.network === 1) await candidates.offer(measured, gru);
  });
  return { backend: backend.name };
}

/**
 * Trains the network for the rest of the time, if there is any.
 * @param kept the state at which an earlier attempt ended
 * @param offer given the network at each checkpoint; waited for
 */
async function trainNetwork(
  { input, backend, computation, started }: HrnnTraining,
  { training }: ClosedForm,
  metadata: Metadata,
  kept: GruState | undefined,
  offer: (gru: GruScorer) => Promise<void>,
): Promise<void> {
  const { hyperparameters, seed, signal, saveState } = input;
  const { itemIds } = input.everything;
  const { taste, users, itemFeatures, userFeatures } = metadata;
  const options = { ...gruOptionsOf(hyperparameters), itemFeatures, userFeatures };
  const shape = gruShapeOf(itemIds.length, options);
  const resume = kept && sameShape(kept.shape, shape) ? kept : undefined;
  const earlier = input.previous && (await earlierNetwork(input.previous, shape, input.everything, signal));
  const budget = (hyperparameters["training_seconds"] as number) * (earlier ? CONTINUED_SHARE : 1);
  const seconds = resume?.seconds ?? budget - (performance.now() - started) / 1000;
  if (seconds <= 0 || training.items.length <= training.userCount) return;
  const networkPlan = {
    ...{ seconds, checkpoints: checkpointShares(seconds), seed, resume, earlier },
    keep: saveState && ((network: GruState) => saveState(toHrnnState({ network, readers: { taste, users } }, itemIds))),
  };
  for await (const snapshot of trainGru(backend, training, options, networkPlan, computation)) {
    await offer(new GruScorer(snapshot.shape, snapshot.parameters(), itemFeatures?.values));
  }
}

/** What the metadata of each user adds to the inputs of the network. */
function userVectors(model: HrnnModel, { userFeatures }: Metadata): (user: number) => Float32Array | undefined {
  return (user) =>
    userFeatures &&
    model.userVector(userFeatures.values.subarray(user * userFeatures.width, (user + 1) * userFeatures.width));
}

function sameShape(one: GruShape, other: GruShape): boolean {
  return (Object.keys(other) as (keyof GruShape)[]).every((name) => one[name] === other[name]);
}
