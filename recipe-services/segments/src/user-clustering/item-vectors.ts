import { Random } from "@palate/numeric";
import type { TrainingData } from "@palate/recipe";
import { SLICE } from "../histories.js";

/** Rounds of orthogonal iteration: enough to separate singular vectors whose values differ by a tenth. */
const ROUNDS = 8;

/**
 * Makes `vectors` (rows × columns, row-major) orthonormal by columns and orthogonal to `first`, in place (modified
 * Gram-Schmidt, done twice for accuracy).
 * @returns the length of each column after the projections, before it was normalized
 */
function orthonormalize(vectors: Float32Array, columns: number, first: Float32Array): Float64Array {
  const rows = first.length;
  const lengths = new Float64Array(columns);
  const minus = (column: number, other: (row: number) => number): void => {
    let dot = 0;
    for (let row = 0; row < rows; row++) dot += vectors[row * columns + column]! * other(row);
    for (let row = 0; row < rows; row++) vectors[row * columns + column]! -= dot * other(row);
  };
  for (let column = 0; column < columns; column++) {
    for (let pass = 0; pass < 2; pass++) {
      minus(column, (row) => first[row]!);
      for (let before = 0; before < column; before++) minus(column, (row) => vectors[row * columns + before]!);
    }
    let squares = 0;
    for (let row = 0; row < rows; row++) squares += vectors[row * columns + column]! ** 2;
    const length = Math.sqrt(squares);
    lengths[column] = length;
    // The remainder of a column that the others span is rounding error, not a direction.
    const scale = length > 1e-7 ? 1 / length : 0;
    for (let row = 0; row < rows; row++) vectors[row * columns + column]! *= scale;
  }
  return lengths;
}

/**
 * Item embeddings whose sum over a user's history, normalized, describes the user's preferences: the truncated singular value
 * decomposition of the interactions X, both sides scaled by degree, D_u^-½ X D_i^-½, without its first pair of vectors,
 * which only reflects popularity and activity (spectral co-clustering, Dhillon 2001). Every dimension is weighted by its
 * singular value once more than in the decomposition, so that noisy dimensions count little.
 * @param dimensions of the embeddings; the last ones are zero where the data has a lower rank
 * @returns items × dimensions, row-major. Yields the share done.
 */
export function* itemVectors(
  data: Pick<TrainingData, "itemIds" | "offsets" | "items">,
  dimensions: number,
  seed: number,
): Generator<number, Float32Array> {
  const rows = data.itemIds.length;
  const users = data.offsets.length - 1;
  const scales = new Float32Array(rows);
  for (const item of data.items) scales[item]!++;
  const first = Float32Array.from(scales, (count) => Math.sqrt(count / Math.max(1, data.items.length)));
  for (let item = 0; item < rows; item++) scales[item] = scales[item]! > 0 ? 1 / Math.sqrt(scales[item]!) : 0;

  const random = new Random(seed);
  let vectors = Float32Array.from({ length: rows * dimensions }, () => random.normal());
  let lengths = orthonormalize(vectors, dimensions, first);
  const sum = new Float64Array(dimensions);
  for (let round = 0; round < ROUNDS; round++) {
    const next = new Float32Array(rows * dimensions);
    let work = 0;
    for (let user = 0; user < users; user++) {
      const begin = data.offsets[user]!;
      const end = data.offsets[user + 1]!;
      if (begin === end) continue;
      sum.fill(0);
      for (let k = begin; k < end; k++) {
        const item = data.items[k]!;
        for (let d = 0; d < dimensions; d++) sum[d]! += scales[item]! * vectors[item * dimensions + d]!;
      }
      for (let d = 0; d < dimensions; d++) sum[d]! /= end - begin;
      for (let k = begin; k < end; k++) {
        const item = data.items[k]!;
        for (let d = 0; d < dimensions; d++) next[item * dimensions + d]! += scales[item]! * sum[d]!;
      }
      work += end - begin;
      if (work < SLICE) continue;
      work = 0;
      yield (round + user / users) / ROUNDS;
    }
    vectors = next;
    lengths = orthonormalize(vectors, dimensions, first);
  }
  // A length is the eigenvalue of XᵀX, the square of the singular value.
  for (let item = 0; item < rows; item++)
    for (let d = 0; d < dimensions; d++) vectors[item * dimensions + d]! *= scales[item]! * Math.sqrt(lengths[d]!);
  return vectors;
}
