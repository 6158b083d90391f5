import type { Region, SimdArena } from "@palate/numeric";
import { AGE_ROWS } from "./attention-ages.js";
import { headsOf } from "./attention.js";
import type { MixerShape } from "./mixer-parameters.js";

/** A layer's parameters, where the kernels find them. */
export interface AttentionLayer {
  readonly project: Region<Float32Array>;
  readonly merge: Region<Float32Array>;
  readonly distances: Float32Array;
  readonly ages: Float32Array | undefined;
}

/** Attention over one history with SIMD kernels and without TensorFlow: what `attend` computes. */
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
  readonly #heard: Region<Float32Array>;
  /** [length]: scores, then shares, of one head at one position. */
  readonly #shares: Region<Float32Array>;

  /** @param arena with room for `scratchSizes` */
  constructor(arena: SimdArena, { width, length }: MixerShape) {
    this.#arena = arena;
    this.#width = width;
    this.#length = length;
    this.#heads = headsOf(width);
    this.#projected = arena.float32(4 * length * width);
    this.#keys = arena.float32(length * width);
    this.#values = arena.float32(length * width);
    this.#heard = arena.float32(length * width);
    this.#shares = arena.float32(length);
  }

  /** Numbers in each region that it makes for itself. */
  static scratchSizes({ width, length }: MixerShape): readonly number[] {
    return [4 * length * width, length * width, length * width, length * width, length];
  }

  /** Numbers in each region that a layer's parameters take. */
  static layerSizes({ width }: MixerShape): readonly number[] {
    return [4 * width * width, width * width];
  }

  /**
   * Writes what positions [from, last] take from all up to them into `out`, at their places.
   * @param normal pointer to [length, width]: what the layer works on
   * @param ageRows what `ageRowsOf` says of the positions, [last + 1, last + 1]; undefined without times
   * @param out pointer to [length, width]
   */
  run(
    layer: AttentionLayer,
    normal: number,
    from: number,
    last: number,
    ageRows: Int32Array | undefined,
    out: number,
  ): void {
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
      for (let head = 0; head < this.#heads; head++) this.#listen(layer, head, t, ageRows?.subarray(t * (last + 1)));
    }
    this.#gate(from, last);
    const heard = this.#heard.pointer + from * width * 4;
    matMul(heard, width, layer.merge.pointer, width, out + from * width * 4, width, count, width, width, 0);
  }

  /** Moves keys and values to where each head has its own together. */
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

  /** What one head hears at position t. */
  #listen({ distances, ages }: AttentionLayer, head: number, t: number, ageRows: Int32Array | undefined): void {
    const width = this.#width;
    const each = width / this.#heads;
    const scale = 1 / Math.sqrt(each);
    const { dotScan, matMul } = this.#arena.kernels;
    const own = head * this.#length * each * 4;
    const query = this.#projected.pointer + (4 * t * width + head * each) * 4;
    dotScan(query, this.#keys.pointer + own, t + 1, each, this.#shares.pointer);
    const shares = this.#shares.view;
    let most = -Infinity;
    for (let s = 0; s <= t; s++) {
      let score = shares[s]! * scale + distances[head * this.#length + t - s]!;
      if (ages && ageRows) score += ages[head * AGE_ROWS + ageRows[s]!]!;
      shares[s] = score;
      if (score > most) most = score;
    }
    let sum = 0;
    for (let s = 0; s <= t; s++) sum += shares[s] = Math.exp(shares[s]! - most);
    for (let s = 0; s <= t; s++) shares[s]! /= sum;
    const to = this.#heard.pointer + (t * width + head * each) * 4;
    matMul(this.#shares.pointer, t + 1, this.#values.pointer + own, each, to, width, 1, t + 1, each, 0);
  }

  #gate(from: number, last: number): void {
    const width = this.#width;
    const projected = this.#projected.view;
    const heard = this.#heard.view;
    for (let t = from; t <= last; t++) {
      for (let c = 0; c < width; c++) heard[t * width + c]! /= 1 + Math.exp(-projected[(4 * t + 3) * width + c]!);
    }
  }
}
