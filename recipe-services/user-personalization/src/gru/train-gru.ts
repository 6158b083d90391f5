import { breathe, FlatAdam, type Hooks } from "@palate/kit/sequence";
import { Random, type TensorBackend } from "@palate/kit/tensor";
import type { Tensor2D } from "@tensorflow/tfjs";
import { endlessGruBatches, type WeightedSequences } from "./gru-batches.js";
import { GruNetwork } from "./gru-network.js";
import { initialGruParameters, type GruShape } from "./gru-parameters.js";

/** Numbers about items or users, row by row: `count` rows of `width`. */
export interface Features {
  readonly count: number;
  readonly width: number;
  readonly values: Float32Array;
}

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
  readonly itemFeatures?: Features;
  /** Metadata of the users, if it takes part. */
  readonly userFeatures?: Features;
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
/** Share of the time at the full rate; from there it falls in a line to `LAST_RATE` of it. */
const CONSTANT_SHARE = 0.6;
const LAST_RATE = 0.02;
/** Milliseconds between two reports of progress. */
const REPORT_EVERY = 500;

/** A network in training, between two steps: what a checkpoint is made from. */
export interface GruSnapshot {
  readonly steps: number;
  /** Share of the time budget used. */
  readonly fraction: number;
  readonly shape: GruShape;
  /** The averaged weights, flat, in the order of `gruSlots`. */
  parameters(): Float32Array;
}

/**
 * Trains a recurrent network for `seconds`, the learning rate falling with the time used. Yields snapshots at the given
 * shares of the time, the last one at the end; what the caller does with them counts as time used.
 * @param checkpoints ascending shares of the budget in (0, 1]
 */
export async function* trainGru(
  { tf }: TensorBackend,
  sequences: WeightedSequences,
  options: GruOptions,
  plan: { readonly seconds: number; readonly checkpoints: readonly number[]; readonly seed: number },
  hooks: Hooks = {},
): AsyncGenerator<GruSnapshot, void, void> {
  const clock = hooks.clock ?? (() => performance.now());
  const random = new Random(plan.seed);
  const { itemCount } = sequences;
  const { itemFeatures, userFeatures } = options;
  const shape: GruShape = {
    itemCount,
    width: options.width,
    hidden: options.hidden,
    itemFeatures: itemFeatures?.width ?? 0,
    userFeatures: userFeatures?.width ?? 0,
  };
  const rows = Math.max(1, Math.floor(options.tokens / options.bptt));
  const adam = new FlatAdam(tf, initialGruParameters(shape, sequences.items, random));
  const features = {
    ...(itemFeatures && { items: withZeroRow(itemFeatures) }),
    ...(userFeatures && { users: tf.tensor2d(userFeatures.values, [userFeatures.count, userFeatures.width]) }),
  };
  function withZeroRow({ values, width }: Features): Tensor2D {
    const rowsAndStart = new Float32Array((itemCount + 1) * width);
    rowsAndStart.set(values.subarray(0, itemCount * width));
    return tf.tensor2d(rowsAndStart, [itemCount + 1, width]);
  }
  const network = new GruNetwork(tf, shape, features);
  const dropout = random.dropoutMasks(options.dropout);
  let state = tf.zeros([rows, options.hidden]) as Tensor2D;

  const start = clock();
  let used = 0;
  let reported = { at: 0, loss: 0, tokens: 0 };
  const pending = [...plan.checkpoints];
  try {
    for (const batch of endlessGruBatches(sequences, { rows, length: options.bptt, random })) {
      const fraction = used / (plan.seconds * 1000);
      const sampled = itemCount > options.fullSoftmaxItems;
      const negatives = sampled && Int32Array.from({ length: options.negatives }, () => random.integer(itemCount));
      const ownVectors =
        itemFeatures &&
        Float32Array.from({ length: itemCount + 1 }, (_, item) =>
          item < itemCount && random.uniform() < options.idDropout ? 0 : 1,
        );
      const step = network.step(adam.parameters, batch, state, {
        ...(options.dropout > 0 && { dropout }),
        ...(negatives && { negatives }),
        ...(ownVectors && { ownVectors }),
      });
      state.dispose();
      state = step.state;
      adam.step(step.gradient, options.learningRate * rateAt(adam.steps, fraction));
      reported.loss += step.loss.dataSync()[0]!;
      reported.tokens += batch.weights.reduce((sum, weight) => sum + weight, 0);
      step.loss.dispose();
      await breathe(hooks.signal);
      used = clock() - start;

      const now = used / (plan.seconds * 1000);
      if (used - reported.at > REPORT_EVERY) {
        hooks.onProgress?.({
          phase: "network",
          step: adam.steps,
          loss: reported.loss / reported.tokens,
          tokensPerSecond: reported.tokens / ((used - reported.at) / 1000),
          fraction: Math.min(1, now),
        });
        reported = { at: used, loss: 0, tokens: 0 };
      }
      if (now >= (pending[0] ?? 1)) {
        while (now >= (pending[0] ?? Infinity)) pending.shift();
        yield {
          steps: adam.steps,
          fraction: Math.min(1, now),
          shape,
          parameters: () => adam.average.dataSync() as Float32Array,
        };
      }
      if (now >= 1) return;
    }
  } finally {
    adam.dispose();
    tf.dispose([state, ...Object.values(features)]);
  }
}

/** The learning rate's share of its highest value. */
function rateAt(step: number, fraction: number): number {
  const warmUp = Math.min(1, (step + 1) / WARM_UP_STEPS);
  const fall = Math.max(0, (fraction - CONSTANT_SHARE) / (1 - CONSTANT_SHARE));
  return warmUp * (1 - (1 - LAST_RATE) * Math.min(1, fall));
}
