import type { SparseMatrix } from "./sparse-matrix.js";

/** Parts of a direction below this share of its largest are not followed: most of the time, none of the quality. */
const NEGLIGIBLE = 0.01;
/** Stops early once the residual, squared, has fallen to this share: further steps change no ranking. */
const CONVERGED = 1e-6;

const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

/** What a solver works with. */
export interface SparseSystem {
  readonly gram: SparseMatrix;
  readonly lambda: number;
  /** Conjugate gradient steps. */
  readonly steps: number;
  /** Entries of the matrix looked at in each of them, those of the largest parts first. */
  readonly perStep: number;
}

/**
 * Solves `(G + lambda I) w = z` for a sparse `z` by a few conjugate gradient steps with a Jacobi preconditioner (Hestenes and
 * Stiefel 1952), on those rows only that they reach: these are numbered in the order in which they are, and what is known of them
 * lies side by side by that number, so that only the entries of the matrix are looked up here and there.
 */
export class SparseSolver {
  /** Rows reached by the last solution, of which there are `count`, and the solution at each. */
  readonly rows: Int32Array;
  readonly solution: Float64Array;
  count = 0;
  readonly #system: SparseSystem;
  readonly #diagonalOf: Float32Array;
  /** One more than the number of a row that was reached; 0 for the others, and for all between calls. */
  readonly #numbers: Int32Array;
  readonly #diagonal: Float32Array;
  readonly #residual: Float64Array;
  readonly #direction: Float64Array;
  readonly #product: Float64Array;
  readonly #followed: Followed;

  constructor(system: SparseSystem) {
    const { gram, lambda } = system;
    const size = gram.starts.length - 1;
    this.#system = system;
    this.#followed = new Followed(gram.starts, system.perStep);
    this.#diagonalOf = new Float32Array(size).fill(lambda);
    for (let row = 0; row < size; row++) {
      for (let at = gram.starts[row]!; at < gram.starts[row + 1]!; at++) {
        if (gram.columns[at] === row) this.#diagonalOf[row]! += gram.values[at]!;
      }
    }
    this.rows = new Int32Array(size);
    this.#numbers = new Int32Array(size);
    this.#diagonal = new Float32Array(size);
    this.solution = new Float64Array(size);
    this.#residual = new Float64Array(size);
    this.#direction = new Float64Array(size);
    this.#product = new Float64Array(size);
  }

  /**
   * Puts the solution into `rows` and `solution`.
   * @param items rows of `z` that are not zero, the first `length` of them; one may be named several times
   * @param values what each adds to its row
   */
  solve(items: Int32Array, values: Float64Array, length: number): void {
    const [x, r, p, product, diagonal] = [
      ...([this.solution, this.#residual, this.#direction, this.#product, this.#diagonal] as const),
    ];
    const { steps } = this.#system;
    this.count = 0;
    for (let at = 0; at < length; at++) r[this.#reach(items[at]!)]! += values[at]!;
    let rho = 0;
    for (let k = 0; k < this.count; k++) {
      p[k] = r[k]! / diagonal[k]!;
      rho += p[k]! * r[k]!;
    }
    const enough = CONVERGED * rho;
    for (let step = 0; step < steps && rho > enough; step++) {
      const isLast = step === steps - 1;
      this.#multiply(isLast);
      const reached = this.count;
      let curvature = 0;
      for (let k = 0; k < reached; k++) curvature += p[k]! * product[k]!;
      // Of what was left out of the matrix it may be that it made a direction go uphill.
      if (!(curvature > 0)) break;
      const stride = rho / curvature;
      for (let k = 0; k < reached; k++) x[k]! += stride * p[k]!;
      if (isLast) break;
      let nextRho = 0;
      for (let k = 0; k < reached; k++) {
        const left = (r[k]! -= stride * product[k]!);
        const scaled = left / diagonal[k]!;
        product[k] = scaled;
        nextRho += left * scaled;
      }
      const turn = nextRho / rho;
      rho = nextRho;
      for (let k = 0; k < reached; k++) {
        p[k] = product[k]! + turn * p[k]!;
        product[k] = 0;
      }
    }
    for (let k = 0; k < this.count; k++) this.#numbers[this.rows[k]!] = 0;
  }

  /**
   * product = (G + lambda I) direction, at the rows that the direction is not zero at and, unless it is for the last time, at
   * their neighbours, which are thereby reached.
   */
  #multiply(isLast: boolean): void {
    const { gram, lambda } = this.#system;
    const { starts, columns, values } = gram;
    const [direction, product, numbers] = [this.#direction, this.#product, this.#numbers];
    const reached = this.count;
    let largest = 0;
    for (let k = 0; k < reached; k++) largest = Math.max(largest, Math.abs(direction[k]!));
    const least = this.#followed.smallest(this.rows, direction, reached);
    for (let k = 0; k < reached; k++) {
      const weight = direction[k]!;
      if (Math.abs(weight) <= NEGLIGIBLE * largest || Math.abs(weight) < least) continue;
      product[k]! += lambda * weight;
      const row = this.rows[k]!;
      const end = starts[row + 1]!;
      for (let at = starts[row]!; at < end; at++) {
        let number = numbers[columns[at]!]! - 1;
        if (number < 0) {
          if (isLast) continue;
          number = this.#reach(columns[at]!);
        }
        product[number]! += weight * values[at]!;
      }
    }
  }

  /** The number of a row, given now if it has none. */
  #reach(row: number): number {
    const known = this.#numbers[row]! - 1;
    if (known >= 0) return known;
    const number = this.count++;
    this.#numbers[row] = number + 1;
    this.rows[number] = row;
    this.#diagonal[number] = this.#diagonalOf[row]!;
    this.solution[number] = this.#residual[number] = this.#direction[number] = this.#product[number] = 0;
    return number;
  }
}

/** Chooses which rows of a matrix are followed where all have too many entries: those with the largest weights. */
export class Followed {
  readonly #starts: Int32Array;
  readonly #most: number;
  /** Entries of rows by how large the row's weight is. */
  readonly #bySize = new Float64Array(1024);

  /**
   * @param starts bounds of the matrix's rows
   * @param most entries that there may be, but for the rows of the largest weight, which are followed whatever they cost
   */
  constructor(starts: Int32Array, most: number) {
    this.#starts = starts;
    this.#most = most;
  }

  /** How large a weight must be for its row to be followed. */
  smallest(rows: Int32Array, weights: Float64Array, count: number): number {
    const starts = this.#starts;
    const bySize = this.#bySize.fill(0);
    let all = 0;
    for (let k = 0; k < count; k++) {
      // Rows without a weight are not followed anyway.
      if (weights[k] === 0) continue;
      const row = rows[k]!;
      const entries = starts[row + 1]! - starts[row]!;
      FLOAT[0] = Math.abs(weights[k]!);
      // Exponent and two bits: sizes that differ by a quarter at most.
      bySize[BITS[0]! >>> 21]! += entries;
      all += entries;
    }
    if (all <= this.#most) return 0;
    let size = bySize.length - 1;
    for (let entries = 0, some = false; size > 0; size--) {
      if (bySize[size] === 0) continue;
      entries += bySize[size]!;
      if (some && entries > this.#most) break;
      some = true;
    }
    BITS[0] = (size + 1) << 21;
    return FLOAT[0]!;
  }
}
