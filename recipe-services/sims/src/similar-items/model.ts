import { ContentEncoder, ContentMap, rarityOfFeatures } from "@palate/kit/content";
import type { TrainingData } from "@palate/kit/recipe";
import { randomizedSvd, rowOf, type SparseRows } from "@palate/kit/text";
import { similarItems, type SimilarItems } from "../sims/model.js";
import { itemVector, trustOf, type ItemSpace } from "./item-space.js";
import { learnedVectors } from "./learned-vectors.js";
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

/** Everything that is fitted but the blend. */
export interface Parts {
  readonly similar: SimilarItems;
  /** Interactions by item. */
  readonly counts: Int32Array;
  /** items × idDimensions, row-major. */
  readonly learned: Float32Array;
  /** Content features by item. */
  readonly features: SparseRows;
  readonly space: Omit<ItemSpace, "contentShare" | "expansion">;
}

/** How far on the way each step ends, as a share of the whole fit. */
const STEPS = { counted: 0.4, learned: 0.6, encoded: 0.8 };

/** Runs a generator within another, its progress scaled. */
function* within<T>(work: Generator<number, T>, from: number, to: number): Generator<number, T> {
  for (let step = work.next(); ; step = work.next()) {
    if (step.done) return step.value;
    yield from + (to - from) * step.value;
  }
}

/** The leading singular vectors of features weighted by rarity: features × dimensions, row-major. */
function* projectionOf(
  features: SparseRows,
  rarity: Float32Array,
  dimensions: number,
  seed: number,
): Generator<number, Float32Array> {
  const weighted = { ...features, values: features.values.map((value, k) => value * rarity[features.columns[k]!]!) };
  const { vectors } = yield* randomizedSvd(weighted, rarity.length, dimensions, seed);
  return vectors;
}

/**
 * Counts co-interactions, learns item vectors from them, encodes metadata and learns the map from metadata to vectors.
 * @param mapped items that the map is learned from; default all that have interactions
 * @returns yields the share done
 */
export function* fitParts(
  data: TrainingData,
  options: SimilarItemsOptions,
  seed: number,
  mapped: (item: number) => boolean = () => true,
): Generator<number, Parts> {
  const similar = yield* within(similarItems(data, options.coInteractions), 0, STEPS.counted);
  const counts = new Int32Array(data.itemIds.length);
  for (const item of data.items) counts[item]!++;
  const learned = yield* within(learnedVectors(similar, options.idDimensions, seed), STEPS.counted, STEPS.learned);
  const encoder = yield* within(
    ContentEncoder.fit(data.itemAttributes, {
      ...(data.itemColumnKinds !== undefined && { kinds: data.itemColumnKinds }),
      text: { dimensions: options.metadataDimensions, seed },
    }),
    STEPS.learned,
    STEPS.encoded,
  );
  const features = yield* within(encoder.encodeAll(data.itemAttributes, counts.length), STEPS.encoded, STEPS.encoded);
  const rarity = rarityOfFeatures(features, encoder);
  const contentDimensions = Math.min(options.metadataDimensions, encoder.width);
  const projection = yield* within(projectionOf(features, rarity, contentDimensions, seed), STEPS.encoded, 0.9);
  const hasList = (item: number): boolean => similar.offsets[item + 1]! > similar.offsets[item]!;
  const weights = Float32Array.from(counts, (count, item) => (hasList(item) && mapped(item) ? Math.sqrt(count) : 0));
  const input = { features, width: encoder.width, vectors: learned, dimensions: options.idDimensions, weights };
  const learnable = encoder.width > 0 && weights.some((weight) => weight > 0);
  const map = learnable ? yield* within(ContentMap.fit(input), 0.9, 1) : null;
  const { idDimensions, coldInteractions } = options;
  const space = { encoder, rarity, projection, contentDimensions, map, idDimensions, coldInteractions };
  return { similar, counts, learned, features, space };
}

/** Whether an item has a learned vector. */
function isLearned({ similar }: Parts, item: number): boolean {
  return similar.offsets[item + 1]! > similar.offsets[item]!;
}

/**
 * The vectors that items are compared by.
 * @param forgotten items to be taken for new ones; default none
 * @returns items × (idDimensions + contentDimensions), row-major
 */
export function itemVectors(
  parts: Parts,
  contentShare: number,
  forgotten: (item: number) => boolean = () => false,
): Float32Array {
  const { counts, learned, features } = parts;
  const space = { ...parts.space, contentShare, expansion: 0 };
  const { idDimensions } = space;
  const width = idDimensions + space.contentDimensions;
  const vectors = new Float32Array(counts.length * width);
  for (let item = 0; item < counts.length; item++) {
    const known = isLearned(parts, item) && !forgotten(item);
    const own = known ? learned.subarray(item * idDimensions, (item + 1) * idDimensions) : null;
    vectors.set(itemVector(space, rowOf(features, item), own, counts[item]!), item * width);
  }
  return vectors;
}

/** Likeness always has a say, if only where counts have none. */
const MOST_COUNTS = 0.999;

/** How much of an item's answer is counts, 0 to 0.999. */
export function countsShare(count: number, coldInteractions: number, blend: Pick<Blend, "counts">): number {
  return Math.min(MOST_COUNTS, blend.counts * trustOf(count, coldInteractions));
}
