import { Random } from "../tensor/index.js";
import type { SparseRows } from "./sparse-rows.js";

/** Extra directions that are computed and dropped, so that the last ones kept are exact too. */
const OVERSAMPLING = 8;
/** Rounds of power iteration: with two the error is within a few percent of the best possible on text. */
const ROUNDS = 3;
/** Multiplications between two looks at the clock: some ten milliseconds. */
const SLICE = 20_000_000;

/** The leading right singular vectors of a matrix. */
export interface TruncatedSvd {
  /** columns × dimensions, row-major; the singular vectors are its columns, largest singular value first. */
  readonly vectors: Float32Array;
  /** Singular values, falling. Zero where the matrix has no more. */
  readonly singularValues: Float64Array;
}

/**
 * Makes the columns of `matrix` (rows × width, row-major) orthonormal in place: modified Gram and Schmidt, twice over. A
 * column that the others span becomes zero.
 */
export function orthonormalizeColumns(matrix: Float32Array, width: number): void {
  const rows = matrix.length / width;
  // One array a column: walking down a row-major matrix would miss the cache at every step.
  const columns = Array.from({ length: width }, (_, column) => {
    const values = new Float32Array(rows);
    for (let row = 0; row < rows; row++) values[row] = matrix[row * width + column]!;
    return values;
  });
  const dotOf = (a: Float32Array, b: Float32Array): number => {
    let dot = 0;
    for (let row = 0; row < rows; row++) dot += a[row]! * b[row]!;
    return dot;
  };
  columns.forEach((own, column) => {
    const before = dotOf(own, own);
    for (let pass = 0; pass < 2; pass++) {
      for (let earlier = 0; earlier < column; earlier++) {
        const other = columns[earlier]!;
        const dot = dotOf(own, other);
        for (let row = 0; row < rows; row++) own[row]! -= dot * other[row]!;
      }
    }
    const squares = dotOf(own, own);
    const scale = squares > 1e-10 * before && squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let row = 0; row < rows; row++) matrix[row * width + column] = own[row]! *= scale;
  });
}

/**
 * Eigenvalues and vectors of a small symmetric matrix by Jacobi rotations.
 * @param matrix size × size, row-major; overwritten
 * @returns eigenvalues, falling, and the vectors as columns of a size × size row-major matrix
 */
export function symmetricEigen(matrix: Float64Array, size: number): { values: Float64Array; vectors: Float64Array } {
  const vectors = new Float64Array(size * size);
  for (let at = 0; at < size; at++) vectors[at * size + at] = 1;
  let scale = 0;
  for (const value of matrix) scale = Math.max(scale, Math.abs(value));
  for (let sweep = 0; sweep < 30; sweep++) {
    let largest = 0;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        const off = matrix[p * size + q]!;
        largest = Math.max(largest, Math.abs(off));
        if (Math.abs(off) <= 1e-14 * scale) continue;
        const theta = (matrix[q * size + q]! - matrix[p * size + p]!) / (2 * off);
        const tangent = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const cosine = 1 / Math.sqrt(tangent * tangent + 1);
        const sine = tangent * cosine;
        for (let k = 0; k < size; k++) {
          const [a, b] = [matrix[k * size + p]!, matrix[k * size + q]!];
          matrix[k * size + p] = cosine * a - sine * b;
          matrix[k * size + q] = sine * a + cosine * b;
        }
        for (let k = 0; k < size; k++) {
          const [a, b] = [matrix[p * size + k]!, matrix[q * size + k]!];
          matrix[p * size + k] = cosine * a - sine * b;
          matrix[q * size + k] = sine * a + cosine * b;
        }
        for (let k = 0; k < size; k++) {
          const [a, b] = [vectors[k * size + p]!, vectors[k * size + q]!];
          vectors[k * size + p] = cosine * a - sine * b;
          vectors[k * size + q] = sine * a + cosine * b;
        }
      }
    }
    if (largest <= 1e-13 * scale) break;
  }
  const order = Array.from({ length: size }, (_, at) => at);
  order.sort((a, b) => matrix[b * size + b]! - matrix[a * size + a]! || a - b);
  const sorted = new Float64Array(size * size);
  order.forEach((from, to) => {
    for (let k = 0; k < size; k++) sorted[k * size + to] = vectors[k * size + from]!;
  });
  return { values: Float64Array.from(order, (at) => matrix[at * size + at]!), vectors: sorted };
}

