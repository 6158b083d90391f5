import { tensorOf, type NamedTensor, type NamedTensors } from "../tensor/index.js";
import { decayWeights } from "./decay.js";
import { FitPace } from "./fit-pace.js";
import { breathe } from "./hooks.js";
import type { Ridge } from "./ridge.js";
import { placesByItem, type RidgeOptions } from "./ridge-statistics.js";
import type { Sequences } from "./sequences.js";
import type { SparseMatrix } from "./sparse-matrix.js";
import { SparseCollector } from "./sparse-statistics.js";
import type { LimitedHooks } from "./time-limit.js";

/** Conjugate gradient steps per request: more gain nothing, and stopping early regularises a little. */
const STEPS = 4;
/** Parts of a direction below this share of its largest are not followed: most of the time, none of the quality. */
const NEGLIGIBLE = 0.01;
/** How much of a large catalogue's statistics is kept and looked at, so that a request costs about the same whatever its size. */
export interface RidgeLimits {
  /** Entries kept of each row of either matrix: the largest. */
  readonly perRow: number;
  /** Entries looked at in each conjugate gradient step, those of the largest parts first. */
  readonly perStep: number;
  /** Entries added up to scores, likewise. */
  readonly perScore: number;
}
const LIMITS: RidgeLimits = { perRow: 100, perStep: 10_000, perScore: 20_000 };

/** How a sparse ridge is fitted: where it may not take as long as it likes, it looks at some of the places of items with many. */
export interface SparseFitOptions extends LimitedHooks {
  /** Conjugate gradient steps per request. Default 4. */
  readonly steps?: number;
  /** Default: what is worked off in some milliseconds. */
  readonly limits?: RidgeLimits;
}

/** Stops early once the residual, squared, has fallen to this share: further steps change no ranking. */
const CONVERGED = 1e-6;

const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

/**
 * The ridge for large or sparse catalogues: keeps `G = Z'Z` and `R = Z'Y` sparse, and solves `(G + lambda I) w = z` per
 * request by a few conjugate gradient steps with a Jacobi preconditioner; the scores are `R' w`. One decay only.
 */
export class SparseRidge implements Ridge {
  readonly kind = "sparse";
  readonly itemCount: number;
  readonly options: RidgeOptions;
  readonly #steps: number;
  readonly #limits: RidgeLimits;
  /** Entries of rows by how large the row's weight is; see `#smallestFollowed`. */
  readonly #bySize = new Float64Array(1024);
  readonly #weights: Float64Array;
  readonly #gram: SparseMatrix;
  readonly #cross: SparseMatrix;
  readonly #diagonal: Float32Array;
  /** Scratch vectors over all items, zero except at the touched ones. */
  readonly #solution: Float64Array;
  readonly #residual: Float64Array;
  readonly #direction: Float64Array;
  readonly #product: Float64Array;
  /** Sums of scores, zero between calls, and which of them are not. */
  readonly #scores: Float64Array;
  readonly #scored: Int32Array;
  readonly #touched: Int32Array;
  readonly #isTouched: Uint8Array;
  #count = 0;

  private constructor(options: RidgeOptions, gram: SparseMatrix, cross: SparseMatrix, steps = STEPS, limits = LIMITS) {
    this.#limits = limits;
    this.itemCount = gram.starts.length - 1;
    this.options = options;
    this.#steps = steps;
    this.#weights = decayWeights(options.decays[0]!, options.window);
    this.#gram = gram;
    this.#cross = cross;
    this.#diagonal = new Float32Array(this.itemCount).fill(options.lambda);
    for (let row = 0; row < this.itemCount; row++) {
      for (let at = gram.starts[row]!; at < gram.starts[row + 1]!; at++) {
        if (gram.columns[at] === row) this.#diagonal[row]! += gram.values[at]!;
      }
    }
    [this.#solution, this.#residual, this.#direction, this.#product] = [0, 0, 0, 0].map(
      () => new Float64Array(this.itemCount),
    ) as [Float64Array, Float64Array, Float64Array, Float64Array];
    this.#scores = new Float64Array(this.itemCount);
    this.#scored = new Int32Array(this.itemCount);
    this.#touched = new Int32Array(this.itemCount);
    this.#isTouched = new Uint8Array(this.itemCount);
  }

