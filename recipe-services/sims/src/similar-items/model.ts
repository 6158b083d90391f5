import { ContentMap } from "@palate/features";
import { sparseTimesDense, within } from "@palate/numeric";
import type { TrainingData } from "@palate/recipe";
import { similarItems } from "../sims/model.js";
import type { SimilarItems } from "../sims/similarity.js";
import { toUnit, trustOf, type ItemSpace } from "./item-space.js";
import { learnedVectors } from "./learned-vectors.js";
import type { Metadata } from "./metadata.js";
import type { SimilarItemsOptions } from "./recipe.js";

/** How much of a score is how often one item follows the other, where counts are to be believed; the rest is likeness. */
export interface Blend {
  /** 0 (likeness alone) to 1. */
  readonly counts: number;
  /** Share of likeness that metadata have by themselves, 0 to 1. */
  readonly contentShare: number;
  /** How much of what follows an item is added to its vector when it is asked about. */
  readonly expansion: number;
}

/** What an earlier fit on much the same interactions found, from which another one is quicker. */
export interface Earlier {
  /** The basis of the learned vectors. */
  readonly basis: Float32Array;
  /** The content map's regularisation; absent where there was nothing to map. */
  readonly lambda?: number;
}

/** Everything that is fitted but the blend. */
export interface Parts extends Metadata {
  readonly similar: SimilarItems;
  /** Interactions by item. */
  readonly counts: Int32Array;
  /** items × idDimensions, row-major. */
  readonly learned: Float32Array;
  /** From features to learned vectors; null where nothing could be learned. */
  readonly map: ContentMap | null;
  /** items × idDimensions, row-major: what metadata map to; unit length. Zeros for items without metadata. */
  readonly mapped: Float32Array;
  readonly idDimensions: number;
  readonly coldInteractions: number;
  /** What the next fit may begin with. */
  readonly earlier: Earlier;
}

/** How far on the way each step ends, as a share of the whole fit. */
const STEPS = { counted: 0.4, learned: 0.8, mapped: 0.95 };

/** What all items' metadata map to. */
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
 * Counts co-interactions, learns item vectors from them and learns the map from metadata to vectors.
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
  const similar = yield* within(similarItems(data, options.coInteractions), 0, STEPS.counted);
  const counts = new Int32Array(data.itemIds.length);
  for (const item of data.items) counts[item]!++;
  const work = learnedVectors(similar, idDimensions, seed, earlier?.basis);
  const { vectors: learned, basis } = yield* within(work, STEPS.counted, STEPS.learned);
  const hasList = (item: number): boolean => similar.offsets[item + 1]! > similar.offsets[item]!;
  const weights = Float32Array.from(counts, (count, item) => (hasList(item) && mappable(item) ? Math.sqrt(count) : 0));
  const input = { features, width: encoder.width, vectors: learned, dimensions: idDimensions, weights };
  const known = { ...metadata, similar, counts, learned, idDimensions, coldInteractions };
  if (encoder.width === 0 || !weights.some((weight) => weight > 0)) {
    return { ...known, map: null, mapped: new Float32Array(learned.length), earlier: { basis } };
  }
  const choice = earlier?.lambda === undefined ? {} : { lambda: earlier.lambda };
  const fitted = yield* within(ContentMap.fitChosen({ ...input, ...choice }), STEPS.learned, STEPS.mapped);
  const mapped = yield* within(mappedVectors(metadata, fitted.map, counts.length), STEPS.mapped, 1);
  return { ...known, map: fitted.map, mapped, earlier: { basis, lambda: fitted.lambda } };
}

/** The parts that items' vectors are made with, for storing. */
export function spaceOf(parts: Parts, { contentShare, expansion }: Blend): ItemSpace {
  const { encoder, rarity, projection, contentDimensions, map, idDimensions, coldInteractions } = parts;
  const learned = { map, idDimensions, coldInteractions };
  return { encoder, rarity, projection, contentDimensions, ...learned, contentShare, expansion };
}

/**
 * The vectors that say with what items are seen, or would be, by what their metadata let expect.
 * @param forgotten items to be taken for new ones; default none
 * @returns items × idDimensions, row-major; unit length or zeros
 */
export function ownVectors(parts: Parts, forgotten: (item: number) => boolean = () => false): Float32Array {
  const { similar, counts, learned, mapped, features, map, idDimensions, coldInteractions } = parts;
  const vectors = new Float32Array(learned.length);
  for (let item = 0; item < counts.length; item++) {
    const from = item * idDimensions;
    const own = vectors.subarray(from, from + idDimensions);
    const isLearned = similar.offsets[item + 1]! > similar.offsets[item]! && !forgotten(item);
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

/** Likeness always has a say, if only where counts have none. */
const MAX_COUNTS_SHARE = 0.999;

/** How much of an item's answer is counts, 0 to 0.999. */
export function countsShare(count: number, coldInteractions: number, blend: Pick<Blend, "counts">): number {
  return Math.min(MAX_COUNTS_SHARE, blend.counts * trustOf(count, coldInteractions));
}
