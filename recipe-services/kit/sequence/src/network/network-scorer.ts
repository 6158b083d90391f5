import type { CoarseScan } from "@palate/numeric";
import type { ContextRows } from "../sequences/position-context.js";
import type { UserHistory } from "../sequences/user-history.js";
import type { MixerShape } from "./mixer-parameters.js";

/** A trained network as it is stored and continued. */
export interface StoredNetwork {
  readonly shape: MixerShape;
  /** Flat, in the order of `parameterSlots`. */
  readonly parameters: Float32Array;
}

/** A trained network for serving, without TensorFlow: one network, or two whose logits are averaged. */
export interface NetworkScorer {
  /** The networks that it consists of. */
  readonly networks: readonly StoredNetwork[];
  /** Width of the item vectors. */
  readonly vectorWidth: number;
  /** Items that have logits: those trained on, and those added. */
  readonly itemCount: number;
  /** The items' vectors, one row each; rows behind the last item belong to items that may be added. */
  readonly itemVectors: Float32Array;
  /** What the network is given beside items. */
  readonly context: ContextRows;
  /** Finds the items with the largest logits without computing each; undefined until it is made. */
  readonly coarse: CoarseScan | undefined;
  /** Makes `coarse`. */
  scanCoarsely(): void;
  /**
   * Gives an item that was not trained on a vector; its number is the next one.
   * @returns its number, or -1 when there is no room for more
   */
  addItem(vector: Float32Array, bias: number): number;
  /** Replaces the vector of an item that was added. */
  setItem(item: number, vector: Float32Array, bias: number): void;
  /**
   * The state after a history, whose products with item vectors are logits.
   * @param now Unix time in seconds of what is to be predicted; NaN when it is not known
   */
  userState(history: UserHistory, now: number): Float32Array;
  /** Writes the logit of every item after a history with this state into `out`. */
  logitsInto(state: Float32Array, out: Float32Array): void;
  /** Adds the logit of every item after a history with this state to `out`. */
  addLogits(state: Float32Array, out: Float32Array): void;
  /** Writes the logits of some items into `out`: to the last bit what `logitsInto` gives them. */
  logitsOf(state: Float32Array, items: Int32Array, out: Float32Array): void;
}
