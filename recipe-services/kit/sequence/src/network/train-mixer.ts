import { Random } from "@palate/numeric";
import type { TensorBackend } from "@palate/tensorflow";
import {
  CONTINUED_RATE,
  runTraining,
  type TrainingPlan,
  type TrainingSnapshot,
} from "../optimisation/training-loop.js";
import type { ContextLayout } from "../sequences/position-context.js";
import type { Sequences } from "../sequences/sequences.js";
import type { ItemContent } from "./item-content.js";
import { epochBatches } from "./mixer-batches.js";
import { MixerNetwork, type MixerBatch } from "./mixer-network.js";
import { type BodyKind, initialParameters, type MixerShape } from "./mixer-parameters.js";
import { mixerSteps } from "./mixer-steps.js";
import { continuedParameters, type EarlierNetwork } from "./training-state.js";
import type { ComputationOptions } from "../sequences/computation-options.js";

/** How the mixer network is trained. */
export interface MixerOptions {
  /** Width of the item vectors; a multiple of 16. Default 64. */
  readonly width: number;
  /** Blocks. Default 2. */
  readonly layers: number;
  /** Position kernels per block. Default 4. */
  readonly kernels: number;
  /** Interactions looked back. Default 100. */
  readonly length: number;
  /** Share of each block's output that is dropped. Default 0.2. */
  readonly dropout: number;
  /** Highest learning rate. Default 0.008. */
  readonly learningRate: number;
  /** Positions per step. Default 3200. */
  readonly tokens: number;
  /** Items up to which the softmax runs over all of them. Default 8000. */
  readonly fullSoftmaxItems: number;
  /** Items sampled for the softmax of a larger catalogue, per step. Default 512. */
  readonly negatives: number;
  /** What the network is told about positions beside their items. Default: nothing. */
  readonly context?: ContextLayout;
  /** Users from whose first interactions nothing is to be learned: 1 by user. Default: none. */
  readonly unlearnedStarts?: Uint8Array | undefined;
  /** What the items' metadata says; without it items are known by what users did alone. */
  readonly content?: ItemContent | undefined;
  /** What mixes over time. Default: position kernels. */
  readonly body?: BodyKind | undefined;
}

export const MIXER_DEFAULTS: MixerOptions = {
  width: 64,
  layers: 2,
  kernels: 4,
  length: 100,
  dropout: 0.2,
  learningRate: 8e-3,
  tokens: 3200,
  fullSoftmaxItems: 8000,
  negatives: 512,
};

const WARM_UP_STEPS = 200;

/** How long a training takes, what it starts from and what becomes of it on the way. */
export interface MixerPlan extends TrainingPlan<MixerShape> {
  /** A network to start from instead of at random. */
  readonly earlier?: EarlierNetwork | undefined;
}

/** A network in training; its weights are in the order of `parameterSlots`. */
export type MixerSnapshot = TrainingSnapshot<MixerShape>;

/**
 * Trains a mixer network for `seconds`, the learning rate falling with the time used. Yields snapshots at the given
 * shares of the time, the last one at the end; what the caller does with them counts as time used.
 */
export async function* trainMixer(
  backend: TensorBackend,
  sequences: Sequences,
  options: MixerOptions,
  plan: MixerPlan,
  computation: ComputationOptions = {},
): AsyncGenerator<MixerSnapshot, void, void> {
  const { resume, earlier } = plan;
  // Draws made before a training was ended are not made again.
  const random = new Random(plan.seed + (resume?.adam.steps ?? 0));
  const { width, layers, kernels, length, context, content } = options;
  const { itemCount } = sequences;
  const shape: MixerShape = {
    itemCount,
    width,
    layers,
    kernels,
    length,
    ...(context && { context }),
    ...(content && { content: content.width }),
    ...(options.body && { body: options.body }),
  };
  const network = new MixerNetwork(backend.tf, shape, content?.features);
  const peak = options.learningRate * (earlier ? CONTINUED_RATE : 1);
  const first = (): Float32Array =>
    earlier
      ? continuedParameters(shape, sequences, random, earlier, content)
      : initialParameters(shape, sequences, random);
  const training = mixerSteps(backend, network, sequences, resume?.adam ?? first(), {
    width,
    dropout: options.dropout,
    negatives: itemCount > options.fullSoftmaxItems ? options.negatives : undefined,
    content: content !== undefined,
    random,
  });

  const rate = { peak, warmUpSteps: WARM_UP_STEPS };
  try {
    yield* runTraining(
      { shape, training, batches: endlessBatches(sequences, options, random), rate },
      plan,
      computation,
    );
  } finally {
    network.dispose();
  }
}

function* endlessBatches(sequences: Sequences, options: MixerOptions, random: Random): Generator<MixerBatch> {
  for (let some = true; some;) {
    some = false;
    for (const batch of epochBatches(sequences, { ...options, random, ages: options.body === "attention" })) {
      some = true;
      yield batch;
    }
  }
}
