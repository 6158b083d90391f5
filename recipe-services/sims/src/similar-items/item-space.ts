import type { ContentEncoder, ContentMap } from "@palate/features";
import type { SparseRow } from "@palate/numeric";

/** Brings a vector to unit length in place; one that is next to nothing becomes zero. */
export function toUnit(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const scale = squares > 1e-12 ? 1 / Math.sqrt(squares) : 0;
  for (let d = 0; d < vector.length; d++) vector[d]! *= scale;
  return vector;
}

/** What turns an item's metadata and learned vector into the one vector that items are compared by. */
export interface ItemSpace {
  /** How metadata become features. */
  readonly encoder: ContentEncoder;
  /** How telling each feature is. */
  readonly rarity: Float32Array;
  /** features × `contentDimensions`, row-major: the leading singular vectors of the features. */
  readonly projection: Float32Array;
  readonly contentDimensions: number;
  /** From features to learned vectors; null where nothing could be learned. */
  readonly map: ContentMap | null;
  readonly idDimensions: number;
  /** Share of the comparison that metadata have by themselves, 0 to 1. */
  readonly contentShare: number;
  /** How much of what follows an item is added to its vector when it is asked about; 0 for nothing. */
  readonly expansion: number;
  /** Interactions at which an item's own vector counts as much as the mapped one. */
  readonly coldInteractions: number;
}

/** Length of an item's vector. */
export function dimensionsOf({ idDimensions, contentDimensions }: ItemSpace): number {
  return idDimensions + contentDimensions;
}

/** How much an item's own vector is to be believed, 0 to 1, by its number of interactions. */
export function trustOf(count: number, coldInteractions: number): number {
  return count === 0 ? 0 : count / (count + coldInteractions);
}

/** The vector of an item's metadata by themselves: its features, weighted by rarity and projected; unit length or zero. */
export function contentVector(space: ItemSpace, { columns, values }: SparseRow, into: Float32Array): Float32Array {
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
 * The vector an item is compared by, of unit length or less: its learned vector, as far as its count lets it be believed and
 * what its metadata map to for the rest, and its metadata by themselves; each of unit length before it gets its share, so
 * that the dot product of two is a weighted mean of two cosines.
 * @param learned the item's learned vector, null when it has none
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

/** Items that follow, at most, that an expanded vector takes up. */
export const MAX_FOLLOWERS = 50;

/**
 * The vector to ask with: the item's own, and `expansion` times the direction in which those lie that follow it. What people
 * go on to need not be like what they come from.
 * @param vector the item's own
 * @param followers best first, with their weights
 * @param addVector adds so many times a follower's vector to the sum
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
