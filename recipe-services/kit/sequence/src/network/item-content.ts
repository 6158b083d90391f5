import { ContentEncoder, ContentMap, rarityOfFeatures, type ColumnKind } from "@palate/features";
import { randomizedSvd, type SparseRows, runCooperatively } from "@palate/numeric";
import type { AttributeColumn } from "@palate/recipe";

/** Dimensions of the texts' part of the features; the rest of the metadata has as many as it has values. */
const TEXT_DIMENSIONS = 48;
/** Values of categorical columns that are told apart. */
const MAXIMUM_VALUES = 1000;
/** Most features that the network sees, and fewer where items are so many that the products with them would take long. */
const MAX_FEATURES = 96;
const MIN_FEATURES = 16;
const MAX_NUMBERS = 2e6;
const SVD_SEED = 1;

/** What the metadata of items says about them, in numbers, and how an item that comes later is given them. */
export interface ItemContent {
  readonly encoder: ContentEncoder;
  /** Features of an item. */
  readonly width: number;
  /** Items × width, row-major; rows have length 1 in the mean. An item without metadata has zeros. */
  readonly features: Float32Array;
  /** Encoded columns × width: features are the product of an encoded row with it. */
  readonly basis: Float32Array;
}

/**
 * Learns what the metadata columns hold and compresses it to a few dozen features, the directions in which items differ
 * most (truncated singular value decomposition), rare values counting more than frequent ones.
 * @param columns `TrainingData.itemAttributes`
 * @param kinds what the schema says columns hold
 * @returns undefined where no column says anything
 */
export async function itemContentOf(
  columns: Readonly<Record<string, AttributeColumn>>,
  itemCount: number,
  kinds: Readonly<Record<string, ColumnKind>> = {},
  signal?: AbortSignal,
): Promise<ItemContent | undefined> {
  if (itemCount === 0 || Object.keys(columns).length === 0) return undefined;
  const text = { dimensions: TEXT_DIMENSIONS };
  const encoder = await runCooperatively(
    ContentEncoder.fit(columns, { kinds, maximumValues: MAXIMUM_VALUES, text }),
    signal,
  );
  if (encoder.width === 0) return undefined;
  const rows = await runCooperatively(encoder.encodeAll(columns, itemCount), signal);
  const rarity = rarityOfFeatures(rows, encoder);
  const values = rows.values.map((value, at) => value * rarity[rows.columns[at]!]!);
  const most = Math.max(MIN_FEATURES, Math.min(MAX_FEATURES, Math.floor(MAX_NUMBERS / itemCount)));
  const width = Math.min(most, encoder.width);
  const basis =
    width === encoder.width
      ? identity(width)
      : (
          await runCooperatively(randomizedSvd({ ...rows, values }, encoder.width, width, SVD_SEED), signal)
        ).vectors.slice();
  basis.forEach((_, at) => (basis[at]! *= rarity[Math.floor(at / width)]!));
  const features = product(rows, basis, width, itemCount);
  let squares = 0;
  for (const value of features) squares += value * value;
  if (squares === 0) return undefined;
  const scale = Math.sqrt(itemCount / squares);
  return { encoder, width, features: features.map((v) => v * scale), basis: basis.map((v) => v * scale) };
}

/**
 * From encoded metadata straight to item vectors.
 * @param projection content width × dimensions: from features to item vectors
 */
export function contentMapOf({ basis, width }: ItemContent, projection: Float32Array): ContentMap {
  const dimensions = projection.length / width;
  const rows = basis.length / width;
  // The last row is a constant's, of which there is none.
  const weights = new Float32Array((rows + 1) * dimensions);
  for (let row = 0; row < rows; row++) {
    for (let f = 0; f < width; f++) {
      const value = basis[row * width + f]!;
      if (value === 0) continue;
      for (let d = 0; d < dimensions; d++) weights[row * dimensions + d]! += value * projection[f * dimensions + d]!;
    }
  }
  return new ContentMap(dimensions, weights);
}

function identity(size: number): Float32Array {
  const matrix = new Float32Array(size * size);
  for (let at = 0; at < size; at++) matrix[at * size + at] = 1;
  return matrix;
}

function product({ offsets, columns, values }: SparseRows, basis: Float32Array, width: number, rows: number) {
  const result = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    for (let at = offsets[row]!; at < offsets[row + 1]!; at++) {
      const from = columns[at]! * width;
      for (let f = 0; f < width; f++) result[row * width + f]! += values[at]! * basis[from + f]!;
    }
  }
  return result;
}
