import { ContentEncoder, ContentMap } from "@palate/features";
import { runCooperatively, randomizedSvd, rowOf, tensorOf, type NamedTensor, type NamedTensors } from "@palate/numeric";
import type { AttributeColumn } from "@palate/recipe";
import type { Sequences } from "@palate/sequence";
import { pairKinds, valueWithPairs, withPairs } from "./content-columns.js";

/** Dimensions of the factors of users and items. */
export const FACTOR_DIMENSIONS = 64;
/** Power of the singular values that dimensions are weighted with: the strongest ones weigh a little more. */
const SPECTRUM = 0.3;
/** Regularisation of the map from metadata. */
const LAMBDA = 4;

/**
 * The content tower: factors of the interactions (a truncated singular value decomposition, as PureSVD, Cremonesi et al. 2010) and a
 * ridge regression from the items' metadata to their factors, so that an item without interactions gets the factors of similar items. A
 * user is the sum of the factors of their items; the score of an item, by its metadata alone, is the product with that.
 */
export class ContentTower {
  readonly #encoder: ContentEncoder;
  readonly #map: ContentMap;
  /** [items, FACTOR_DIMENSIONS]: the factors of the trained items. */
  readonly #factors: Float32Array;
  /** [2, FACTOR_DIMENSIONS]: mean and standard deviation of the factors predicted from metadata, by dimension. */
  readonly #standardisation: Float32Array;

  private constructor(parts: {
    encoder: ContentEncoder;
    map: ContentMap;
    factors: Float32Array;
    standardisation: Float32Array;
  }) {
    this.#encoder = parts.encoder;
    this.#map = parts.map;
    this.#factors = parts.factors;
    this.#standardisation = parts.standardisation;
  }

  /** Number of trained items. */
  get itemCount(): number {
    return this.#factors.length / FACTOR_DIMENSIONS;
  }

  /**
   * Fits the tower; undefined where the metadata does not distinguish items.
   * @param columns item metadata by column
   * @param kinds what the schema says the columns hold
   */
  static async fit(
    { offsets, items, itemCount }: Sequences,
    columns: Readonly<Record<string, AttributeColumn>>,
    { kinds = {}, seed = 1, signal }: ContentTowerOptions = {},
  ): Promise<ContentTower | undefined> {
    const all = withPairs(columns);
    const encoder = await runCooperatively(
      ContentEncoder.fit(all, { kinds: { ...kinds, ...pairKinds(all) }, maximumValues: 600 }),
      signal,
    );
    if (encoder.width === 0) return undefined;
    const features = await runCooperatively(encoder.encodeAll(all, itemCount), signal);
    const values = new Float32Array(items.length).fill(1);
    const svd = await runCooperatively(
      randomizedSvd({ offsets, columns: items, values }, itemCount, FACTOR_DIMENSIONS, seed),
      signal,
    );
    const counts = new Float32Array(itemCount);
    for (const item of items) counts[item] = 1;
    const map = await runCooperatively(
      ContentMap.fit({
        features,
        width: encoder.width,
        vectors: svd.vectors,
        dimensions: FACTOR_DIMENSIONS,
        weights: counts,
        lambda: LAMBDA,
      }),
      signal,
    );
    const factors = svd.vectors.slice();
    const weights = Array.from(svd.singularValues, (value) => Math.max(0, value / svd.singularValues[0]!) ** SPECTRUM);
    for (let at = 0; at < factors.length; at++) factors[at]! *= weights[at % FACTOR_DIMENSIONS]!;
    const standardisation = standardisationOf(itemCount, (item) => map.apply(rowOf(features, item)));
    return new ContentTower({ encoder, map, factors, standardisation });
  }

  /** An item's factors predicted from its metadata. */
  vectorOf(valueOf: (column: string) => string): Float32Array {
    return this.#map.apply(this.#encoder.encode((column) => valueWithPairs(column, valueOf)));
  }

  /** Predicted factors as input of a network: standardised, of length about one. */
  featuresOf(vector: Float32Array): Float32Array {
    return vector.map((value, d) => {
      const deviation = this.#standardisation[FACTOR_DIMENSIONS + d]!;
      return deviation > 0 ? (value - this.#standardisation[d]!) / deviation / Math.sqrt(FACTOR_DIMENSIONS) : 0;
    });
  }

  /**
   * A user's factors: their product with an item's is the item's score.
   * @param history trained items, oldest first
   */
  userVector(history: Int32Array): Float32Array {
    const sum = new Float32Array(FACTOR_DIMENSIONS);
    for (const item of history) {
      const from = item * FACTOR_DIMENSIONS;
      for (let d = 0; d < FACTOR_DIMENSIONS; d++) sum[d]! += this.#factors[from + d]!;
    }
    return sum;
  }

  /** Its tensors; their names start with `taste.`, as in models stored by earlier versions. */
  toTensors(): NamedTensors {
    return new Map([
      ...this.#encoder.toTensors("taste.encoder"),
      ...this.#map.toTensors("taste.map"),
      ["taste.factors", { dtype: "F32", shape: [this.itemCount, FACTOR_DIMENSIONS], data: this.#factors }],
      ["taste.moments", { dtype: "F32", shape: [2, FACTOR_DIMENSIONS], data: this.#standardisation }],
    ]);
  }

  /** Reads a tower back. Throws when a tensor is missing. */
  static fromTensors(tensors: ReadonlyMap<string, NamedTensor>): ContentTower {
    return new ContentTower({
      encoder: ContentEncoder.fromTensors(tensors, "taste.encoder"),
      map: ContentMap.fromTensors(tensors, "taste.map"),
      factors: tensorOf(tensors, "taste.factors", "F32").data,
      standardisation: tensorOf(tensors, "taste.moments", "F32").data,
    });
  }
}

/** Choices of `ContentTower.fit`. */
export interface ContentTowerOptions {
  readonly kinds?: Readonly<Record<string, "categorical" | "text">>;
  readonly seed?: number;
  /** Looked at between steps. */
  readonly signal?: AbortSignal;
}

function standardisationOf(count: number, vectorOf: (item: number) => Float32Array): Float32Array {
  const standardisation = new Float32Array(2 * FACTOR_DIMENSIONS);
  const squares = new Float64Array(FACTOR_DIMENSIONS);
  for (let item = 0; item < count; item++) {
    vectorOf(item).forEach((value, d) => {
      standardisation[d]! += value / count;
      squares[d]! += value ** 2 / count;
    });
  }
  squares.forEach(
    (square, d) => (standardisation[FACTOR_DIMENSIONS + d] = Math.sqrt(Math.max(0, square - standardisation[d]! ** 2))),
  );
  return standardisation;
}
