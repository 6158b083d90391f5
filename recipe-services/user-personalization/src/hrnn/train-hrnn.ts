import { metadataTerms } from "@palate/features";
import { failedPrecondition } from "@palate/host";
import { politely } from "@palate/numeric";
import type { TrainingInput, TrainingResult } from "@palate/recipe";
import {
  checkpointShares,
  chooseRidge,
  CONTINUED_SHARE,
  fitNeighbours,
  fitRidge,
  historyOf,
  itemCounts,
  trainingReports,
  withNeighbours,
  type NextChoice,
  type Ridge,
  type RidgeOptions,
  type Sequences,
} from "@palate/sequence";
import { loadTensorBackend } from "@palate/tensorflow";
import type { WeightedSequences } from "../gru/gru-batches.js";
import type { GruShape } from "../gru/gru-parameters.js";
import { GruScorer } from "../gru/gru-scorer.js";
import { gruShapeOf, trainGru, type GruState } from "../gru/train-gru.js";
import { earlierNetwork } from "./earlier-hrnn.js";
import { toHrnnArtifact, type IdentifiedHrnn } from "./hrnn-artifact.js";
import { HrnnModel, type HrnnBlend } from "./hrnn-model.js";
import { fromHrnnState, toHrnnState } from "./hrnn-state.js";
import { gruOptionsOf } from "./hyperparameters.js";
import { learnedFrom, type LearnedFrom } from "./learned-from.js";
import { fitReaders, readMetadata } from "./metadata.js";
import { BlendMeasure, holdOutNewest, UNMEASURED_INVERSE_TEMPERATURE, type NewestTenth } from "./validation.js";

