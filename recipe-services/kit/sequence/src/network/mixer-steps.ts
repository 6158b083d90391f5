import type { Random } from "@palate/numeric";
import type { TensorBackend } from "@palate/tensorflow";
import { itemCounts, type Sequences } from "../sequences/sequences.js";
import { FlatAdam, type AdamState } from "./flat-adam.js";
import type { LossOptions, MixerBatch, MixerNetwork } from "./mixer-network.js";
import { SparseAdam } from "./sparse-adam.js";
import type { TrainingSteps } from "./training-loop.js";

/** How often an item that nobody had is known by its metadata alone, and the count at which it is half as often. */
const MAX_HIDDEN = 0.5;
const HIDDEN_HALF = 10;

/** What steps need to know. */
export interface StepOptions {
  /** Share of each block's output that is dropped. */
  readonly dropout: number;
  /** Items sampled for the softmax of each step; undefined: it runs over all of them. */
  readonly negatives: number | undefined;
  /** Whether items' metadata takes part, which then is all that is known of some items in each step. */
  readonly content: boolean;
  readonly random: Random;
}

/**
 * The steps of a training. Over a sample of the items they cost what the items they name do, however large the catalogue is:
 * the backend is only given those items' weights.
 * @param start flat parameters to start from, or a state to go on from
 */
export function mixerSteps(
  { tf }: TensorBackend,
  network: MixerNetwork,
  sequences: Sequences,
  start: Float32Array | AdamState,
  width: number,
  { dropout, negatives, content, random }: StepOptions,
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
  const places = new ItemPlaces(itemCount);
  return {
    get steps() {
      return adam.steps;
    },
    step(batch, rate) {
      places.clear();
      const named = {
        ...batch,
        inputs: places.of(batch.inputs),
        targets: places.of(batch.targets),
      };
      const sample = places.of(Int32Array.from({ length: negatives }, () => random.integer(itemCount)));
      const rows = places.items();
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

/** Numbers items in the order in which they are first named. */
class ItemPlaces {
  readonly #places: Int32Array;
  #items: number[] = [];

  constructor(itemCount: number) {
    this.#places = new Int32Array(itemCount).fill(-1);
  }

  clear(): void {
    for (const item of this.#items) this.#places[item] = -1;
    this.#items = [];
  }

  of(items: Int32Array): Int32Array {
    return items.map((item) => {
      if (this.#places[item]! < 0) this.#places[item] = this.#items.push(item) - 1;
      return this.#places[item]!;
    });
  }

  /** The items named, by place. */
  items(): Int32Array {
    return Int32Array.from(this.#items);
  }
}

/** How often each item is hidden. */
function hiddenShares(sequences: Sequences): Float32Array {
  return Float32Array.from(itemCounts(sequences), (count) => (MAX_HIDDEN * HIDDEN_HALF) / (HIDDEN_HALF + count));
}

/**
 * Draws which items a step is to know by more than their metadata: nearly all of those that many had, about half of those
 * that hardly anybody had. So the metadata's part is learned where it is needed (Volkovs, Yu and Poutanen 2017).
 * @param items those that count; undefined: all
 */
function drawKnown(hidden: Float32Array, items: Int32Array | undefined, random: Random): Float32Array {
  const known = new Float32Array(items?.length ?? hidden.length);
  for (let at = 0; at < known.length; at++) known[at] = random.uniform() < hidden[items ? items[at]! : at]! ? 0 : 1;
  return known;
}