  /**
   * Collects the statistics item by item through an index of each item's places, so that nothing but the result is
   * kept. Cost: interactions × window of the decay.
   * @throws the signal's reason when stopped
   */
  static async fit(
    sequences: Sequences,
    options: RidgeOptions,
    { steps = STEPS, limits = LIMITS, seconds = Infinity, ...hooks }: SparseFitOptions = {},
  ): Promise<SparseRidge> {
    if (options.decays.length !== 1) {
      throw new RangeError(`A sparse ridge has one decay, ${options.decays.length} were given.`);
    }
    const { itemCount } = sequences;
    const places = placesByItem(sequences);
    const pace = new FitPace(places.starts, seconds, hooks.clock ?? (() => performance.now()));
    const collector = new SparseCollector(sequences, places, options, { rows: itemCount, perRow: limits.perRow });
    for (let item = 0; item < itemCount; item++) {
      if (!pace.done(item + 1, collector.collect(item, pace.most))) continue;
      hooks.onProgress?.({ phase: "ridge", fraction: places.starts[item + 1]! / sequences.items.length });
      await breathe(hooks.signal);
    }
    const { gram, cross } = collector.finish();
    return new SparseRidge(options, gram, cross, steps, limits);
  }

  static fromTensors(tensors: ReadonlyMap<string, NamedTensor>, options: RidgeOptions): SparseRidge {
    const matrix = (name: string): SparseMatrix => ({
      starts: tensorOf(tensors, `ridge.${name}.starts`, "I32").data,
      columns: tensorOf(tensors, `ridge.${name}.columns`, "I32").data,
      values: tensorOf(tensors, `ridge.${name}.values`, "F32").data,
    });
    return new SparseRidge(options, matrix("gram"), matrix("cross"));
  }

  scoreInto(history: Int32Array, out: Float32Array): void {
    out.fill(0);
    this.#scatter(history, (item, score) => (out[item]! += score));
  }

