import { ContentEncoder } from "@palate/kit/content";
import { failedPrecondition } from "@palate/kit/errors";
import type { TrainingData, TrainingInput, TrainingResult } from "@palate/kit/recipe";
import {
  chooseRidge,
  fitRidge,
  type Progress,
  type Ridge,
  type RidgeOptions,
  type Sequences,
} from "@palate/kit/sequence";
import { loadTensorBackend } from "@palate/kit/tensor";
import { denseOf } from "@palate/kit/text";
import type { WeightedSequences } from "../gru/gru-batches.js";
import { GruScorer } from "../gru/gru-scorer.js";
import { trainGru, type Features } from "../gru/train-gru.js";
import { toHrnnArtifact, type IdentifiedHrnn } from "./hrnn-artifact.js";
import { HrnnModel, networkFeatures, type HrnnBlend } from "./hrnn-model.js";
import { gruOptionsOf } from "./hyperparameters.js";
import { learnedFrom, type LearnedFrom } from "./learned-from.js";
import { politely, Taste, TASTE_DIMENSIONS } from "./taste.js";
import { BlendMeasure, holdOutNewest, UNMEASURED_SHARPNESS, type NewestTenth } from "./validation.js";

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

const CLOSED_SHARE = 0.2;
const CHECKPOINT_SECONDS = 25;
const MAX_CHECKPOINTS = 8;
/** Most values of all categorical columns of users together, each a feature of the network. */
const USER_VALUES = 96;

/** Users' metadata as the network takes it. */
interface UserMetadata {
  readonly encoder: ContentEncoder;
  readonly features: Features;
}

function ridgePlan(sequences: Sequences): { readonly kind: "dense" | "sparse"; readonly options: RidgeOptions } {
  const { kind, options } = chooseRidge(sequences);
  if (kind === "sparse") return { kind, options };
  return { kind, options: options.decays.length > 1 ? RIDGE_WIDE : RIDGE_WIDE_ONE };
}

async function userMetadataOf(data: TrainingData, signal: AbortSignal): Promise<UserMetadata | undefined> {
  const options = { maximumValues: USER_VALUES, text: { dimensions: 0 } };
  const encoder = await politely(ContentEncoder.fit(data.userAttributes, options), signal);
  if (encoder.width === 0) return undefined;
  const count = data.userIds.length;
  const rows = await politely(encoder.encodeAll(data.userAttributes, count), signal);
  return { encoder, features: { count, width: encoder.width, values: denseOf(rows, encoder.width) } };
}

function countsOf({ items, itemCount }: Sequences): Int32Array {
  const counts = new Int32Array(itemCount);
  for (const item of items) counts[item]!++;
  return counts;
}

