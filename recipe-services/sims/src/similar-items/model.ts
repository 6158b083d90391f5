import { ContentMap } from "@palate/features";
import { sparseTimesDense, scaleProgress } from "@palate/numeric";
import type { TrainingData } from "@palate/recipe";
import { similarItems } from "../sims/model.js";
import type { SimilarItems } from "../sims/similarity.js";
import { toUnit, trustOf, type ItemSpace } from "./item-space.js";
import { itemEmbeddings } from "./item-embeddings.js";
import type { Metadata } from "./metadata.js";
import type { SimilarItemsOptions } from "./recipe.js";

/** How co-interaction counts, embeddings and content vectors are blended into a score. */
export interface Blend {
  /** Weight of the counts for an item of many interactions, 0 to 1; the similarity of vectors has the rest. */
  readonly counts: number;
  /** Weight of the content vectors in the similarity of vectors, 0 to 1; the embeddings have the rest. */
  readonly contentShare: number;
  /** Weight of an item's followers in its query vector; 0 for none. */
  readonly expansion: number;
}

/** Results of an earlier fit on nearly the same interactions, from which another fit is faster. */
export interface Earlier {
  /** The basis of the item embeddings. */
  readonly basis: Float32Array;
  /** The content map's regularisation; absent where there was nothing to map. */
  readonly lambda?: number;
}

/** Everything that is fitted except for the blend. */
export interface Parts extends Metadata {
  readonly similar: SimilarItems;
  /** Interactions by item. */
  readonly counts: Int32Array;
  /** Item embeddings: items × idDimensions, row-major. */
  readonly learned: Float32Array;
  /** From features to embeddings; null where nothing could be learned. */
  readonly map: ContentMap | null;
  /** items × idDimensions, row-major: the embeddings that metadata map to; unit length. Zeros for items without metadata. */
  readonly mapped: Float32Array;
  readonly idDimensions: number;
  readonly coldInteractions: number;
  /** Results that the next fit may start from. */
  readonly earlier: Earlier;
}

/** Share of the whole fit that is done at the end of each step. */
const STEPS = { counted: 0.4, learned: 0.8, mapped: 0.95 };

/** The embeddings that all items' metadata map to. */
function* mappedVectors({ features }: Metadata, map: ContentMap, items: number): Generator<number, Float32Array> {
  const { dimensions, weights } = map;
  const constant = weights.subarray(map.width * dimensions);
  const vectors = yield* sparseTimesDense(features, weights.subarray(0, map.width * dimensions), dimensions);
  for (let item = 0; item < items; item++) {
    const own = vectors.subarray(item * dimensions, (item + 1) * dimensions);
    if (features.offsets[item + 1]! > features.offsets[item]!)
      for (let d = 0; d < dimensions; d++) own[d]! += constant[d]!;
    toUnit(own);
  }
  return vectors;
}

/**
 * Counts co-interactions, learns item embeddings from them, and a linear map from metadata to embeddings, which gives items
 * without interactions an embedding too (attribute-to-feature mapping, Gantner et al. 2010).
 * @param mappable items that the map is learned from; default all that have interactions
 * @returns yields the share done
 */
