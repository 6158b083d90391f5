import { ContentMap } from "@palate/features";
import type { CoarseScan } from "@palate/numeric";
import type { ContextRows } from "../sequences/position-context.js";
import type { UserHistory } from "../sequences/user-history.js";
import type { ContentPath } from "./bake-content.js";
import { MixerScorer } from "./mixer-scorer.js";
import type { NetworkScorer, StoredNetwork } from "./network-scorer.js";

/**
 * Two networks over the same items whose logits are averaged: two that err in different ways do better together than either
 * alone. An item's vector is both of its vectors one after the other, so that one product gives the average.
 */
export class NetworkPair implements NetworkScorer {
  readonly #first: MixerScorer;
  readonly #second: MixerScorer;
  /** A network without layers, whose items have the vectors and biases of both. */
  readonly #items: MixerScorer;

  /**
   * @param first what is known of users and requests comes from it; the second one must be told the same
   * @param canGrow whether there is to be room for items that were not trained on
   */
  constructor(first: StoredNetwork, second: StoredNetwork, canGrow = false) {
    this.#first = new MixerScorer(first.shape, first.parameters, canGrow);
    this.#second = new MixerScorer(second.shape, second.parameters, canGrow);
    const { itemCount } = first.shape;
    const width = first.shape.width + second.shape.width;
    const parameters = new Float32Array(itemCount * width + itemCount + width);
    for (let item = 0; item < itemCount; item++) {
      parameters.set(rowOf(first, item), item * width);
      parameters.set(rowOf(second, item), item * width + first.shape.width);
      parameters[itemCount * width + item] = (biasOf(first, item) + biasOf(second, item)) / 2;
    }
    this.#items = new MixerScorer({ itemCount, width, layers: 0, kernels: 0, length: 1 }, parameters, canGrow);
  }

  get networks(): readonly StoredNetwork[] {
    return [...this.#first.networks, ...this.#second.networks];
  }

  get vectorWidth(): number {
    return this.#items.vectorWidth;
  }

  get itemCount(): number {
    return this.#items.itemCount;
  }

  get itemVectors(): Float32Array {
    return this.#items.itemVectors;
  }

  get context(): ContextRows {
    return this.#first.context;
  }

  get coarse(): CoarseScan | undefined {
    return this.#items.coarse;
  }

  scanCoarsely(): void {
    this.#items.scanCoarsely();
  }

  addItem(vector: Float32Array, bias: number): number {
    const own = this.#first.vectorWidth;
    this.#first.addItem(vector.subarray(0, own), bias);
    this.#second.addItem(vector.subarray(own), bias);
    return this.#items.addItem(vector, bias);
  }

  setItem(item: number, vector: Float32Array, bias: number): void {
    const own = this.#first.vectorWidth;
    this.#first.setItem(item, vector.subarray(0, own), bias);
    this.#second.setItem(item, vector.subarray(own), bias);
    this.#items.setItem(item, vector, bias);
  }

  userState(history: UserHistory, now: number): Float32Array {
    const state = new Float32Array(this.vectorWidth);
    state.set(this.#first.userState(history, now));
    state.set(this.#second.userState(history, now), this.#first.vectorWidth);
    return state.map((value) => value / 2);
  }

  logitsInto(state: Float32Array, out: Float32Array): void {
    this.#items.logitsInto(state, out);
  }

  addLogits(state: Float32Array, out: Float32Array): void {
    this.#items.addLogits(state, out);
  }

  logitsOf(state: Float32Array, items: Int32Array, out: Float32Array): void {
    this.#items.logitsOf(state, items, out);
  }
}

/** How new items get their place in a pair, given how they do in each of its networks. */
export function pairedPaths(first: ContentPath, second: ContentPath): ContentPath {
  const [one, other] = [first.map, second.map];
  const dimensions = one.dimensions + other.dimensions;
  const rows = one.weights.length / one.dimensions;
  const weights = new Float32Array(rows * dimensions);
  for (let row = 0; row < rows; row++) {
    weights.set(one.weights.subarray(row * one.dimensions, (row + 1) * one.dimensions), row * dimensions);
    const from = row * other.dimensions;
    weights.set(other.weights.subarray(from, from + other.dimensions), row * dimensions + one.dimensions);
  }
  const map = new ContentMap(dimensions, weights);
  return { encoder: first.encoder, map, bias: (first.bias + second.bias) / 2 };
}

/** Item vectors come first in the flat parameters, biases right after them. */
function rowOf({ shape: { width }, parameters }: StoredNetwork, item: number): Float32Array {
  return parameters.subarray(item * width, (item + 1) * width);
}

function biasOf({ shape: { width, itemCount }, parameters }: StoredNetwork, item: number): number {
  return parameters[itemCount * width + item]!;
}
