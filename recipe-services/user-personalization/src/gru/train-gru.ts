import { Random } from "@palate/numeric";
import {
  CONTINUED_RATE,
  runTraining,
  type TrainingPlan,
  type TrainingSnapshot,
  type TrainingState,
  type ComputationOptions,
} from "@palate/sequence";
import type { TensorBackend } from "@palate/tensorflow";
import { continuedGruParameters, type EarlierGru } from "./continue-gru.js";
import { endlessGruBatches, type WeightedSequences } from "./gru-batches.js";
import { initialGruParameters, type GruShape } from "./gru-parameters.js";
import { gruSteps, type Features } from "./gru-steps.js";

/** How the recurrent network is trained. */
export interface GruOptions {
  /** Length of the item vectors; a multiple of 16. Default 64. */
  readonly width: number;
  /** Units of the recurrent layer; a multiple of 16. Default 160. */
  readonly hidden: number;
  /** Positions that the derivative goes back. Default 32. */
  readonly bptt: number;
  /** Share of inputs and states that is dropped. Default 0.2. */
  readonly dropout: number;
  /** Highest learning rate. Default 0.005. */
  readonly learningRate: number;
  /** Positions per step. Default 3200. */
  readonly tokens: number;
  /** Items up to which the softmax runs over all of them. Default 8000. */
  readonly fullSoftmaxItems: number;
  /** Items sampled for the softmax of a larger catalogue, per step. Default 512. */
  readonly negatives: number;
  /** Share of items whose own vector is left out in a step, where there is metadata. Default 0.1. */
  readonly idDropout: number;
  /** Metadata of the items, if it takes part. */
  readonly itemFeatures?: Features | undefined;
  /** Metadata of the users, if it takes part. */
  readonly userFeatures?: Features | undefined;
}

export const GRU_DEFAULTS: GruOptions = {
  width: 64,
  hidden: 160,
  bptt: 32,
  dropout: 0.2,
  learningRate: 5e-3,
  tokens: 3200,
  fullSoftmaxItems: 8000,
  negatives: 512,
  idDropout: 0.1,
};

const WARM_UP_STEPS = 100;

/** Where the training of a recurrent network is. */
export type GruState = TrainingState<GruShape>;

/** How long a training takes, what it starts from and what becomes of it on the way. */
export interface GruPlan extends TrainingPlan<GruShape> {
  /** A network to start from instead of at random, of the same width and number of units. */
  readonly earlier?: EarlierGru | undefined;
}

/** A network in training; its weights are in the order of `gruSlots`. */
export type GruSnapshot = TrainingSnapshot<GruShape>;

/** The shape of a network that is trained so. */
export function gruShapeOf(itemCount: number, options: GruOptions): GruShape {
  const { width, hidden, itemFeatures, userFeatures } = options;
  return { itemCount, width, hidden, itemFeatures: itemFeatures?.width ?? 0, userFeatures: userFeatures?.width ?? 0 };
}

/**
 * Trains a recurrent network for `seconds`, the learning rate falling with the time used. Yields snapshots at the given
 * shares of the time, the last one at the end; what the caller does with them counts as time used.
 */
export async function* trainGru(
  backend: TensorBackend,
  sequences: WeightedSequences,
  options: GruOptions,
  plan: GruPlan,
  computation: ComputationOptions = {},
): AsyncGenerator<GruSnapshot, void, void> {
  const { resume, earlier, seed } = plan;
  // Draws made before a training was ended are not made again.
  const random = new Random(seed + (resume?.adam.steps ?? 0));
  const { itemCount, items } = sequences;
  const { bptt, itemFeatures, userFeatures } = options;
  const shape = gruShapeOf(itemCount, options);
  const rows = Math.max(1, Math.floor(options.tokens / bptt));
  let start = resume?.adam ?? initialGruParameters(shape, items, random);
  if (earlier && start instanceof Float32Array)
    start = await continuedGruParameters(backend, shape, start, earlier, { itemFeatures, userFeatures });
  const training = gruSteps(backend, shape, start, {
    ...options,
    rows,
    negatives: itemCount > options.fullSoftmaxItems ? options.negatives : undefined,
    random,
  });
  const rate = { peak: options.learningRate * (earlier ? CONTINUED_RATE : 1), warmUpSteps: WARM_UP_STEPS };
  const batches = endlessGruBatches(sequences, { rows, length: bptt, random });
  yield* runTraining({ shape, training, batches, rate }, plan, computation);
}
