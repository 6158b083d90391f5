import { scaleProgress } from "../cooperative/scale-progress.js";
import { Random } from "../random/random.js";
import { DenseBlock } from "./dense-block.js";
import type { SparseRows } from "./sparse-rows.js";
import { symmetricEigen } from "./symmetric-eigen.js";

/** Oversampling: fewest extra directions that are computed and dropped, so that the last ones kept are exact too. */
const OVERSAMPLING = 8;
/** Rounds of power iteration: with three the error is within a few percent of the best possible on text. */
const ROUNDS = 3;
/** Rounds that are enough when starting from the singular vectors of a similar matrix. */
const ROUNDS_FROM_START = 1;

/** The leading right singular vectors of a matrix. */
export interface TruncatedSvd {
  /** columns × dimensions, row-major; the singular vectors are its columns, largest singular value first. */
  readonly vectors: Float32Array;
  /** Singular values, falling. Zero where the matrix has no more. */
  readonly singularValues: Float64Array;
}

/**
 * Truncated singular value decomposition of a sparse matrix by randomised subspace iteration (Halko, Martinsson and Tropp
 * 2011, algorithm 4.4 and 5.1): a random block is multiplied by X'X and made orthonormal again, three times; the rest is
 * a small eigenproblem. Time: entries × (dimensions + 8) × 7 multiplications, by SIMD. The same seed gives the same bits.
 * @param matrix rows × columns
 * @param columns number of columns
 * @param dimensions how many singular vectors; fewer come out non-zero where the matrix has less rank
 * @param seed of the random block
 * @param start singular vectors of a matrix much like this one, columns × dimensions, from which one round is enough
 * @returns yields the share done between slices of some ten milliseconds
 */
export function* randomizedSvd(
  matrix: SparseRows,
  columns: number,
  dimensions: number,
  seed: number,
  start?: Float32Array,
): Generator<number, TruncatedSvd> {
  const block = new DenseBlock(matrix, columns, dimensions + OVERSAMPLING);
  const { width } = block;
  const random = new Random(seed);
  const known = start === undefined ? 0 : dimensions;
  const first = block.values;
  for (let column = 0; column < columns; column++)
    for (let d = 0; d < width; d++)
      first[column * width + d] = d < known ? start![column * dimensions + d]! : random.normal();
  block.orthonormalize();
  const rounds = start === undefined ? ROUNDS : ROUNDS_FROM_START;
  for (let round = 0; round < rounds; round++) {
    yield* scaleProgress(block.power(), round / (rounds + 1), (round + 1) / (rounds + 1));
    block.orthonormalize();
    yield (round + 1) / (rounds + 1);
  }
  block.orthonormalize();
  const eigen = symmetricEigen(yield* scaleProgress(block.gramOfProduct(), rounds / (rounds + 1), 1), width);
  block.multiplyBy(eigen.vectors);
  const singularValues = Float64Array.from({ length: dimensions }, (_, d) => Math.sqrt(Math.max(0, eigen.values[d]!)));
  const found = block.values;
  const vectors = new Float32Array(columns * dimensions);
  for (let d = 0; d < dimensions; d++) {
    if (singularValues[d]! <= 1e-6 * singularValues[0]!) continue;
    for (let column = 0; column < columns; column++) vectors[column * dimensions + d] = found[column * width + d]!;
  }
  return { vectors, singularValues };
}

/**
 * The product of a sparse matrix and a dense one, by SIMD.
 * @param matrix rows × columns
 * @param dense columns × dimensions, row-major
 * @returns rows × dimensions, row-major; yields the share done
 */
export function* sparseTimesDense(
  matrix: SparseRows,
  dense: Float32Array,
  dimensions: number,
): Generator<number, Float32Array> {
  const columns = dimensions === 0 ? 0 : dense.length / dimensions;
  const block = new DenseBlock(matrix, columns, dimensions);
  const { width } = block;
  const values = block.values;
  for (let column = 0; column < columns; column++)
    values.set(dense.subarray(column * dimensions, (column + 1) * dimensions), column * width);
  const product = yield* block.product();
  if (width === dimensions) return product;
  const rows = matrix.offsets.length - 1;
  const narrow = new Float32Array(rows * dimensions);
  for (let row = 0; row < rows; row++)
    narrow.set(product.subarray(row * width, row * width + dimensions), row * dimensions);
  return narrow;
}
