import { type SparseRows } from "@palate/numeric";
import { Followed } from "./followed-rows.js";

/** Parts of a direction below this share of its largest are not followed: most of the time, none of the quality. */
const NEGLIGIBLE = 0.01;
/** Stops early once the residual, squared, has fallen to this share: further steps change no ranking. */
const CONVERGED = 1e-6;

/** What a solver works with. */
export interface SparseSystem {
  readonly gram: SparseRows;
  readonly lambda: number;
  /** Conjugate gradient steps. */
  readonly steps: number;
  /** Entries of the matrix looked at in each of them, those of the largest parts first. */
  readonly perStep: number;
}

/**
 * Solves `(G + lambda I) w = z` for a sparse `z` by a few conjugate gradient steps with a Jacobi preconditioner (Hestenes and
 * Stiefel 1952), on those rows only that they reach: these are numbered from 1 in the order in which they are, and what is known
 * of them lies side by side by that number, so that only the entries of the matrix are looked up here and there, once each.
 */
export class SparseSolver {
  /** Rows reached by the last solution, of which there are `count`, from 1 on, and the solution at each. */
  readonly rows: Int32Array;
  readonly solution: Float64Array;
  count = 0;
  readonly #system: SparseSystem;
  /** The diagonal of `G + lambda I`, by row and by number. */
  readonly #diagonalOf: Float32Array;
  readonly #diagonal: Float32Array;
  /** The number of a row that was reached; 0 for the others, and for all between calls. */
  readonly #numbers: Int32Array;
  /** By number, and 0 from `count` on; so are the solution, and the places below. At 0 stands what is not wanted. */
  readonly #residual: Float64Array;
  readonly #direction: Float64Array;
  readonly #product: Float64Array;
  /** Where in `#columns` the entries of a row begin, and one more; 0 while they are not there. */
  readonly #places: Int32Array;
  /** Columns of entries by number, row after row as they were first followed. */
  #columns = new Int32Array(1024);
  #copied = 0;
  readonly #followed: Followed;

  constructor(system: SparseSystem) {
    const { gram, lambda } = system;
    const size = gram.offsets.length - 1;
    this.#system = system;
    this.#followed = new Followed(gram.offsets, system.perStep);
    this.#diagonalOf = new Float32Array(size).fill(lambda);
    for (let row = 0; row < size; row++) {
      for (let at = gram.offsets[row]!; at < gram.offsets[row + 1]!; at++) {
        if (gram.columns[at] === row) this.#diagonalOf[row]! += gram.values[at]!;
      }
    }
    this.#numbers = new Int32Array(size);
    this.rows = new Int32Array(size + 1);
    this.#diagonal = new Float32Array(size + 1);
    this.#places = new Int32Array(size + 1);
    this.solution = new Float64Array(size + 1);
    this.#residual = new Float64Array(size + 1);
    this.#direction = new Float64Array(size + 1);
    this.#product = new Float64Array(size + 1);
  }

  /**
   * Puts the solution into `rows` and `solution`.
   * @param items rows of `z` that are not zero, the first `length` of them; one may be named several times
   * @param values what each adds to its row
   */
  solve(items: Int32Array, values: Float64Array, length: number): void {
    this.#begin(items, values, length);
    const [x, r, p, product, diagonal] = [
      this.solution,
      this.#residual,
      this.#direction,
      this.#product,
      this.#diagonal,
    ];
    const { steps } = this.#system;
    let rho = 0;
    for (let k = 1; k <= this.count; k++) {
      p[k] = r[k]! / diagonal[k]!;
      rho += p[k]! * r[k]!;
    }
    const enough = CONVERGED * rho;
    for (let step = 0; step < steps && rho > enough; step++) {
      const isLast = step === steps - 1;
      const known = this.count;
      const curvature = isLast ? this.#curvature() : this.#multiply();
      // Of what was left out of the matrix it may be that it made a direction go uphill.
      if (!(curvature > 0)) break;
      const stride = rho / curvature;
      for (let k = 1; k <= known; k++) x[k]! += stride * p[k]!;
      if (isLast) break;
      let nextRho = 0;
      for (let k = 1; k <= this.count; k++) {
        const left = (r[k]! -= stride * product[k]!);
        const scaled = left / diagonal[k]!;
        product[k] = scaled;
        nextRho += left * scaled;
      }
      const turn = nextRho / rho;
      rho = nextRho;
      for (let k = 1; k <= this.count; k++) {
        p[k] = product[k]! + turn * p[k]!;
        product[k] = 0;
      }
    }
    for (let k = 1; k <= this.count; k++) this.#numbers[this.rows[k]!] = 0;
  }

