import type { SimilarityOptions } from "./model.js";

/** Most items that {@link bestFirst} can tell apart. */
export const MAX_ITEMS = 1 << 22;

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/**
 * A similarity and its item in one number that sorts as they should: by similarity, then the smaller index higher. The
 * bits of positive floats sort as the floats do and take 31; with 22 for the item that is just what a double holds.
 */
function keyOf(similarity: number, item: number): number {
  float[0] = similarity;
  return bits[0]! * MAX_ITEMS + (MAX_ITEMS - 1 - item);
}

/** Items and similarities of the highest keys, best first. Sorts `keys` in place: natively, without a comparator. */
function unpack(keys: Float64Array, limit: number): { items: Int32Array; scores: Float32Array } {
  keys.sort();
  const length = Math.min(limit, keys.length);
  const items = new Int32Array(length);
  const scores = new Float32Array(length);
  for (let k = 0; k < length; k++) {
    const key = keys[keys.length - 1 - k]!;
    bits[0] = Math.floor(key / MAX_ITEMS);
    scores[k] = float[0]!;
    items[k] = MAX_ITEMS - 1 - (key % MAX_ITEMS);
  }
  return { items, scores };
}

/**
 * The best of the candidates: pairs with enough co-interactions by falling similarity, then, where they are kept, rare
 * pairs, whose similarities are scaled down so that the whole list falls. Candidates without similarity are left out.
 * @param similarities by item
 * @param pairs number of co-interactions by item
 */
export function bestFirst(
  candidates: Int32Array,
  similarities: Float64Array,
  pairs: Int32Array,
  options: Pick<SimilarityOptions, "minCointeractions" | "keepRarePairs" | "maxSimilarItems">,
): { items: Int32Array; scores: Float32Array } {
  const sure = new Float64Array(candidates.length);
  const rare = new Float64Array(candidates.length);
  let sureCount = 0;
  let rareCount = 0;
  for (const item of candidates) {
    const similarity = similarities[item]!;
    if (!(similarity > 0)) continue;
    if (pairs[item]! >= options.minCointeractions) sure[sureCount++] = keyOf(similarity, item);
    else if (options.keepRarePairs) rare[rareCount++] = keyOf(similarity, item);
  }
  const best = unpack(sure.subarray(0, sureCount), options.maxSimilarItems);
  const room = options.maxSimilarItems - best.items.length;
  if (room === 0 || rareCount === 0) return best;
  const rest = unpack(rare.subarray(0, rareCount), room);
  const scale = Math.min(1, (best.scores.at(-1) ?? Infinity) / rest.scores[0]!);
  const items = new Int32Array(best.items.length + rest.items.length);
  const scores = new Float32Array(items.length);
  items.set(best.items);
  items.set(rest.items, best.items.length);
  scores.set(best.scores);
  for (let k = 0; k < rest.scores.length; k++) scores[best.scores.length + k] = scale * rest.scores[k]!;
  return { items, scores };
}
