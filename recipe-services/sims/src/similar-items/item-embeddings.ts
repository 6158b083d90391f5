import { randomizedSvd, SparseRowsBuilder, sparseTimesDense, scaleProgress } from "@palate/numeric";
import type { SimilarItems } from "../sims/similarity.js";
import { toUnit } from "./item-space.js";

/** Similar items of each item that its embedding is computed from. */
const MAX_NEIGHBOURS = 100;

/** Embeddings of items, and the basis of their space. */
export interface ItemEmbeddings {
  /** items × dimensions, row-major; unit length, zeros for items without a list. */
  readonly vectors: Float32Array;
  /** items × dimensions, row-major: the leading singular vectors of the lists. */
  readonly basis: Float32Array;
}

/**
 * Item embeddings: the truncated singular value decomposition (Halko, Martinsson and Tropp 2011) of the lists of similar
 * items. Each list is scaled to its best similarity, square-rooted, extended by the item itself, weighted by inverse document
 * frequency (rarity in lists) and brought to unit length. So two items are close when their lists agree or when each is in
 * the other's list.
 * @param start the basis of nearly the same lists, from which the decomposition takes half the time
 * @returns yields the share done
 */
export function* itemEmbeddings(
  { offsets, items, scores }: SimilarItems,
  dimensions: number,
  seed: number,
  start?: Float32Array,
): Generator<number, ItemEmbeddings> {
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
      const itself = rarity[item]!;
      const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, itself * itself));
      matrix.add(item, itself / length);
      for (let k = begin; k < end; k++) matrix.add(items[k]!, values[k - begin]! / length);
    }
    matrix.endRow();
  }
  const rows = matrix.finish();
  const width = Math.min(dimensions, count);
  const { vectors: basis } = yield* scaleProgress(randomizedSvd(rows, count, width, seed, start), 0, 0.9);
  const projected = yield* scaleProgress(sparseTimesDense(rows, basis, width), 0.9, 1);
  const vectors = new Float32Array(count * dimensions);
  for (let item = 0; item < count; item++) {
    const into = vectors.subarray(item * dimensions, item * dimensions + width);
    into.set(projected.subarray(item * width, (item + 1) * width));
    toUnit(into);
  }
  return { vectors, basis };
}
