import { SimdArena, type Region } from "@palate/numeric";
import { GAP_BUCKETS, gruSlots, type GruShape } from "./gru-parameters.js";
import { ItemVectors } from "./item-vectors.js";

const EPSILON = 1e-5;
/** Positions whose inputs are prepared in one product. */
const STRIDE = 32;

/** Part of a history as the network takes it: item numbers (`START` for the start), and `gapBucket`s before each. */
export interface GruInputs {
  readonly items: Int32Array;
  readonly gaps: Int32Array;
}

/** Stands for the start of a history among `GruInputs.items`. */
export const START = -1;

/**
 * The forward pass of a trained recurrent network for one user at a time, with SIMD kernels and without TensorFlow. The
 * state after a history is a vector of `hidden` numbers from which the network can go on when the user does.
 */
export class GruScorer {
  readonly shape: GruShape;
  /** Vectors of the items that were trained, and of those added later from their metadata. */
  readonly items: ItemVectors;
  readonly #parameters: Float32Array;
  readonly #start: Float32Array;
  readonly #gaps: Float32Array;
  readonly #inputBias: Float32Array;
  readonly #recurrentBias: Float32Array;
  readonly #gain: Float32Array;
  readonly #itemFeatures: Float32Array;
  readonly #featureBias: Float32Array;
  readonly #userFeatures: Float32Array;
  readonly #arena: SimdArena;
  readonly #input: Region<Float32Array>;
  readonly #recurrent: Region<Float32Array>;
  readonly #output: Region<Float32Array>;
  /** [STRIDE, width] and [STRIDE, 3 hidden] */
  readonly #normal: Region<Float32Array>;
  readonly #prepared: Region<Float32Array>;
  /** [hidden], [3 hidden], [width] */
  readonly #state: Region<Float32Array>;
  readonly #fromState: Region<Float32Array>;
  readonly #query: Region<Float32Array>;

  /**
   * @param parameters flat, in the order of `gruSlots`; kept, not copied
   * @param features [itemCount, itemFeatures]: metadata of the trained items, where it takes part
   */
  constructor(shape: GruShape, parameters: Float32Array, features?: Float32Array) {
    const { itemCount, width, hidden } = shape;
    this.shape = shape;
    this.#parameters = parameters;
    const slots = new Map(gruSlots(shape).map((slot) => [slot.name, slot]));
    const part = (name: string): Float32Array => {
      const slot = slots.get(name);
      return slot ? parameters.subarray(slot.offset, slot.offset + slot.size) : new Float32Array(0);
    };
    const sizes = [width * 3 * hidden, hidden * 3 * hidden, hidden * width, STRIDE * width, STRIDE * 3 * hidden];
    const all = [...sizes, hidden, 3 * hidden, width];
    this.#arena = new SimdArena(all.reduce((sum, size) => sum + SimdArena.bytes(size, 4), 0));
    const filled = (values: Float32Array): Region<Float32Array> => {
      const region = this.#arena.float32(values.length);
      region.view.set(values);
      return region;
    };
    this.#input = filled(part("input"));
    this.#recurrent = filled(part("recurrent"));
    this.#output = filled(part("output"));
    this.#normal = this.#arena.float32(STRIDE * width);
    this.#prepared = this.#arena.float32(STRIDE * 3 * hidden);
    this.#state = this.#arena.float32(hidden);
    this.#fromState = this.#arena.float32(3 * hidden);
    this.#query = this.#arena.float32(width);
    this.#gaps = part("gaps");
    this.#inputBias = part("inputBias");
    this.#recurrentBias = part("recurrentBias");
    this.#gain = part("gain");
    this.#itemFeatures = part("itemFeatures");
    this.#featureBias = part("featureBias");
    this.#userFeatures = part("userFeatures");
    const own = part("items");
    const bias = part("bias");
    this.#start = own.subarray(itemCount * width);
    this.items = new ItemVectors(width, itemCount);
    const row = shape.itemFeatures;
    for (let item = 0; item < itemCount; item++) {
      const content = this.#contentOf(features?.subarray(item * row, (item + 1) * row));
      const vector = content.vector;
      for (let c = 0; c < width; c++) vector[c]! += own[item * width + c]!;
      this.items.add(vector, bias[item]! + content.bias);
    }
  }

  /** The flat parameters given at construction. */
  get parameters(): Float32Array {
    return this.#parameters;
  }

  /** Adds an item that was not trained, from its metadata alone; gives its number. */
  addItem(features: Float32Array): number {
    const content = this.#contentOf(features);
    return this.items.add(content.vector, content.bias);
  }

  /** Replaces what stands for an item by what its metadata alone says. */
  setItem(item: number, features: Float32Array): void {
    const content = this.#contentOf(features);
    this.items.set(item, content.vector, content.bias);
  }