/**
 * Truncated singular value decomposition of a sparse matrix by randomised subspace iteration (Halko, Martinsson and Tropp
 * 2011, algorithm 4.4 and 5.1): a random block is multiplied by XᵀX and made orthonormal again, three times; the rest is
 * a small eigenproblem. Time: entries × (dimensions + 8) × 8 multiplications. The same seed gives the same bits.
 * @param matrix rows × columns
 * @param columns number of columns
 * @param dimensions how many singular vectors; fewer come out non-zero where the matrix has less rank
 * @param seed of the random block
 * @returns yields the share done between slices of some ten milliseconds
 */
export function* randomizedSvd(
  { offsets, columns: at, values }: SparseRows,
  columns: number,
  dimensions: number,
  seed: number,
): Generator<number, TruncatedSvd> {
  const width = dimensions + OVERSAMPLING;
  const rows = offsets.length - 1;
  const random = new Random(seed);
  let block = Float32Array.from({ length: columns * width }, () => random.normal());
  orthonormalizeColumns(block, width);
  const sum = new Float64Array(width);
  const gram = new Float64Array(width * width);
  for (let round = 0; round <= ROUNDS; round++) {
    const last = round === ROUNDS;
    const next = last ? block : new Float32Array(columns * width);
    let work = 0;
    for (let row = 0; row < rows; row++) {
      const begin = offsets[row]!;
      const end = offsets[row + 1]!;
      sum.fill(0);
      for (let k = begin; k < end; k++) {
        const value = values[k]!;
        const from = at[k]! * width;
        for (let d = 0; d < width; d++) sum[d]! += value * block[from + d]!;
      }
      if (last) {
        // X B, whose Gram matrix has the squared singular values; B itself stays.
        for (let p = 0; p < width; p++) for (let q = p; q < width; q++) gram[p * width + q]! += sum[p]! * sum[q]!;
        work += width * width;
      } else {
        for (let k = begin; k < end; k++) {
          const value = values[k]!;
          const to = at[k]! * width;
          for (let d = 0; d < width; d++) next[to + d]! += value * sum[d]!;
        }
      }
      work += 2 * (end - begin) * width;
      if (work < SLICE) continue;
      work = 0;
      yield (round + row / rows) / (ROUNDS + 1);
    }
    if (last) break;
    orthonormalizeColumns(next, width);
    block = next;
    yield (round + 1) / (ROUNDS + 1);
  }
  for (let p = 0; p < width; p++) for (let q = 0; q < p; q++) gram[p * width + q] = gram[q * width + p]!;
  const eigen = symmetricEigen(gram, width);
  const vectors = new Float32Array(columns * dimensions);
  for (let column = 0; column < columns; column++) {
    for (let d = 0; d < dimensions; d++) {
      let value = 0;
      for (let k = 0; k < width; k++) value += block[column * width + k]! * eigen.vectors[k * width + d]!;
      vectors[column * dimensions + d] = value;
    }
  }
  const singularValues = Float64Array.from({ length: dimensions }, (_, d) => Math.sqrt(Math.max(0, eigen.values[d]!)));
  for (let d = 0; d < dimensions; d++)
    if (singularValues[d]! <= 1e-6 * singularValues[0]!)
      for (let column = 0; column < columns; column++) vectors[column * dimensions + d] = 0;
  return { vectors, singularValues };
}
