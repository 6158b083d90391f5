import type { Random } from "@palate/numeric";
import type { TensorBackend } from "@palate/tensorflow";
import { FlatAdam, type AdamState } from "../optimisation/flat-adam.js";
import { SparseAdam } from "../optimisation/sparse-adam.js";
import type { TrainingSteps } from "../optimisation/training-loop.js";
import { itemCounts, type Sequences } from "../sequences/sequences.js";
import type { LossOptions, MixerBatch, MixerNetwork } from "./mixer-network.js";

/** Probability that an item without interactions is hidden in a step; and the count at which it is half of that. */
const MAX_HIDDEN = 0.5;
const HIDDEN_HALF = 10;

/** How steps are made. */
export interface StepOptions {
  /** Width of the item vectors. */
  readonly width: number;
  /** Share of each block's output that is dropped. */
  readonly dropout: number;
  /** Items sampled for the softmax of each step; undefined: it runs over all of them. */
  readonly negatives: number | undefined;
  /** Whether items have metadata: then some are hidden in each step, so that only their metadata represents them. */
  readonly content: boolean;
  readonly random: Random;
}

/**
 * The steps of a training. With a sampled softmax a step costs as much as the items of its batch and sample, however large the
 * catalogue is: the backend is given the weights of those items only.
 * @param start flat parameters to start from, or a state to go on from
 */
export function mixerSteps(
  { tf }: TensorBackend,
  network: MixerNetwork,
  sequences: Sequences,
  start: Float32Array | AdamState,
  { width, dropout, negatives, content, random }: StepOptions,
): TrainingSteps<MixerBatch> {
  const { itemCount } = sequences;
  const hidden = content ? hiddenShares(sequences) : undefined;
  const dropping = dropout > 0 ? { dropout: random.dropoutMasks(dropout) } : {};
  const knownOf = (items: Int32Array | undefined): LossOptions =>
    hidden ? { known: drawKnown(hidden, items, random) } : {};

  if (negatives === undefined) {
    const adam = new FlatAdam(tf, start);
    return {
      get steps() {
        return adam.steps;
      },
      step(batch, rate) {
        const { loss, gradient } = network.lossAndGradient(adam.parameters, batch, {
          ...dropping,
          ...knownOf(undefined),
        });
        adam.step(gradient, rate);
        const value = loss.dataSync()[0]!;
        loss.dispose();
        return value;
      },
      average: () => adam.average.dataSync() as Float32Array,
      state: () => adam.state(),
      dispose: () => adam.dispose(),
    };
  }

  const adam = new SparseAdam(start, itemCount, width);
  const local = new LocalItems(itemCount);
  return {
    get steps() {
      return adam.steps;
    },
    step(batch, rate) {
      local.clear();
      const named = {
        ...batch,
        inputs: local.indicesOf(batch.inputs),
        targets: local.indicesOf(batch.targets),
      };
      const sample = local.indicesOf(Int32Array.from({ length: negatives }, () => random.integer(itemCount)));
      const rows = local.items();
      const parameters = tf.tensor1d(adam.gather(rows));
      const options = { ...dropping, ...knownOf(rows), negatives: sample, rows };
      const { loss, gradient } = network.lossAndGradient(parameters, named, options);
      adam.step(rows, gradient.dataSync() as Float32Array, rate);
      const value = loss.dataSync()[0]!;
      tf.dispose([parameters, loss, gradient]);
      return value;
    },
    average: () => adam.average(),
    state: () => adam.state(),
    dispose: () => {},
  };
}

/** Numbers the items of a step in the order in which they first occur. */
class LocalItems {
  readonly #indices: Int32Array;
  #items: number[] = [];

  constructor(itemCount: number) {
    this.#indices = new Int32Array(itemCount).fill(-1);
  }

  clear(): void {
    for (const item of this.#items) this.#indices[item] = -1;
    this.#items = [];
  }

  /** The local indices of items, new ones added. */
  indicesOf(items: Int32Array): Int32Array {
    return items.map((item) => {
      if (this.#indices[item]! < 0) this.#indices[item] = this.#items.push(item) - 1;
      return this.#indices[item]!;
    });
  }

  /** The items, by local index. */
  items(): Int32Array {
    return Int32Array.from(this.#items);
  }
}

/** The probability of each item to be hidden. */
function hiddenShares(sequences: Sequences): Float32Array {
  return Float32Array.from(itemCounts(sequences), (count) => (MAX_HIDDEN * HIDDEN_HALF) / (HIDDEN_HALF + count));
}

/**
 * Draws which items keep their own vectors in a step, the others being hidden: nearly all popular items, about half of the rare ones.
 * So the part of the metadata is learned where it is needed (DropoutNet, Volkovs, Yu and Poutanen 2017).
 * @param items the items of the step. Default: all
 */
function drawKnown(hidden: Float32Array, items: Int32Array | undefined, random: Random): Float32Array {
  const known = new Float32Array(items?.length ?? hidden.length);
  for (let at = 0; at < known.length; at++) known[at] = random.uniform() < hidden[items ? items[at]! : at]! ? 0 : 1;
  return known;
}