  /** What a user's metadata adds to every input; kept by callers for `advance`. */
  userVector(features: Float32Array): Float32Array {
    const { width } = this.shape;
    const vector = new Float32Array(width);
    features.forEach((value, f) => {
      if (value !== 0) for (let c = 0; c < width; c++) vector[c]! += value * this.#userFeatures[f * width + c]!;
    });
    return vector;
  }

  /**
   * The state after more of a history.
   * @param state before it; undefined for nothing
   * @param user what `userVector` gave, if the user has metadata
   */
  advance(state: Float32Array | undefined, { items, gaps }: GruInputs, user?: Float32Array): Float32Array {
    const { hidden } = this.shape;
    const now = this.#state.view;
    if (state) now.set(state);
    else now.fill(0);
    for (let from = 0; from < items.length; from += STRIDE) {
      const count = Math.min(STRIDE, items.length - from);
      this.#prepare(items.subarray(from, from + count), gaps.subarray(from, from + count), user);
      for (let at = 0; at < count; at++) {
        if (items[from + at] === START) now.fill(0);
        this.#step(at * 3 * hidden);
      }
    }
    return now.slice();
  }

  /** The vector whose product with an item's, the item's bias added, is the item's logit. */
  query(state: Float32Array): Float32Array {
    const { width, hidden } = this.shape;
    this.#state.view.set(state);
    const query = this.#query;
    this.#arena.kernels.matMul(
      ...([this.#state.pointer, hidden, this.#output.pointer, width, query.pointer, width] as const),
      ...([1, hidden, width, 0] as const),
    );
    const scale = inverseLength(query.view, 0, width);
    return query.view.slice().map((value, c) => value * scale * this.#gain[c]!);
  }

  #contentOf(features: Float32Array | undefined): { vector: Float32Array; bias: number } {
    const { width, itemFeatures } = this.shape;
    const vector = new Float32Array(width);
    let bias = 0;
    for (let f = 0; features !== undefined && f < itemFeatures; f++) {
      const value = features[f]!;
      if (value === 0) continue;
      for (let c = 0; c < width; c++) vector[c]! += value * this.#itemFeatures[f * width + c]!;
      bias += value * this.#featureBias[f]!;
    }
    return { vector, bias };
  }

  /** What the inputs add to the gates, into `#prepared`. */
  #prepare(items: Int32Array, gaps: Int32Array, user: Float32Array | undefined): void {
    const { width, hidden } = this.shape;
    const normal = this.#normal.view;
    const scale = Math.sqrt(width);
    items.forEach((item, row) => {
      const vector = item === START ? this.#start : this.items.vector(item);
      const gap = Math.min(GAP_BUCKETS - 1, gaps[row]!) * width;
      const to = row * width;
      for (let c = 0; c < width; c++) normal[to + c] = (vector[c]! + this.#gaps[gap + c]! + (user?.[c] ?? 0)) * scale;
      const inverse = inverseLength(normal, to, width);
      for (let c = 0; c < width; c++) normal[to + c]! *= inverse;
    });
    const size = 3 * hidden;
    this.#arena.kernels.matMul(
      ...([this.#normal.pointer, width, this.#input.pointer, size, this.#prepared.pointer, size] as const),
      ...([items.length, width, size, 0] as const),
    );
  }

  /** One step of the recurrence from the inputs prepared at `at`; see `recurrence`. */
  #step(at: number): void {
    const { hidden } = this.shape;
    const size = 3 * hidden;
    this.#arena.kernels.matMul(
      ...([this.#state.pointer, hidden, this.#recurrent.pointer, size, this.#fromState.pointer, size] as const),
      ...([1, hidden, size, 0] as const),
    );
    const state = this.#state.view;
    const fromState = this.#fromState.view;
    const prepared = this.#prepared.view;
    const bias = this.#inputBias;
    for (let c = 0; c < hidden; c++) {
      const reset = sigmoid(prepared[at + c]! + bias[c]! + fromState[c]!);
      const u = hidden + c;
      const update = sigmoid(prepared[at + u]! + bias[u]! + fromState[u]!);
      const n = 2 * hidden + c;
      const candidate = Math.tanh(prepared[at + n]! + bias[n]! + reset * (fromState[n]! + this.#recurrentBias[c]!));
      state[c] = candidate + update * (state[c]! - candidate);
    }
  }
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** 1 over the root mean square of a row. */
function inverseLength(values: Float32Array, from: number, width: number): number {
  let squares = 0;
  for (let c = 0; c < width; c++) squares += values[from + c]! ** 2;
  return 1 / Math.sqrt(squares / width + EPSILON);
}
