import { metadataTerms } from "@palate/features";
import { runCooperatively } from "@palate/numeric";
import {
  chooseRidge,
  fitNeighbours,
  fitRidge,
  historyOf,
  withNeighbours,
  type NextChoice,
  type Ridge,
  type RidgeOptions,
  type Sequences,
} from "@palate/sequence";
import type { WeightedSequences } from "../gru/gru-batches.js";
import type { HrnnTraining } from "./hrnn-training.js";
import { learnedFrom, type LearnedFrom } from "./learned-from.js";
import { holdOutNewest, type NewestTenth } from "./validation.js";

/** The closed form and the data that it leaves for the network. */
export interface ClosedForm {
  /** Fitted on everything, for serving. */
  readonly served: Ridge;
  /** Fitted without the held-out interactions, for measuring. */
  readonly evaluation: Ridge;
  /** Everything that is learned from. */
  readonly everything: WeightedSequences;
  /** The same without what was held out, for metrics and for validation. */
  readonly training: WeightedSequences;
  readonly heldOut: NewestTenth;
}

/** The closed form of a dense catalogue: slower decays and more future interactions as targets than for the very next item alone. */
const RIDGE_WIDE: RidgeOptions = { decays: [{ base: 0.7 }, { base: 0.96 }], window: 80, future: 10, lambda: 200 };
/** The same with one block, where two would be too large. */
const RIDGE_WIDE_ONE: RidgeOptions = { decays: [{ base: 0.9 }], window: 50, future: 10, lambda: 200 };

/** Fits the ridge twice, for measuring and for serving, and chooses the weight of metadata neighbours. */
export async function fitClosedForm({ input, plan, backend, computation }: HrnnTraining): Promise<ClosedForm> {
  const { hyperparameters, seed, signal } = input;
  const what: LearnedFrom = {
    shortest: hyperparameters["min_user_history_length_percentile"] as number,
    longest: hyperparameters["max_user_history_length_percentile"] as number,
    recency: hyperparameters["recency_mask"] as boolean,
  };
  const everything = learnedFrom(input.everything, what);
  const fit = learnedFrom(input.fit, what);
  const form = ridgePlan(everything);
  const heldOut = holdOutNewest(fit, seed);
  const training = withWeights(heldOut, fit);
  const { itemIds, itemAttributes, itemColumnKinds } = input.everything;
  const bare = await fitRidge(training, form, backend, computation);
  const terms = plan.metadata
    ? await runCooperatively(metadataTerms(itemAttributes, itemIds.length, itemColumnKinds), signal)
    : undefined;
  const neighbours = terms && (await fitNeighbours(terms, training, bare, firstChoices(heldOut), { signal }));
  const served = withNeighbours(await fitRidge(everything, form, backend, computation), neighbours);
  return { served, evaluation: withNeighbours(bare, neighbours), everything, training, heldOut };
}

function ridgePlan(sequences: Sequences): { readonly kind: "dense" | "sparse"; readonly options: RidgeOptions } {
  const { kind, options } = chooseRidge(sequences);
  if (kind === "sparse") return { kind, options };
  return { kind, options: options.decays.length > 1 ? RIDGE_WIDE : RIDGE_WIDE_ONE };
}

/** The first held-out choice of each user. */
function firstChoices({ training, users, truths }: NewestTenth): NextChoice[] {
  return Array.from(users, (user, at) => ({ history: historyOf(training, user).items, target: truths[at]![0]! }));
}

/** The training part of the split, with its interactions' weights. */
function withWeights({ training }: NewestTenth, { offsets, weights, userCount }: WeightedSequences): WeightedSequences {
  if (weights === undefined) return training;
  const kept = new Float32Array(training.items.length);
  for (let user = 0; user < userCount; user++) {
    const [from, to] = [training.offsets[user]!, training.offsets[user + 1]!];
    kept.set(weights.subarray(offsets[user]!, offsets[user]! + to - from), from);
  }
  return { ...training, weights: kept };
}