/**
 * The training of every recipe on the recurrent network: the closed form (and, with metadata, the content tower) within
 * seconds, which is published at once, then the network for the rest of `training_seconds`, published whenever it does
 * better, blended, on the newest tenth of some users' interactions, which it has not seen.
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

  let solved = 0;
  const onProgress = (progress: Progress): void => {
    if (progress.phase === "ridge") {
      solved = Math.max(solved, closedShare * progress.fraction);
      input.report({ phase: "fitting", fraction: solved, message: "Solving the closed form." });
      return;
    }
    const { step, loss, tokensPerSecond, fraction } = progress;
    input.report({
      phase: "fitting",
      fraction: closedShare + (1 - closedShare) * fraction,
      message: `Training the network: step ${step}, loss ${loss.toFixed(3)}, ${Math.round(tokensPerSecond / 1000)} k interactions/s.`,
      points: [{ series: "loss", value: loss }],
    });
  };
  const hooks = { signal, onProgress };
  const form = ridgePlan(everything);
  const kinds = input.everything.itemColumnKinds ?? {};
  const tasteOf = (sequences: Sequences): Promise<Taste | undefined> =>
    Taste.fit(sequences, input.everything.itemAttributes, { kinds, seed, signal });

  const heldOut = holdOutNewest(fit, seed);
  const training = withWeights(heldOut, fit);
  const [ridge, fitted] = [
    await fitRidge(everything, form, backend, hooks),
    await fitRidge(training, form, backend, hooks),
  ];
  const taste = plan.metadata ? await tasteOf(everything) : undefined;
  const fittedTaste = taste && (await tasteOf(training));
  const users = plan.metadata ? await userMetadataOf(input.everything, signal) : undefined;
  const { itemIds, itemAttributes } = input.everything;
  const contentOf = (of: Taste): Float32Array => {
    const content = new Float32Array(itemIds.length * TASTE_DIMENSIONS);
    for (let item = 0; item < itemIds.length; item++) {
      const vector = of.vectorOf((column) => String(itemAttributes[column]?.[item] ?? ""));
      content.set(vector, item * TASTE_DIMENSIONS);
    }
    return content;
  };
  // The network knows the tower that it was trained with; only the closed form is refitted with what was held out.
  const content = fittedTaste && contentOf(fittedTaste);

  const modelOf = (own: Ridge, counts: Int32Array, blend: HrnnBlend, sharpness: number, gru?: GruScorer): HrnnModel =>
    new HrnnModel({
      itemCount: itemIds.length,
      counts,
      ridge: own,
      gru,
      taste: fittedTaste,
      content,
      blend,
      sharpness,
    });
  const identified = (model: HrnnModel): IdentifiedHrnn => ({
    itemIds,
    model,
    users: users?.encoder,
    settings: { ...plan.settings },
  });
  const allCounts = countsOf(everything);
  const fittedCounts = countsOf(training);
  let best = -1;
  const offer = async (blend: HrnnBlend, sharpness: number, ndcg10: number, gru?: GruScorer): Promise<void> => {
    if (ndcg10 <= best) return;
    best = ndcg10;
    const points = [{ series: "validation_ndcg_at_10", value: ndcg10 }];
    input.report({ phase: "evaluating", fraction: closedShare, message: "A better model is stored.", points });
    await input.publish({
      deployed: toHrnnArtifact(identified(modelOf(ridge, allCounts, blend, sharpness, gru))),
      evaluation: toHrnnArtifact(identified(modelOf(fitted, fittedCounts, blend, sharpness, gru))),
    });
  };

  const vectorOf = (model: HrnnModel) => (user: number) =>
    users &&
    model.userVector(users.features.values.subarray(user * users.features.width, (user + 1) * users.features.width));
  const alone = modelOf(fitted, fittedCounts, { network: 0, ridge: 1, taste: 0 }, UNMEASURED_SHARPNESS);
  const validation = new BlendMeasure(heldOut, fitted);
  const first = validation.measure(alone, () => undefined);
  await offer(first.blend, first.sharpness, first.ndcg10);

  const seconds = trainingSeconds - (performance.now() - started) / 1000;
  if (seconds <= 0 || training.items.length <= training.userCount) return { backend: backend.name };
  const options = {
    ...gruOptionsOf(hyperparameters),
    ...(fittedTaste &&
      content && {
        itemFeatures: {
          count: itemIds.length,
          width: TASTE_DIMENSIONS,
          values: networkFeatures(fittedTaste, content, itemIds.length),
        },
      }),
    ...(users && { userFeatures: users.features }),
  };
  const count = Math.max(1, Math.min(MAX_CHECKPOINTS, Math.floor(seconds / CHECKPOINT_SECONDS)));
  const checkpoints = Array.from({ length: count }, (_, at) => (at + 1) / count);
  for await (const snapshot of trainGru(backend, training, options, { seconds, checkpoints, seed }, hooks)) {
    const parameters = snapshot.parameters();
    const scorer = new GruScorer(snapshot.shape, parameters, options.itemFeatures?.values);
    const model = modelOf(fitted, fittedCounts, { network: 1, ridge: 0, taste: 0 }, UNMEASURED_SHARPNESS, scorer);
    const measured = validation.measure(model, vectorOf(model));
    if (measured.blend.network === 1) await offer(measured.blend, measured.sharpness, measured.ndcg10, scorer);
  }
  return { backend: backend.name };
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
