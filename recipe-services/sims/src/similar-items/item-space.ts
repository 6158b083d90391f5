import type { ContentEncoder, ContentMap } from "@palate/features";
import type { SparseRow } from "@palate/numeric";

/** Brings a vector to unit length in place; one that is almost zero becomes zero. */
export function toUnit(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const scale = squares > 1e-12 ? 1 / Math.sqrt(squares) : 0;
  for (let d = 0; d < vector.length; d++) vector[d]! *= scale;
  return vector;
}

/** Turns an item's metadata and embedding into the one vector that items are compared by. */
export interface ItemSpace {
  /** How metadata become features. */
  readonly encoder: ContentEncoder;
  /** Inverse document frequency of each feature. */
  readonly rarity: Float32Array;
  /** features × `contentDimensions`, row-major: the leading singular vectors of the features. */
  readonly projection: Float32Array;
  readonly contentDimensions: number;
  /** From features to embeddings; null where nothing could be learned. */
  readonly map: ContentMap | null;
  readonly idDimensions: number;
  /** Weight of the content vectors in the similarity, 0 to 1; the embeddings have the rest. */
  readonly contentShare: number;
  /** Weight of the item's followers in the query vector; 0 for none. See {@link expandedVector}. */
  readonly expansion: number;
  /** Interactions at which an item's own embedding weighs as much as the one that its metadata map to. */
  readonly coldInteractions: number;
}

/** Length of an item's vector. */
export function dimensionsOf({ idDimensions, contentDimensions }: ItemSpace): number {
  return idDimensions + contentDimensions;
}

/** Weight of an item's own embedding, 0 to 1, shrunk by its number of interactions; the mapped embedding has the rest. */
export function trustOf(count: number, coldInteractions: number): number {
  return count === 0 ? 0 : count / (count + coldInteractions);
}

/** The content vector of an item: its features, weighted by inverse document frequency and projected; unit length or zero. */
function contentVector(space: ItemSpace, { columns, values }: SparseRow, into: Float32Array): Float32Array {
  const { projection, contentDimensions, rarity } = space;
  into.fill(0);
  for (let k = 0; k < columns.length; k++) {
    const feature = columns[k]!;
    const value = values[k]! * rarity[feature]!;
    const from = feature * contentDimensions;
    for (let d = 0; d < contentDimensions; d++) into[d]! += value * projection[from + d]!;
  }
  return toUnit(into);
}

/**
 * The vector an item is compared by, of unit length or less: its embedding followed by its content vector. The embedding is
 * a mixture of the learned one, weighted by {@link trustOf}, and the one that its metadata map to. Both parts have unit length
 * before they get their weights, so the dot product of two vectors is a weighted mean of two cosines.
 * @param learned the item's learned embedding, null when it has none
 * @param count interactions it was learned from
 */
export function itemVector(
  space: ItemSpace,
  row: SparseRow,
  learned: Float32Array | null,
  count: number,
): Float32Array {
  const { idDimensions, contentDimensions, contentShare, map, coldInteractions } = space;
  const vector = new Float32Array(idDimensions + contentDimensions);
  const own = vector.subarray(0, idDimensions);
  const trust = learned === null ? 0 : trustOf(count, coldInteractions);
  if (map !== null && row.columns.length > 0) {
    toUnit(map.apply(row, own));
    for (let d = 0; d < idDimensions; d++) own[d] = (1 - trust) * own[d]! + trust * (learned?.[d] ?? 0);
  } else if (learned !== null) own.set(learned);
  toUnit(own);
  const content = contentVector(space, row, vector.subarray(idDimensions));
  const [ownShare, share] = [Math.sqrt(1 - contentShare), Math.sqrt(contentShare)];
  for (let d = 0; d < idDimensions; d++) own[d]! *= ownShare;
  for (let d = 0; d < contentDimensions; d++) content[d]! *= share;
  return vector;
}

/** Most followers that an expanded vector takes in. */
export const MAX_FOLLOWERS = 50;

/**
 * The query vector: the item's own plus `expansion` times the direction of its followers, since people need not go on to
 * items similar to the one they come from. Query expansion by relevance feedback (Rocchio 1971), without negative examples.
 * @param vector the item's own vector
 * @param followers best first, with their weights
 * @param addVector adds a follower's vector, times a weight, to a sum
 */
export function expandedVector(
  vector: Float32Array,
  expansion: number,
  followers: { readonly items: Int32Array; readonly scores: Float32Array },
  addVector: (item: number, weight: number, to: Float32Array) => void,
): Float32Array {
  if (expansion === 0 || followers.items.length === 0) return vector;
  const sum = new Float32Array(vector.length);
  for (let k = 0; k < Math.min(MAX_FOLLOWERS, followers.items.length); k++)
    addVector(followers.items[k]!, followers.scores[k]!, sum);
  toUnit(sum);
  return toUnit(vector.map((value, d) => value + expansion * sum[d]!));
}
