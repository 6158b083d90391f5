import { randomizedSvd, SparseRowsBuilder } from "@palate/kit/text";
import type { SimilarItems } from "../sims/model.js";

/** Similar items of each item that its vector is made from. */
const MOST_NEIGHBOURS = 100;

/**
 * Vectors that say with what an item is seen: the truncated singular value decomposition of the lists of similar items,
 * each scaled to its best, rooted, joined by the item itself, weighted by how rarely an item is in lists, and of unit
 * length. So two items are close when their lists agree or when each is in the other's.
 * @returns items × dimensions, row-major; unit length, zeros for items without a list. Yields the share done.
 */
export function* learnedVectors(
  { offsets, items, scores }: SimilarItems,
  dimensions: number,
  seed: number,
): Generator<number, Float32Array> {
  const count = offsets.length - 1;
  const inLists = new Float32Array(count);
  const endOf = (item: number): number => Math.min(offsets[item + 1]!, offsets[item]! + MOST_NEIGHBOURS);
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
  const work = randomizedSvd(rows, count, Math.min(dimensions, count), seed);
  let step = work.next();
  while (!step.done) {
    yield step.value;
    step = work.next();
  }
  const { vectors: basis } = step.value;
  const width = Math.min(dimensions, count);
  const vectors = new Float32Array(count * dimensions);
  for (let item = 0; item < count; item++) {
    const into = vectors.subarray(item * dimensions, (item + 1) * dimensions);
    let squares = 0;
    for (let k = rows.offsets[item]!; k < rows.offsets[item + 1]!; k++)
      for (let d = 0; d < width; d++) into[d]! += rows.values[k]! * basis[rows.columns[k]! * width + d]!;
    for (const value of into) squares += value * value;
    const scale = squares > 1e-12 ? 1 / Math.sqrt(squares) : 0;
    for (let d = 0; d < width; d++) into[d]! *= scale;
  }
  return vectors;
}
