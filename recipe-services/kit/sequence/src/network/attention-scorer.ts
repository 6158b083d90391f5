import type { Region, SimdArena } from "@palate/numeric";
import { AGE_ROWS } from "./attention-ages.js";
import { headsOf } from "./attention.js";
import type { MixerShape } from "./mixer-parameters.js";

/** The parameters of a layer in the memory of the kernels. */
export interface AttentionLayer {
  readonly project: Region<Float32Array>;
  readonly merge: Region<Float32Array>;
  readonly distances: Float32Array;
  readonly ages: Float32Array | undefined;
}

/** What a layer of attention works on, and where. */
export interface AttentionRun {
  /** Pointer to [length, width]: the normalised stream. */
  readonly normal: number;
  /** First and last position to compute. */
  readonly from: number;
  readonly last: number;
  /** [last + 1, last + 1]: rows of the age table, as `ageRowsOf` gives them; undefined without times. */
  readonly ages: Int32Array | undefined;
  /** Pointer to [length, width]: the result. */
  readonly out: number;
}

/** Attention over one history with SIMD kernels and without TensorFlow: the same as `attend` computes. */
export class AttentionScorer {
  readonly #arena: SimdArena;
  readonly #width: number;
  readonly #length: number;
  readonly #heads: number;
  /** [length, 4 width]: queries, keys, values and gates. */
  readonly #projected: Region<Float32Array>;
  /** [heads, length, width / heads] */
  readonly #keys: Region<Float32Array>;
  readonly #values: Region<Float32Array>;
  /** [length, width] */
  readonly #attended: Region<Float32Array>;
  /** [length]: attention scores, then weights, of one head at one position. */
  readonly #weights: Region<Float32Array>;

  /** @param arena with room for `scratchSizes` */
  constructor(arena: SimdArena, { width, length }: MixerShape) {
    this.#arena = arena;
    this.#width = width;
    this.#length = length;
    this.#heads = headsOf(width);
    this.#projected = arena.float32(4 * length * width);
    this.#keys = arena.float32(length * width);
    this.#values = arena.float32(length * width);
    this.#attended = arena.float32(length * width);
    this.#weights = arena.float32(length);
  }

  /** Sizes of the regions that it allocates. */
  static scratchSizes({ width, length }: MixerShape): readonly number[] {
    return [4 * length * width, length * width, length * width, length * width, length];
  }

  /** Sizes of the regions of a layer's parameters. */
  static layerSizes({ width }: MixerShape): readonly number[] {
    return [4 * width * width, width * width];
  }

  /** Writes the attention of positions [from, last] to all positions up to them into `out`, at the same positions. */
  run(layer: AttentionLayer, { normal, from, last, ages, out }: AttentionRun): void {
    const width = this.#width;
    const count = last - from + 1;
    const { matMul } = this.#arena.kernels;
    const projected = this.#projected.pointer;
    const project = (first: number, rows: number, group: number, groups: number): void => {
      const input = normal + first * width * 4;
      const to = projected + (first * 4 + group) * width * 4;
      matMul(
        input,
        width,
        layer.project.pointer + group * width * 4,
        4 * width,
        to,
        4 * width,
        rows,
        width,
        groups * width,
        0,
      );
    };
    project(from, count, 0, 1);
    project(0, last + 1, 1, 2);
    project(from, count, 3, 1);
    this.#byHead(last + 1);
    for (let t = from; t <= last; t++) {
      for (let head = 0; head < this.#heads; head++) this.#attend(layer, head, t, ages?.subarray(t * (last + 1)));
    }
    this.#gate(from, last);
    const attended = this.#attended.pointer + from * width * 4;
    matMul(attended, width, layer.merge.pointer, width, out + from * width * 4, width, count, width, width, 0);
  }

  /** Regroups keys and values by head. */
  #byHead(count: number): void {
    const width = this.#width;
    const each = width / this.#heads;
    const projected = this.#projected.view;
    const [keys, values] = [this.#keys.view, this.#values.view];
    for (let head = 0; head < this.#heads; head++) {
      for (let s = 0; s < count; s++) {
        const from = (4 * s + 1) * width + head * each;
        const to = (head * this.#length + s) * each;
        for (let c = 0; c < each; c++) {
          keys[to + c] = projected[from + c]!;
          values[to + c] = projected[from + width + c]!;
        }
      }
    }
  }

  /** The attention of one head at position t. */
  #attend({ distances, ages }: AttentionLayer, head: number, t: number, ageRows: Int32Array | undefined): void {
    const width = this.#width;
    const each = width / this.#heads;
    const scale = 1 / Math.sqrt(each);
    const { dotScan, matMul } = this.#arena.kernels;
    const own = head * this.#length * each * 4;
    const query = this.#projected.pointer + (4 * t * width + head * each) * 4;
    dotScan(query, this.#keys.pointer + own, t + 1, each, this.#weights.pointer);
    const weights = this.#weights.view;
    let largest = -Infinity;
    for (let s = 0; s <= t; s++) {
      let score = weights[s]! * scale + distances[head * this.#length + t - s]!;
      if (ages && ageRows) score += ages[head * AGE_ROWS + ageRows[s]!]!;
      weights[s] = score;
      if (score > largest) largest = score;
    }
    let sum = 0;
    for (let s = 0; s <= t; s++) sum += weights[s] = Math.exp(weights[s]! - largest);
    for (let s = 0; s <= t; s++) weights[s]! /= sum;
    const to = this.#attended.pointer + (t * width + head * each) * 4;
    matMul(this.#weights.pointer, t + 1, this.#values.pointer + own, each, to, width, 1, t + 1, each, 0);
  }

  #gate(from: number, last: number): void {
    const width = this.#width;
    const projected = this.#projected.view;
    const attended = this.#attended.view;
    for (let t = from; t <= last; t++) {
      for (let c = 0; c < width; c++) attended[t * width + c]! /= 1 + Math.exp(-projected[(4 * t + 3) * width + c]!);
    }
  }
}