export function* fitParts(
  data: TrainingData,
  metadata: Metadata,
  options: SimilarItemsOptions,
  seed: number,
  { earlier, mappable = () => true }: { earlier?: Earlier | undefined; mappable?: (item: number) => boolean } = {},
): Generator<number, Parts> {
  const { idDimensions, coldInteractions } = options;
  const { encoder, features } = metadata;
  const similar = yield* scaleProgress(similarItems(data, options.coInteractions), 0, STEPS.counted);
  const counts = new Int32Array(data.itemIds.length);
  for (const item of data.items) counts[item]!++;
  const work = itemEmbeddings(similar, idDimensions, seed, earlier?.basis);
  const { vectors: learned, basis } = yield* scaleProgress(work, STEPS.counted, STEPS.learned);
  const hasList = (item: number): boolean => similar.offsets[item + 1]! > similar.offsets[item]!;
  const weights = Float32Array.from(counts, (count, item) => (hasList(item) && mappable(item) ? Math.sqrt(count) : 0));
  const input = { features, width: encoder.width, vectors: learned, dimensions: idDimensions, weights };
  const known = { ...metadata, similar, counts, learned, idDimensions, coldInteractions };
  if (encoder.width === 0 || !weights.some((weight) => weight > 0)) {
    return { ...known, map: null, mapped: new Float32Array(learned.length), earlier: { basis } };
  }
  const choice = earlier?.lambda === undefined ? {} : { lambda: earlier.lambda };
  const fitted = yield* scaleProgress(ContentMap.fitChosen({ ...input, ...choice }), STEPS.learned, STEPS.mapped);
  const mapped = yield* scaleProgress(mappedVectors(metadata, fitted.map, counts.length), STEPS.mapped, 1);
  return { ...known, map: fitted.map, mapped, earlier: { basis, lambda: fitted.lambda } };
}

/** The parts that items' vectors are made with, for storing. */
export function spaceOf(parts: Parts, { contentShare, expansion }: Blend): ItemSpace {
  const { encoder, rarity, projection, contentDimensions, map, idDimensions, coldInteractions } = parts;
  const learned = { map, idDimensions, coldInteractions };
  return { encoder, rarity, projection, contentDimensions, ...learned, contentShare, expansion };
}

/**
 * Embeddings of all items: learned ones, shrunk towards those that the metadata map to where there are few interactions.
 * @param isCold items to be treated as if they had no interactions; default none
 * @returns items × idDimensions, row-major; unit length or zeros
 */
export function ownVectors(parts: Parts, isCold: (item: number) => boolean = () => false): Float32Array {
  const { similar, counts, learned, mapped, features, map, idDimensions, coldInteractions } = parts;
  const vectors = new Float32Array(learned.length);
  for (let item = 0; item < counts.length; item++) {
    const from = item * idDimensions;
    const own = vectors.subarray(from, from + idDimensions);
    const isLearned = similar.offsets[item + 1]! > similar.offsets[item]! && !isCold(item);
    const isMapped = map !== null && features.offsets[item + 1]! > features.offsets[item]!;
    const trust = !isLearned ? 0 : isMapped ? trustOf(counts[item]!, coldInteractions) : 1;
    for (let d = 0; d < idDimensions; d++) own[d] = (1 - trust) * mapped[from + d]! + trust * learned[from + d]!;
    toUnit(own);
  }
  return vectors;
}

/** The vectors that items are compared by: items × (idDimensions + contentDimensions), row-major. */
export function itemVectors(parts: Parts, contentShare: number): Float32Array {
  const { counts, content, idDimensions, contentDimensions } = parts;
  const own = ownVectors(parts);
  const width = idDimensions + contentDimensions;
  const vectors = new Float32Array(counts.length * width);
  const [ownShare, share] = [Math.sqrt(1 - contentShare), Math.sqrt(contentShare)];
  for (let item = 0; item < counts.length; item++) {
    const at = item * width;
    for (let d = 0; d < idDimensions; d++) vectors[at + d] = ownShare * own[item * idDimensions + d]!;
    for (let d = 0; d < contentDimensions; d++)
      vectors[at + idDimensions + d] = share * content[item * contentDimensions + d]!;
  }
  return vectors;
}

/** The similarity of vectors always keeps some weight, so that it decides where counts are equal. */
const MAX_COUNTS_SHARE = 0.999;

/** Weight of the counts in an item's scores, 0 to 0.999. */
export function countsShare(count: number, coldInteractions: number, blend: Pick<Blend, "counts">): number {
  return Math.min(MAX_COUNTS_SHARE, blend.counts * trustOf(count, coldInteractions));
}