  /** Forgets the last solution, and writes `z` to the residual. */
  #begin(items: Int32Array, values: Float64Array, length: number): void {
    const end = this.count + 1;
    for (const part of [this.solution, this.#residual, this.#direction, this.#product, this.#places])
      part.fill(0, 0, end);
    this.count = 0;
    this.#copied = 0;
    const [numbers, rows, r] = [this.#numbers, this.rows, this.#residual];
    for (let at = 0; at < length; at++) {
      const row = items[at]!;
      if (numbers[row] === 0) {
        numbers[row] = ++this.count;
        rows[this.count] = row;
      }
      r[numbers[row]!]! += values[at]!;
    }
    this.#addDiagonal(0);
  }

  /** Writes what is known of rows that were reached after the first `known`. */
  #addDiagonal(known: number): void {
    for (let k = known + 1; k <= this.count; k++) this.#diagonal[k] = this.#diagonalOf[this.rows[k]!]!;
  }

  /** How large the parts of the direction are that are not followed. */
  #negligible(): number {
    const p = this.#direction;
    let largest = 0;
    for (let k = 1; k <= this.count; k++) largest = Math.max(largest, Math.abs(p[k]!));
    return NEGLIGIBLE * largest;
  }

  /**
   * product = (G + lambda I) direction, at the rows that the direction is not zero at and at their neighbours, which are thereby
   * reached. Of rows that are not followed the diagonal counts all the same: without it strides would be too long, and now and
   * then end anywhere.
   * @returns direction' product
   */
  #multiply(): number {
    const { gram, lambda } = this.#system;
    const { offsets, columns, values } = gram;
    const [p, product, numbers, rows, places, diagonal] = [
      this.#direction,
      this.#product,
      this.#numbers,
      this.rows,
      this.#places,
      this.#diagonal,
    ];
    const known = this.count;
    for (let k = 1; k <= known; k++) product[k] = diagonal[k]! * p[k]!;
    const followed = this.#followed;
    followed.choose(rows, p, known, this.#negligible());
    if (this.#copied + followed.entries > this.#columns.length) this.#grow(this.#copied + followed.entries);
    const copies = this.#columns;
    let [count, copied] = [known, this.#copied];
    for (let chosen = 0; chosen < followed.count; chosen++) {
      const k = followed.chosen[chosen]!;
      const weight = p[k]!;
      // The diagonal is among the entries.
      product[k]! += (lambda - diagonal[k]!) * weight;
      const row = rows[k]!;
      const [start, end] = [offsets[row]!, offsets[row + 1]!];
      if (places[k] !== 0) {
        const shift = places[k]! - 1 - start;
        for (let at = start; at < end; at++) product[copies[at + shift]!]! += weight * values[at]!;
        continue;
      }
      places[k] = copied + 1;
      for (let at = start; at < end; at++) {
        const column = columns[at]!;
        let number = numbers[column]!;
        // Without a branch, which nobody could foretell: a row not reached before, whose number is 0, gets the next one.
        const isNew = (number - 1) >>> 31;
        count += isNew;
        number += -isNew & count;
        numbers[column] = number;
        rows[number] = column;
        copies[copied++] = number;
        product[number]! += weight * values[at]!;
      }
    }
    this.count = count;
    this.#copied = copied;
    this.#addDiagonal(known);
    let curvature = 0;
    for (let k = 1; k <= known; k++) curvature += p[k]! * product[k]!;
    return curvature;
  }

  /** direction' (G + lambda I) direction, where the product itself is not needed. */
  #curvature(): number {
    const { gram, lambda } = this.#system;
    const { offsets, columns, values } = gram;
    const [p, numbers, places, copies, diagonal] = [
      this.#direction,
      this.#numbers,
      this.#places,
      this.#columns,
      this.#diagonal,
    ];
    const followed = this.#followed;
    followed.choose(this.rows, p, this.count, this.#negligible());
    let curvature = 0;
    for (let k = 1; k <= this.count; k++) curvature += diagonal[k]! * p[k]! ** 2;
    for (let chosen = 0; chosen < followed.count; chosen++) {
      const k = followed.chosen[chosen]!;
      const row = this.rows[k]!;
      const [start, end] = [offsets[row]!, offsets[row + 1]!];
      let sum = (lambda - diagonal[k]!) * p[k]!;
      if (places[k] !== 0) {
        const shift = places[k]! - 1 - start;
        for (let at = start; at < end; at++) sum += values[at]! * p[copies[at + shift]!]!;
      } else for (let at = start; at < end; at++) sum += values[at]! * p[numbers[columns[at]!]!]!;
      curvature += p[k]! * sum;
    }
    return curvature;
  }

  /** Makes room for more entries. */
  #grow(needed: number): void {
    const columns = new Int32Array(Math.ceil(1.5 * needed));
    columns.set(this.#columns);
    this.#columns = columns;
  }
}
