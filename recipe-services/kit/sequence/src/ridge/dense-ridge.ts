import {
  float16Scale,
  SimdArena,
  tensorOf,
  toFloat16,
  type NamedTensor,
  type NamedTensors,
  type Region,
  yieldToEventLoop,
} from "@palate/numeric";
import type { TensorBackend } from "@palate/tensorflow";
import { decayWeights } from "../sequences/decay.js";
import type { Sequences } from "../sequences/sequences.js";
import { solveRidge } from "./blocked-cholesky.js";
import { ridgeStatistics, type RidgeOptions } from "./ridge-statistics.js";
import type { Ridge } from "./ridge.js";
import { TooSlow, type LimitedComputation } from "./time-limit.js";

/** Columns the SIMD kernel takes at once. */
const LANES = 16;

/**
 * The closed-form solution as a table in half precision: the scores are a weighted sum of the rows of the latest items, which
 * takes a fraction of a millisecond at a few thousand items.
 */
export class DenseRidge implements Ridge {
  readonly kind = "dense";
  readonly itemCount: number;
  readonly options: RidgeOptions;
  readonly #weights: readonly Float64Array[];
  readonly #arena: SimdArena;
  readonly #width: number;
  readonly #scale: number;
  readonly #table: Region<Uint16Array>;
  readonly #rows: Region<Int32Array>;
  readonly #factors: Region<Float32Array>;
  readonly #scores: Region<Float32Array>;

  private constructor(itemCount: number, options: RidgeOptions, scale: number) {
    this.itemCount = itemCount;
    this.options = options;
    this.#scale = scale;
    this.#weights = options.decays.map((decay) => decayWeights(decay, options.window));
    this.#width = Math.ceil(itemCount / LANES) * LANES;
    const tableSize = options.decays.length * itemCount * this.#width;
    const terms = this.#weights.reduce((sum, weights) => sum + weights.length, 0);
    this.#arena = new SimdArena(
      SimdArena.bytes(tableSize, 2) + 2 * SimdArena.bytes(terms, 4) + SimdArena.bytes(this.#width, 4),
    );
    this.#table = this.#arena.uint16(tableSize);
    this.#rows = this.#arena.int32(terms);
    this.#factors = this.#arena.float32(terms);
    this.#scores = this.#arena.float32(this.#width);
  }

  /**
   * Cost in floating-point operations: see `solveRidge`; memory: twice the square of blocks × items, in floats.
   * @throws TooSlow when it would take longer than `seconds`; the signal's reason when stopped
   */
  static async fit(
    sequences: Sequences,
    options: RidgeOptions,
    backend: TensorBackend,
    { signal, onProgress, clock = () => performance.now(), seconds = Infinity }: LimitedComputation = {},
  ): Promise<DenseRidge> {
    const { itemCount } = sequences;
    const started = clock();
    const { size, gram, cross } = await ridgeStatistics(sequences, options, () => {
      const spent = (clock() - started) / 1000;
      if (spent > seconds) throw new TooSlow(spent);
      return yieldToEventLoop(signal);
    });
    const solving = clock();
    const solution = await solveRidge(
      backend,
      { gram, right: cross, size, lambda: options.lambda },
      {
        ...(signal && { signal }),
        onProgress(progress) {
          onProgress?.(progress);
          const expected = (solving - started + (clock() - solving) / progress.fraction) / 1000;
          if (progress.fraction < 1 && expected > seconds) throw new TooSlow(expected);
        },
      },
    );
    const scale = float16Scale(solution);
    const ridge = new DenseRidge(itemCount, options, scale);
    const scaled = new Float32Array(itemCount);
    for (let row = 0; row < size; row++) {
      for (let item = 0; item < itemCount; item++) scaled[item] = solution[row * itemCount + item]! * scale;
      ridge.#table.view.set(toFloat16(scaled), row * ridge.#width);
    }
    return ridge;
  }

  static fromTensors(tensors: ReadonlyMap<string, NamedTensor>, options: RidgeOptions, scale: number): DenseRidge {
    const { shape, data } = tensorOf(tensors, "ridge.weights", "F16");
    const itemCount = shape[1]!;
    const ridge = new DenseRidge(itemCount, options, scale);
    for (let row = 0; row < shape[0]!; row++) {
      ridge.#table.view.set(data.subarray(row * itemCount, (row + 1) * itemCount), row * ridge.#width);
    }
    return ridge;
  }

  /** The power of two by which the stored weights are larger than the true ones. */
  get scale(): number {
    return this.#scale;
  }

  scoreInto(history: Int32Array, out: Float32Array): void {
    let terms = 0;
    this.#weights.forEach((weights, block) => {
      for (let back = 0; back < Math.min(weights.length, history.length); back++, terms++) {
        this.#rows.view[terms] = block * this.itemCount + history[history.length - 1 - back]!;
        this.#factors.view[terms] = weights[back]! / this.#scale;
      }
    });
    const [table, rows, factors, scores] = [this.#table, this.#rows, this.#factors, this.#scores];
    this.#arena.kernels.sumRowsHalf(table.pointer, this.#width, rows.pointer, factors.pointer, terms, scores.pointer);
    out.set(scores.view.subarray(0, this.itemCount));
  }

  toTensors(): NamedTensors {
    const rows = this.options.decays.length * this.itemCount;
    const data = new Uint16Array(rows * this.itemCount);
    for (let row = 0; row < rows; row++) {
      data.set(this.#table.view.subarray(row * this.#width, row * this.#width + this.itemCount), row * this.itemCount);
    }
    return new Map([["ridge.weights", { dtype: "F16", shape: [rows, this.itemCount], data }]]);
  }
}
