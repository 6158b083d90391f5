import { Random, type TensorBackend } from "../tensor/index.js";
import { breathe, type Hooks } from "./hooks.js";
import type { ItemContent } from "./item-content.js";
import { epochBatches } from "./mixer-batches.js";
import type { ContextLayout } from "./position-context.js";
import { MixerNetwork, type MixerBatch } from "./mixer-network.js";
import { initialParameters, type MixerShape } from "./mixer-parameters.js";
import { mixerSteps } from "./mixer-steps.js";
import type { Sequences } from "./sequences.js";
import { continuedParameters, type EarlierNetwork, type MixerState } from "./training-state.js";

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
  /** What the items' metadata says; without it items are known by what users did alone. */
  readonly content?: ItemContent | undefined;
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
/** Share of the time at the full rate; from there it falls in a line to `LAST_RATE` of it. */
const CONSTANT_SHARE = 0.6;
const LAST_RATE = 0.02;
/** Peak learning rate of a network that continues an earlier one, as a share of the usual one. */
const CONTINUED_RATE = 0.4;
/** Milliseconds between two states that are kept. */
const KEEP_EVERY = 30_000;
/** Milliseconds between two reports of progress. */
const REPORT_EVERY = 500;

/** How long a training takes, what it starts from and what becomes of it on the way. */
export interface MixerPlan {
  /** The time budget. */
  readonly seconds: number;
  /** Ascending shares of the budget, in (0, 1], at which a snapshot is wanted. */
  readonly checkpoints: readonly number[];
  readonly seed: number;
  /** Where an attempt before was ended; its shape must be the training's. */
  readonly resume?: MixerState | undefined;
  /** A network to start from instead of at random. */
  readonly earlier?: EarlierNetwork | undefined;
  /** Milliseconds between two calls of `keep`, at least. Default 30,000. */
  readonly keepEvery?: number;
  /** Given the training's state every half minute or so; the training waits for it. */
  readonly keep?: ((state: MixerState) => Promise<void>) | undefined;
}

/** A network in training, between two steps: what a checkpoint is made from. */
export interface MixerSnapshot {
  readonly steps: number;
  /** Share of the time budget used. */
  readonly fraction: number;
  readonly shape: MixerShape;
  /** The averaged weights, flat, in the order of `parameterSlots`; of the training's own shape. */
  parameters(): Float32Array;
}

/**
 * Trains a mixer network for `seconds`, the learning rate falling with the time used. Yields snapshots at the given
 * shares of the time, the last one at the end; what the caller does with them counts as time used.
 */
export async function* trainMixer(
  backend: TensorBackend,
  sequences: Sequences,
  options: MixerOptions,
  plan: MixerPlan,
  hooks: Hooks = {},
): AsyncGenerator<MixerSnapshot, void, void> {
  const clock = hooks.clock ?? (() => performance.now());
  const { resume, earlier, keepEvery = KEEP_EVERY } = plan;
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
  };
  const network = new MixerNetwork(backend.tf, shape, content?.features);
  const peak = options.learningRate * (earlier ? CONTINUED_RATE : 1);
  const first = (): Float32Array =>
    earlier
      ? continuedParameters(shape, sequences, random, earlier, content)
      : initialParameters(shape, sequences, random);
  const training = mixerSteps(backend, network, sequences, resume?.adam ?? first(), width, {
    dropout: options.dropout,
    negatives: itemCount > options.fullSoftmaxItems ? options.negatives : undefined,
    content: content !== undefined,
    random,
  });

  const start = clock() - (resume?.used ?? 0);
  let used = resume?.used ?? 0;
  let reported = { at: used, loss: 0, tokens: 0 };
  let keepAt = used + keepEvery;
  const pending = plan.checkpoints.filter((share) => share === 1 || share * plan.seconds * 1000 > used);
  try {
    for (const batch of endlessBatches(sequences, options, random)) {
      const fraction = used / (plan.seconds * 1000);
      reported.loss += training.step(batch, peak * rateAt(training.steps, fraction));
      reported.tokens += batch.weights.reduce((sum, weight) => sum + weight, 0);
      await breathe(hooks.signal);
      used = clock() - start;

      const now = used / (plan.seconds * 1000);
      if (used - reported.at > REPORT_EVERY) {
        hooks.onProgress?.({
          phase: "network",
          step: training.steps,
          loss: reported.loss / reported.tokens,
          tokensPerSecond: reported.tokens / ((used - reported.at) / 1000),
          fraction: Math.min(1, now),
        });
        reported = { at: used, loss: 0, tokens: 0 };
      }
      if (now >= (pending[0] ?? 1)) {
        while (now >= (pending[0] ?? Infinity)) pending.shift();
        yield {
          steps: training.steps,
          fraction: Math.min(1, now),
          shape,
          parameters: () => training.average(),
        };
      }
      if (now >= 1) return;
      if (plan.keep && used >= keepAt) {
        await plan.keep({ shape, adam: training.state(), used, seconds: plan.seconds });
        // Large states take long to keep: never more than a twentieth of the time.
        keepAt = clock() - start + Math.max(keepEvery, 20 * (clock() - start - used));
      }
    }
  } finally {
    training.dispose();
    network.dispose();
  }
}

/** The learning rate's share of its highest value. */
function rateAt(step: number, fraction: number): number {
  const warmUp = Math.min(1, (step + 1) / WARM_UP_STEPS);
  const fall = Math.max(0, (fraction - CONSTANT_SHARE) / (1 - CONSTANT_SHARE));
  return warmUp * (1 - (1 - LAST_RATE) * Math.min(1, fall));
}

function* endlessBatches(sequences: Sequences, options: MixerOptions, random: Random): Generator<MixerBatch> {
  for (let some = true; some;) {
    some = false;
    for (const batch of epochBatches(sequences, { ...options, random })) {
      some = true;
      yield batch;
    }
  }
}
