import { invalidArgument } from "@palate/host";
import {
  choleskyFactor,
  solveWithFactor,
  tensorOf,
  type NamedTensor,
  type NamedTensors,
  type SparseRow,
  type SparseRows,
} from "@palate/numeric";

/** What a content map is fitted on. */
export interface ContentMapInput {
  /** Content features of each item: {@link ContentEncoder.encodeAll}. */
  readonly features: SparseRows;
  /** Number of features. */
  readonly width: number;
  /** The items' embeddings, items × dimensions, row-major. */
  readonly vectors: Float32Array;
  readonly dimensions: number;
  /** Weight of each item, for example the square root of its count; 0 excludes an item. */
  readonly weights: Float32Array;
  /** Regularisation, or several to choose from by their error on a fifth of the items. Default 0.3, 3, 30. */
  readonly lambda?: number | readonly number[];
}

/** Regularisation of the constant: almost none, because it is the mean. */
const CONSTANT_LAMBDA = 1e-6;
/** Every fifth item is held out to choose the regularisation. */
const HELD_OUT = 5;

/**
 * A linear map from content features, and a constant, to item embeddings: gives an item without interactions the embedding that
 * items with such metadata have (attribute-to-feature mapping, Gantner et al. 2010). Weighted ridge regression over the items
 * (Hoerl and Kennard 1970).
 */
export class ContentMap {
  /**
   * @param dimensions of the vectors
   * @param weights (features + 1) × dimensions, row-major; the last row is the constant's
   */
  constructor(
    readonly dimensions: number,
    readonly weights: Float32Array,
  ) {}

  /**
   * Solves `(X'WX + lambda I) M = X'WV` by Cholesky. Time: features³/3 + items × (entries of a row)²; use at most some two
   * thousand features.
   * @returns yields the share done
   */
  static *fit(input: ContentMapInput): Generator<number, ContentMap> {
    return (yield* ContentMap.fitChosen(input)).map;
  }

  /**
   * The same, and the chosen regularisation, which also suits later fits on nearly the same items.
   * @returns yields the share done
   */
  static *fitChosen(input: ContentMapInput): Generator<number, { readonly map: ContentMap; readonly lambda: number }> {
    const { lambda = [0.3, 3, 30] } = input;
    const choices = typeof lambda === "number" ? [lambda] : lambda;
    let best = choices[0]!;
    const heldOut = (item: number): boolean => item % HELD_OUT === 0;
    const sums = yield* statistics(input, choices.length > 1 ? (item) => !heldOut(item) : () => true);
    if (choices.length > 1) {
      let lowest = Infinity;
      for (const [at, choice] of choices.entries()) {
        const map = yield* solved(input, sums, choice);
        const error = map.errorOn(input, heldOut);
        if (error < lowest) [lowest, best] = [error, choice];
        yield (0.7 * (at + 1)) / choices.length;
      }
      const others = yield* statistics(input, heldOut);
      others.gram.forEach((value, at) => (sums.gram[at]! += value));
      others.cross.forEach((value, at) => (sums.cross[at]! += value));
    }
    return { map: yield* solved(input, sums, best), lambda: best };
  }

  /** Number of features. */
  get width(): number {
    return this.weights.length / this.dimensions - 1;
  }

  /** The embedding of an item with these features. */
  apply({ columns, values }: SparseRow, into: Float32Array = new Float32Array(this.dimensions)): Float32Array {
    const { dimensions, weights } = this;
    const constant = weights.length - dimensions;
    for (let d = 0; d < dimensions; d++) into[d] = weights[constant + d]!;
    for (let k = 0; k < columns.length; k++) {
      const from = columns[k]! * dimensions;
      const value = values[k]!;
      for (let d = 0; d < dimensions; d++) into[d]! += value * weights[from + d]!;
    }
    return into;
  }

  /** Weighted mean squared error on some of the items. */
  errorOn({ features, vectors, dimensions, weights }: ContentMapInput, held: (item: number) => boolean): number {
    const { offsets, columns, values } = features;
    const into = new Float32Array(dimensions);
    let error = 0;
    let total = 0;
    for (let item = 0; item < weights.length; item++) {
      if (weights[item] === 0 || !held(item)) continue;
      const [begin, end] = [offsets[item], offsets[item + 1]];
      this.apply({ columns: columns.subarray(begin, end), values: values.subarray(begin, end) }, into);
      for (let d = 0; d < dimensions; d++) error += weights[item]! * (into[d]! - vectors[item * dimensions + d]!) ** 2;
      total += weights[item]!;
    }
    return total > 0 ? error / total : 0;
  }

  /** Its tensors, under names that start with `<prefix>.`. */
  toTensors(prefix: string): NamedTensors {
    const shape = [this.width + 1, this.dimensions];
    return new Map([[`${prefix}.weights`, { dtype: "F32", shape, data: this.weights }]]);
  }

  /**
   * Reads a map back.
   * @throws PalateError `invalid_argument` when the tensor is missing
   */
  static fromTensors(tensors: ReadonlyMap<string, NamedTensor>, prefix: string): ContentMap {
    try {
      const { shape, data } = tensorOf(tensors, `${prefix}.weights`, "F32");
      return new ContentMap(shape[1]!, data);
    } catch (error) {
      throw invalidArgument(error instanceof Error ? error.message : String(error));
    }
  }
}

interface Statistics {
  /** (width + 1)², lower triangle. */
  readonly gram: Float64Array;
  /** (width + 1) × dimensions. */
  readonly cross: Float64Array;
}

function* statistics(input: ContentMapInput, wanted: (item: number) => boolean): Generator<number, Statistics> {
  const { features, width, vectors, dimensions, weights } = input;
  const size = width + 1;
  const gram = new Float64Array(size * size);
  const cross = new Float64Array(size * dimensions);
  const { offsets, columns, values } = features;
  for (let item = 0; item < weights.length; item++) {
    const weight = weights[item]!;
    if (weight === 0 || !wanted(item)) continue;
    const begin = offsets[item]!;
    const end = offsets[item + 1]!;
    // The constant is one entry more, after the others.
    for (let a = begin; a <= end; a++) {
      const row = a < end ? columns[a]! : width;
      const value = weight * (a < end ? values[a]! : 1);
      for (let b = begin; b <= end; b++) {
        const column = b < end ? columns[b]! : width;
        if (column <= row) gram[row * size + column]! += value * (b < end ? values[b]! : 1);
      }
      for (let d = 0; d < dimensions; d++) cross[row * dimensions + d]! += value * vectors[item * dimensions + d]!;
    }
    if (item % 2000 === 0) yield 0;
  }
  return { gram, cross };
}

function* solved(
  { width, dimensions }: ContentMapInput,
  { gram, cross }: Statistics,
  lambda: number,
): Generator<number, ContentMap> {
  const size = width + 1;
  const matrix = gram.slice();
  for (let at = 0; at < size; at++) matrix[at * size + at]! += at < width ? lambda : CONSTANT_LAMBDA;
  yield* choleskyFactor(matrix, size);
  return new ContentMap(dimensions, Float32Array.from(solveWithFactor(matrix, size, cross, dimensions)));
}
