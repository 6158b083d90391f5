import { tensorOf, type NamedTensor, type NamedTensors } from "../tensor/index.js";
import { decayWeights, PairSums, targetSums } from "./decay.js";
import type { Ridge } from "./ridge.js";
import { addPairs, addTargets, placesByItem, type RidgeOptions } from "./ridge-statistics.js";
import type { Sequences } from "./sequences.js";
import { SparseBuilder, type SparseMatrix } from "./sparse-matrix.js";

/** Conjugate gradient steps per request: more gain nothing, and stopping early regularises a little. */
const STEPS = 4;
/** Parts of a direction below this share of its largest are not followed: most of the time, none of the quality. */
const NEGLIGIBLE = 0.01;
/** Stops early once the residual, squared, has fallen to this share: further steps change no ranking. */
const CONVERGED = 1e-6;

/**
 * The ridge for large or sparse catalogues: keeps `G = Z'Z` and `R = Z'Y` sparse, and solves `(G + lambda I) w = z` per
 * request by a few conjugate gradient steps with a Jacobi preconditioner; the scores are `R' w`. One decay only.
 */
export class SparseRidge implements Ridge {
  readonly kind = "sparse";
  readonly itemCount: number;
  readonly options: RidgeOptions;
  readonly #steps: number;
  readonly #weights: Float64Array;
  readonly #gram: SparseMatrix;
  readonly #cross: SparseMatrix;
  readonly #diagonal: Float32Array;
  /** Scratch vectors over all items, zero except at the touched ones. */
  readonly #solution: Float64Array;
  readonly #residual: Float64Array;
  readonly #direction: Float64Array;
  readonly #product: Float64Array;
  readonly #touched: Int32Array;
  readonly #isTouched: Uint8Array;
  #count = 0;

  private constructor(options: RidgeOptions, gram: SparseMatrix, cross: SparseMatrix, steps = STEPS) {
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
    this.#touched = new Int32Array(this.itemCount);
    this.#isTouched = new Uint8Array(this.itemCount);
  }

  /**
   * Collects the statistics item by item through an index of each item's places, so that nothing but the result is
   * kept. Cost: interactions × window of the decay.
   * @param steps conjugate gradient steps per request; default 4
   */
  static fit(sequences: Sequences, options: RidgeOptions, steps = STEPS): SparseRidge {
    if (options.decays.length !== 1) {
      throw new RangeError(`A sparse ridge has one decay, ${options.decays.length} were given.`);
    }
    const { itemCount } = sequences;
    const weights = decayWeights(options.decays[0]!, options.window);
    const pairs = new PairSums(weights, weights);
    const targets = targetSums(weights, options.future);
    const places = placesByItem(sequences);
    const gram = new SparseBuilder(itemCount, itemCount);
    const cross = new SparseBuilder(itemCount, itemCount);
    for (let item = 0; item < itemCount; item++) {
      addPairs(sequences, places, item, pairs, (neighbour, sum) => gram.add(neighbour, sum));
      addTargets(sequences, places, item, targets, (target, sum) => cross.add(target, sum));
      gram.endRow();
      cross.endRow();
    }
    return new SparseRidge(options, gram.finish(), cross.finish(), steps);
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
    this.#solve(history);
    const { starts, columns, values } = this.#cross;
    for (let k = 0; k < this.#count; k++) {
      const row = this.#touched[k]!;
      const weight = this.#solution[row]!;
      if (weight !== 0) {
        for (let at = starts[row]!; at < starts[row + 1]!; at++) out[columns[at]!]! += weight * values[at]!;
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
    for (let k = 0; k < reached; k++) {
      const row = this.#touched[k]!;
      const weight = this.#direction[row]!;
      if (Math.abs(weight) <= NEGLIGIBLE * largest) continue;
      this.#product[row]! += this.options.lambda * weight;
      for (let at = starts[row]!; at < starts[row + 1]!; at++) {
        const column = columns[at]!;
        this.#touch(column);
        this.#product[column]! += weight * values[at]!;
      }
    }
  }

  #touch(item: number): void {
    if (this.#isTouched[item] !== 0) return;
    this.#isTouched[item] = 1;
    this.#touched[this.#count++] = item;
  }
}
