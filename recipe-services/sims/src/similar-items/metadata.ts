import { ContentEncoder, rarityOfFeatures, type TextReader } from "@palate/features";
import { randomizedSvd, sparseTimesDense, scaleProgress, type SparseRows } from "@palate/numeric";
import type { TrainingData } from "@palate/recipe";
import { toUnit } from "./item-space.js";
import type { SimilarItemsOptions } from "./recipe.js";

/** Metadata of a catalogue as features. It does not depend on interactions. */
export interface Metadata {
  /** How metadata become features. */
  readonly encoder: ContentEncoder;
  /** Features by item. */
  readonly features: SparseRows;
  /** Inverse document frequency of each feature. */
  readonly rarity: Float32Array;
  /** features × `contentDimensions`, row-major: the leading singular vectors of the features. */
  readonly projection: Float32Array;
  readonly contentDimensions: number;
  /** Content vectors, items × `contentDimensions`, row-major: features weighted by IDF and projected; unit length, or zeros. */
  readonly content: Float32Array;
}

/**
 * Encodes metadata and projects them to their leading singular vectors.
 * @param reader embeds texts; default the built-in text model
 * @returns yields the share done
 */
export function* readMetadata(
  { itemIds, itemAttributes, itemColumnKinds }: Pick<TrainingData, "itemIds" | "itemAttributes" | "itemColumnKinds">,
  { metadataDimensions }: Pick<SimilarItemsOptions, "metadataDimensions">,
  seed: number,
  reader?: TextReader,
): Generator<number, Metadata> {
  const encoder = yield* scaleProgress(
    ContentEncoder.fit(itemAttributes, {
      ...(itemColumnKinds !== undefined && { kinds: itemColumnKinds }),
      // With another reader the text model is only needed for inverse document frequencies.
      ...(reader === undefined
        ? { text: { dimensions: metadataDimensions, seed } }
        : { text: { dimensions: 1, seed }, reader }),
    }),
    0,
    0.5,
  );
  const features = yield* scaleProgress(encoder.encodeAll(itemAttributes, itemIds.length), 0.5, 0.8);
  const rarity = rarityOfFeatures(features, encoder);
  const contentDimensions = Math.min(metadataDimensions, encoder.width);
  const weighted = { ...features, values: features.values.map((value, k) => value * rarity[features.columns[k]!]!) };
  const work = randomizedSvd(weighted, encoder.width, contentDimensions, seed);
  const { vectors: projection } = yield* scaleProgress(work, 0.8, 0.95);
  const content = yield* scaleProgress(sparseTimesDense(weighted, projection, contentDimensions), 0.95, 1);
  for (let item = 0; item < itemIds.length; item++)
    toUnit(content.subarray(item * contentDimensions, (item + 1) * contentDimensions));
  return { encoder, features, rarity, projection, contentDimensions, content };
}