  addStandardised(history: Int32Array, weight: number, out: Float32Array): void {
    const scores = this.#scores;
    let count = 0;
    this.#scatter(history, (item, score) => {
      if (scores[item] === 0) this.#scored[count++] = item;
      // Never zero again, so that no item is listed twice.
      scores[item] = scores[item]! + score || Number.MIN_VALUE;
    });
    let [sum, squares] = [0, 0];
    for (let k = 0; k < count; k++) {
      const score = scores[this.#scored[k]!]!;
      sum += score;
      squares += score * score;
    }
    const deviation = Math.sqrt(Math.max(0, squares / out.length - (sum / out.length) ** 2));
    const factor = deviation > 0 ? weight / deviation : 0;
    for (let k = 0; k < count; k++) {
      const item = this.#scored[k]!;
      out[item]! += factor * scores[item]!;
      scores[item] = 0;
    }
  }

  /** Hands over the parts of the scores; an item may have several. */
  #scatter(history: Int32Array, add: (item: number, score: number) => void): void {
    this.#solve(history);
    const { starts, columns, values } = this.#cross;
    const least = this.#smallestFollowed(this.#solution, starts, this.#limits.perScore);
    for (let k = 0; k < this.#count; k++) {
      const row = this.#touched[k]!;
      const weight = this.#solution[row]!;
      if (weight !== 0 && Math.abs(weight) >= least) {
        for (let at = starts[row]!; at < starts[row + 1]!; at++) add(columns[at]!, weight * values[at]!);
      }
      this.#isTouched[row] = 0;
      this.#solution[row] = this.#residual[row] = this.#direction[row] = this.#product[row] = 0;
    }
    this.#count = 0;
  }

  toTensors(): NamedTensors {
    const tensors: NamedTensors = new Map();
    for (const [name, matrix] of [
      ["gram", this.#gram],
      ["cross", this.#cross],
    ] as const) {
      const { starts, columns, values } = matrix;
      tensors.set(`ridge.${name}.starts`, { dtype: "I32", shape: [starts.length], data: starts });
      tensors.set(`ridge.${name}.columns`, { dtype: "I32", shape: [columns.length], data: columns });
      tensors.set(`ridge.${name}.values`, { dtype: "F32", shape: [values.length], data: values });
    }
    return tensors;
  }

  /** Preconditioned conjugate gradients (Hestenes and Stiefel 1952) on the items reached so far. */
  #solve(history: Int32Array): void {
    const [x, r, p, product, diagonal] = [
      this.#solution,
      this.#residual,
      this.#direction,
      this.#product,
      this.#diagonal,
    ];
    for (let back = 0; back < Math.min(this.#weights.length, history.length); back++) {
      const item = history[history.length - 1 - back]!;
      this.#touch(item);
      r[item]! += this.#weights[back]!;
    }
    let rho = 0;
    for (let k = 0; k < this.#count; k++) {
      const item = this.#touched[k]!;
      p[item] = r[item]! / diagonal[item]!;
      rho += p[item]! * r[item]!;
    }
    const enough = CONVERGED * rho;
    for (let step = 0; step < this.#steps && rho > enough; step++) {
      this.#multiply();
      let curvature = 0;
      for (let k = 0; k < this.#count; k++) curvature += p[this.#touched[k]!]! * product[this.#touched[k]!]!;
      // Of what was left out of the matrix it may be that it made a direction go uphill.
      if (!(curvature > 0)) return;
      const length = rho / curvature;
      let nextRho = 0;
      for (let k = 0; k < this.#count; k++) {
        const item = this.#touched[k]!;
        x[item]! += length * p[item]!;
        r[item]! -= length * product[item]!;
        nextRho += (r[item]! * r[item]!) / diagonal[item]!;
      }
      const turn = nextRho / rho;
      rho = nextRho;
      for (let k = 0; k < this.#count; k++) {
        const item = this.#touched[k]!;
        p[item] = r[item]! / diagonal[item]! + turn * p[item]!;
        product[item] = 0;
      }
    }
  }

  /** product = (G + lambda I) direction; touches the neighbours of what was touched. */
  #multiply(): void {
    const { starts, columns, values } = this.#gram;
    const reached = this.#count;
    let largest = 0;
    for (let k = 0; k < reached; k++) largest = Math.max(largest, Math.abs(this.#direction[this.#touched[k]!]!));
    const least = this.#smallestFollowed(this.#direction, starts, this.#limits.perStep);
    for (let k = 0; k < reached; k++) {
      const row = this.#touched[k]!;
      const weight = this.#direction[row]!;
      if (Math.abs(weight) <= NEGLIGIBLE * largest || Math.abs(weight) < least) continue;
      this.#product[row]! += this.options.lambda * weight;
      for (let at = starts[row]!; at < starts[row + 1]!; at++) {
        const column = columns[at]!;
        this.#touch(column);
        this.#product[column]! += weight * values[at]!;
      }
    }
  }

  /** How large a weight must be for its row to be among the largest that together have at most so many entries. */
  #smallestFollowed(weights: Float64Array, starts: Int32Array, most: number): number {
    const bySize = this.#bySize.fill(0);
    let all = 0;
    for (let k = 0; k < this.#count; k++) {
      const row = this.#touched[k]!;
      const entries = starts[row + 1]! - starts[row]!;
      FLOAT[0] = Math.abs(weights[row]!);
      // Exponent and two bits: sizes that differ by a quarter at most.
      bySize[BITS[0]! >>> 21]! += entries;
      all += entries;
    }
    if (all <= most) return 0;
    let size = bySize.length - 1;
    // The largest are followed whatever they cost.
    for (let entries = 0, some = false; size > 0; size--) {
      if (bySize[size] === 0) continue;
      entries += bySize[size]!;
      if (some && entries > most) break;
      some = true;
    }
    BITS[0] = (size + 1) << 21;
    return FLOAT[0]!;
  }

  #touch(item: number): void {
    if (this.#isTouched[item] !== 0) return;
    this.#isTouched[item] = 1;
    this.#touched[this.#count++] = item;
  }
}
