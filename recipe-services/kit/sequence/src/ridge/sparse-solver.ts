import type { SparseRows } from "@palate/numeric";
import { ActiveRows } from "./active-rows.js";

/** Entries of a direction below this share of its largest are pruned: they take most of the time and add nothing to the quality. */
const NEGLIGIBLE = 0.01;
/** Stops once the preconditioned residual, squared, has fallen to this share: further steps change no ranking. */
const CONVERGED = 1e-6;

/** The system to solve, and how far. */
export interface SparseSystem {
  readonly gram: SparseRows;
  readonly lambda: number;
  /** Conjugate gradient steps. */
  readonly steps: number;
  /** Entries of the matrix visited in each step, rows of the largest weights first. */
  readonly perStep: number;
}

/**
 * Solves `(G + lambda I) w = z` for a sparse `z` by a few conjugate gradient steps (Hestenes and Stiefel 1952) with a Jacobi
 * preconditioner. Only the rows that a step reaches are stored: they are numbered from 1 in the order in which they are reached, and
 * all vectors are arrays by that number. So the vectors are short and contiguous, and only the matrix itself is read at random.
 */
export class SparseSolver {
  /** The rows that the last solution reached, numbers 1 to `count`, and the solution at each. */
  readonly rows: Int32Array;
  readonly solution: Float64Array;
  count = 0;
  readonly #system: SparseSystem;
  /** The diagonal of `G + lambda I`: by row, and by number. */
  readonly #diagonalOf: Float32Array;
  readonly #diagonal: Float32Array;
  /** The number of each row that was reached; 0 for the others, and for all between calls. */
  readonly #numbers: Int32Array;
  /** By number, 0 beyond `count`, as the solution and `#copyStarts` are. Entry 0 stands for all rows not reached, and is 0. */
  readonly #residual: Float64Array;
  readonly #direction: Float64Array;
  readonly #product: Float64Array;
  /** By number: where the entries of the row begin in `#columns`, plus one; 0 for rows that are not there. */
  readonly #copyStarts: Int32Array;
  /** Columns of the entries, as numbers, row after row in the order in which they were first visited. */
  #columns = new Int32Array(1024);
  #copied = 0;
  readonly #active: ActiveRows;

  constructor(system: SparseSystem) {
    const { gram, lambda } = system;
    const size = gram.offsets.length - 1;
    this.#system = system;
    this.#active = new ActiveRows(gram.offsets, system.perStep);
    this.#diagonalOf = new Float32Array(size).fill(lambda);
    for (let row = 0; row < size; row++) {
      for (let at = gram.offsets[row]!; at < gram.offsets[row + 1]!; at++) {
        if (gram.columns[at] === row) this.#diagonalOf[row]! += gram.values[at]!;
      }
    }
    this.#numbers = new Int32Array(size);
    this.rows = new Int32Array(size + 1);
    this.#diagonal = new Float32Array(size + 1);
    this.#copyStarts = new Int32Array(size + 1);
    this.solution = new Float64Array(size + 1);
    this.#residual = new Float64Array(size + 1);
    this.#direction = new Float64Array(size + 1);
    this.#product = new Float64Array(size + 1);
  }

  /**
   * Writes the solution into `rows` and `solution`.
   * @param items rows of the entries of `z`, the first `length` of them; a row may occur several times, and adds up
   * @param values the entries
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
      // With pruned rows the matrix may no longer be positive definite along a direction.
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

  /** Clears the last solution and writes `z` into the residual. */
  #begin(items: Int32Array, values: Float64Array, length: number): void {
    const end = this.count + 1;
    for (const part of [this.solution, this.#residual, this.#direction, this.#product, this.#copyStarts])
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

  /** Writes the diagonal of the rows that were reached after the first `known`. */
  #addDiagonal(known: number): void {
    for (let k = known + 1; k <= this.count; k++) this.#diagonal[k] = this.#diagonalOf[this.rows[k]!]!;
  }

  /** The magnitude up to which entries of the direction are pruned. */
  #negligible(): number {
    const p = this.#direction;
    let largest = 0;
    for (let k = 1; k <= this.count; k++) largest = Math.max(largest, Math.abs(p[k]!));
    return NEGLIGIBLE * largest;
  }

  /**
   * product = (G + lambda I) direction, at the rows where the direction is not zero and at their neighbours, which are reached by it.
   * Of pruned rows the diagonal still counts: without it steps would be too long and now and then diverge.
   * @returns direction' product
   */
  #multiply(): number {
    const { gram, lambda } = this.#system;
    const { offsets, columns, values } = gram;
    const [p, product, numbers, rows, copyStarts, diagonal] = [
      this.#direction,
      this.#product,
      this.#numbers,
      this.rows,
      this.#copyStarts,
      this.#diagonal,
    ];
    const known = this.count;
    for (let k = 1; k <= known; k++) product[k] = diagonal[k]! * p[k]!;
    const active = this.#active;
    active.select(rows, p, known, this.#negligible());
    if (this.#copied + active.entries > this.#columns.length) this.#grow(this.#copied + active.entries);
    const copies = this.#columns;
    let [count, copied] = [known, this.#copied];
    for (let index = 0; index < active.count; index++) {
      const k = active.selected[index]!;
      const weight = p[k]!;
      // The diagonal is among the entries.
      product[k]! += (lambda - diagonal[k]!) * weight;
      const row = rows[k]!;
      const [start, end] = [offsets[row]!, offsets[row + 1]!];
      if (copyStarts[k] !== 0) {
        const shift = copyStarts[k]! - 1 - start;
        for (let at = start; at < end; at++) product[copies[at + shift]!]! += weight * values[at]!;
        continue;
      }
      copyStarts[k] = copied + 1;
      for (let at = start; at < end; at++) {
        const column = columns[at]!;
        let number = numbers[column]!;
        // Without a branch, which could not be predicted: a row not reached before, whose number is 0, gets the next number.
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
    const [p, numbers, copyStarts, copies, diagonal] = [
      this.#direction,
      this.#numbers,
      this.#copyStarts,
      this.#columns,
      this.#diagonal,
    ];
    const active = this.#active;
    active.select(this.rows, p, this.count, this.#negligible());
    let curvature = 0;
    for (let k = 1; k <= this.count; k++) curvature += diagonal[k]! * p[k]! ** 2;
    for (let index = 0; index < active.count; index++) {
      const k = active.selected[index]!;
      const row = this.rows[k]!;
      const [start, end] = [offsets[row]!, offsets[row + 1]!];
      let sum = (lambda - diagonal[k]!) * p[k]!;
      if (copyStarts[k] !== 0) {
        const shift = copyStarts[k]! - 1 - start;
        for (let at = start; at < end; at++) sum += values[at]! * p[copies[at + shift]!]!;
      } else for (let at = start; at < end; at++) sum += values[at]! * p[numbers[columns[at]!]!]!;
      curvature += p[k]! * sum;
    }
    return curvature;
  }

  /** Makes room for `needed` entries. */
  #grow(needed: number): void {
    const columns = new Int32Array(Math.ceil(1.5 * needed));
    columns.set(this.#columns);
    this.#columns = columns;
  }
}
