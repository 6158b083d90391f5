import { randomizedSvd, SparseRowsBuilder, sparseTimesDense, within } from "@palate/numeric";
import type { SimilarItems } from "../sims/similarity.js";
import { toUnit } from "./item-space.js";

/** Similar items of each item that its vector is made from. */
const MAX_NEIGHBOURS = 100;

/** Vectors of items, and what they were made with. */
export interface LearnedVectors {
  /** items × dimensions, row-major; unit length, zeros for items without a list. */
  readonly vectors: Float32Array;
  /** items × dimensions, row-major: the leading singular vectors of the lists. */
  readonly basis: Float32Array;
}

/**
 * Vectors that say with what an item is seen: the truncated singular value decomposition of the lists of similar items,
 * each scaled to its best, rooted, joined by the item itself, weighted by how rarely an item is in lists, and of unit
 * length. So two items are close when their lists agree or when each is in the other's.
 * @param start the basis of much the same lists, from which it takes half the time
 * @returns yields the share done
 */
export function* learnedVectors(
  { offsets, items, scores }: SimilarItems,
  dimensions: number,
  seed: number,
  start?: Float32Array,
): Generator<number, LearnedVectors> {
  const count = offsets.length - 1;
  const inLists = new Float32Array(count);
  const endOf = (item: number): number => Math.min(offsets[item + 1]!, offsets[item]! + MAX_NEIGHBOURS);
  for (let item = 0; item < count; item++) for (let k = offsets[item]!; k < endOf(item); k++) inLists[items[k]!]!++;
  const rarity = inLists.map((times) => Math.log((1 + count) / (1 + times)) + 0.1);
  const matrix = new SparseRowsBuilder();
  const values: number[] = [];
  for (let item = 0; item < count; item++) {
    const begin = offsets[item]!;
    const end = endOf(item);
    if (end > begin) {
      values.length = 0;
      for (let k = begin; k < end; k++) values.push(Math.sqrt(scores[k]! / scores[begin]!) * rarity[items[k]!]!);
      const own = rarity[item]!;
      const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, own * own));
      matrix.add(item, own / length);
      for (let k = begin; k < end; k++) matrix.add(items[k]!, values[k - begin]! / length);
    }
    matrix.endRow();
  }
  const rows = matrix.finish();
  const width = Math.min(dimensions, count);
  const { vectors: basis } = yield* within(randomizedSvd(rows, count, width, seed, start), 0, 0.9);
  const projected = yield* within(sparseTimesDense(rows, basis, width), 0.9, 1);
  const vectors = new Float32Array(count * dimensions);
  for (let item = 0; item < count; item++) {
    const into = vectors.subarray(item * dimensions, item * dimensions + width);
    into.set(projected.subarray(item * width, (item + 1) * width));
    toUnit(into);
  }
  return { vectors, basis };
}