/** What a recipe on the recurrent network makes of the data. */
export interface HrnnPlan {
  /** Whether metadata of items and users takes part. */
  readonly metadata: boolean;
  /** Anything that the recipe adds to its artefacts' metadata. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** The closed form of a dense catalogue: slower decays and more of the future than what only the very next item asks for. */
const RIDGE_WIDE: RidgeOptions = { decays: [{ base: 0.7 }, { base: 0.96 }], window: 80, future: 10, lambda: 200 };
/** The same with half the features, where two blocks would be too many. */
const RIDGE_WIDE_ONE: RidgeOptions = { decays: [{ base: 0.9 }], window: 50, future: 10, lambda: 200 };

/** Share of the progress bar for the closed form when a network follows. */
const CLOSED_SHARE = 0.2;

function ridgePlan(sequences: Sequences): { readonly kind: "dense" | "sparse"; readonly options: RidgeOptions } {
  const { kind, options } = chooseRidge(sequences);
  if (kind === "sparse") return { kind, options };
  return { kind, options: options.decays.length > 1 ? RIDGE_WIDE : RIDGE_WIDE_ONE };
}

/**
 * The training of every recipe on the recurrent network: the closed form (and, with metadata, the content tower) within
 * seconds, which is published at once, then the network for the rest of `training_seconds`, published whenever it does
 * better, blended, on the newest tenth of some users' interactions, which it has not seen. A training whose process died goes on
 * with its network, and an UPDATE with that of the version before, in a third of the time.
 * @throws PalateError `failed_precondition` when there are no interactions; the signal's reason when aborted
 */
export async function trainHrnn(input: TrainingInput, plan: HrnnPlan): Promise<TrainingResult> {
  const { hyperparameters, seed, signal } = input;
  signal.throwIfAborted();
  if (input.everything.items.length === 0)
    throw failedPrecondition("There are no interactions to learn from; import or stream some first.");
  const started = performance.now();
  const backend = await loadTensorBackend({ prefer: input.backend });
  const trainingSeconds = hyperparameters["training_seconds"] as number;
  const closedShare = trainingSeconds === 0 ? 1 : CLOSED_SHARE;
  const what: LearnedFrom = {
    shortest: hyperparameters["min_user_history_length_percentile"] as number,
    longest: hyperparameters["max_user_history_length_percentile"] as number,
    recency: hyperparameters["recency_mask"] as boolean,
  };
  const everything = learnedFrom(input.everything, what);
  const fit = learnedFrom(input.fit, what);

  const hooks = { signal, onProgress: trainingReports(input.report, closedShare) };
  const form = ridgePlan(everything);
  const heldOut = holdOutNewest(fit, seed);
  const training = withWeights(heldOut, fit);
  const { itemIds, itemAttributes, itemColumnKinds } = input.everything;
  const bare = await fitRidge(training, form, backend, hooks);
  const terms = plan.metadata
    ? await politely(metadataTerms(itemAttributes, itemIds.length, itemColumnKinds), signal)
    : undefined;
  const neighbours = terms && (await fitNeighbours(terms, training, bare, firstChoices(heldOut), { signal }));
  const ridge = withNeighbours(await fitRidge(everything, form, backend, hooks), neighbours);
  const fitted = withNeighbours(bare, neighbours);
  const kept = input.resume && fromHrnnState(input.resume, itemIds);
  // The network knows the tower that it was trained with; only the closed form is refitted with what was held out.
  const readers =
    kept?.readers ?? (plan.metadata ? await fitReaders(input.everything, training, { seed, signal }) : {});
  const metadata = await readMetadata(readers, input.everything, signal);
  const { taste, users, content, itemFeatures, userFeatures } = metadata;

  const modelOf = (
    own: Ridge,
    counts: Int32Array,
    blend: HrnnBlend,
    inverseTemperature: number,
    gru?: GruScorer,
  ): HrnnModel =>
    new HrnnModel({ itemCount: itemIds.length, counts, ridge: own, gru, taste, content, blend, inverseTemperature });
  const identified = (model: HrnnModel): IdentifiedHrnn => ({ itemIds, model, users, settings: { ...plan.settings } });
  const allCounts = itemCounts(everything);
  const fittedCounts = itemCounts(training);
  let best = -1;
  const offer = async (
    blend: HrnnBlend,
    inverseTemperature: number,
    ndcg10: number,
    gru?: GruScorer,
  ): Promise<void> => {
    if (ndcg10 <= best) return;
    best = ndcg10;
    const points = [{ series: "validation_ndcg_at_10", value: ndcg10 }];
    input.report({ phase: "evaluating", fraction: closedShare, message: "A better model is stored.", points });
    await input.publish({
      deployed: toHrnnArtifact(identified(modelOf(ridge, allCounts, blend, inverseTemperature, gru))),
      evaluation: toHrnnArtifact(identified(modelOf(fitted, fittedCounts, blend, inverseTemperature, gru))),
    });
  };

  const vectorOf = (model: HrnnModel) => (user: number) =>
    userFeatures &&
    model.userVector(userFeatures.values.subarray(user * userFeatures.width, (user + 1) * userFeatures.width));
  const alone = modelOf(fitted, fittedCounts, { network: 0, ridge: 1, taste: 0 }, UNMEASURED_INVERSE_TEMPERATURE);
  const validation = new BlendMeasure(heldOut, fitted);
  const first = validation.measure(alone, () => undefined);
  await offer(first.blend, first.inverseTemperature, first.ndcg10);

  const options = { ...gruOptionsOf(hyperparameters), itemFeatures, userFeatures };
  const shape = gruShapeOf(itemIds.length, options);
  const resume = kept && sameShape(kept.network.shape, shape) ? kept.network : undefined;
  const earlier = input.previous && (await earlierNetwork(input.previous, shape, input.everything, signal));
  const budget = trainingSeconds * (earlier ? CONTINUED_SHARE : 1);
  const seconds = resume?.seconds ?? budget - (performance.now() - started) / 1000;
  if (seconds <= 0 || training.items.length <= training.userCount) return { backend: backend.name };
  const { saveState } = input;
  const networkPlan = {
    seconds,
    checkpoints: checkpointShares(seconds),
    seed,
    resume,
    earlier,
    keep: saveState && ((network: GruState) => saveState(toHrnnState({ network, readers }, itemIds))),
  };
  for await (const snapshot of trainGru(backend, training, options, networkPlan, hooks)) {
    const scorer = new GruScorer(snapshot.shape, snapshot.parameters(), itemFeatures?.values);
    const model = modelOf(
      fitted,
      fittedCounts,
      { network: 1, ridge: 0, taste: 0 },
      UNMEASURED_INVERSE_TEMPERATURE,
      scorer,
    );
    const measured = validation.measure(model, vectorOf(model));
    if (measured.blend.network === 1) await offer(measured.blend, measured.inverseTemperature, measured.ndcg10, scorer);
  }
  return { backend: backend.name };
}

/** What the users held out chose first. */
function firstChoices({ training, users, truths }: NewestTenth): NextChoice[] {
  return Array.from(users, (user, at) => ({ history: historyOf(training, user).items, target: truths[at]![0]! }));
}

function sameShape(one: GruShape, other: GruShape): boolean {
  return (Object.keys(other) as (keyof GruShape)[]).every((name) => one[name] === other[name]);
}

/** The training part of the held-out split, with the weights of what is left. */
function withWeights({ training }: NewestTenth, { offsets, weights, userCount }: WeightedSequences): WeightedSequences {
  if (weights === undefined) return training;
  const kept = new Float32Array(training.items.length);
  for (let user = 0; user < userCount; user++) {
    const [from, to] = [training.offsets[user]!, training.offsets[user + 1]!];
    kept.set(weights.subarray(offsets[user]!, offsets[user]! + to - from), from);
  }
  return { ...training, weights: kept };
}
