import { invalidArgument } from "@palate/host";
import {
  float16Scale,
  fromFloat16,
  tensorOf,
  toFloat16,
  type NamedTensor,
  type NamedTensors,
  randomizedSvd,
  SparseRowsBuilder,
  type SparseRow,
} from "@palate/numeric";
import { BUCKETS, termsOf } from "./terms.js";

/** Choices of {@link TextModel.fit}. */
export interface TextModelOptions {
  /** Dimensions of a text's embedding. Default 64; fewer where there are fewer texts. */
  readonly dimensions?: number;
  /** Most terms kept, the most frequent ones. Default 32,768. */
  readonly maximumTerms?: number;
  /** Most rows that the vectors are fitted on, spread evenly. Default 50,000. */
  readonly maximumRows?: number;
  /** Weight of each column relative to the others, in their order. Default 1 each. */
  readonly columnWeights?: readonly number[];
  /** Seed of the decomposition. Default 1. */
  readonly seed?: number;
}

const ROWS_A_SLICE = 200;

/**
 * Embeddings of texts without a language model: hashed words and subwords (Weinberger et al. 2009), weighted by TF-IDF (Spärck
 * Jones 1972; sublinear counts) and projected to the leading singular vectors (latent semantic analysis, Deerwester et al.
 * 1990). Texts that were not in the training data are embedded like all others, so new items need no training.
 */
export class TextModel {
  /** Length of a vector. */
  readonly dimensions: number;
  /** Texts that make one row, in the order of their columns. */
  readonly columnCount: number;
  readonly #weights: Float32Array;
  /** Index of a kept term by bucket, -1 for other buckets. */
  readonly #terms: Int32Array;
  readonly #buckets: Int32Array;
  readonly #idf: Float32Array;
  readonly #rarest: number;
  /** kept terms × dimensions. */
  readonly #projection: Float32Array;

  private constructor(weights: Float32Array, buckets: Int32Array, idf: Float32Array, projection: Float32Array) {
    this.columnCount = weights.length;
    this.dimensions = buckets.length === 0 ? 0 : projection.length / buckets.length;
    this.#weights = weights;
    this.#buckets = buckets;
    this.#idf = idf;
    this.#rarest = idf.reduce((most, value) => Math.max(most, value), 0);
    this.#projection = projection;
    this.#terms = new Int32Array(BUCKETS).fill(-1);
    buckets.forEach((bucket, term) => (this.#terms[bucket] = term));
  }

  /**
   * Fits a model to any number of text columns. A term must occur in two rows to count (in one, where there are fewer than
   * ten rows).
   * @param columns texts by column, then by row; all columns equally long; empty where a row has none
   * @returns yields the share done
   */
  static *fit(columns: readonly (readonly string[])[], options: TextModelOptions = {}): Generator<number, TextModel> {
    const { maximumTerms = 32_768, maximumRows = 50_000, seed = 1 } = options;
    const weights = Float32Array.from(columns, (_, column) => options.columnWeights?.[column] ?? 1);
    const rowCount = columns[0]?.length ?? 0;
    const stride = Math.max(1, Math.ceil(rowCount / maximumRows));
    const rows = Array.from({ length: Math.ceil(rowCount / stride) }, (_, row) => row * stride);
    const inRows = new Int32Array(BUCKETS);
    const lastRow = new Int32Array(BUCKETS).fill(-1);
    let texts = 0;
    for (const [at, row] of rows.entries()) {
      let any = false;
      for (const column of columns) {
        for (const bucket of termsOf(column[row]!).keys()) {
          any = true;
          if (lastRow[bucket] === row) continue;
          lastRow[bucket] = row;
          inRows[bucket]!++;
        }
      }
      if (any) texts++;
      if (at % ROWS_A_SLICE === 0) yield (0.3 * at) / rows.length;
    }
    const least = texts < 10 ? 1 : 2;
    const frequent = Array.from(inRows.keys()).filter((bucket) => inRows[bucket]! >= least);
    frequent.sort((a, b) => inRows[b]! - inRows[a]! || a - b);
    const buckets = Int32Array.from(frequent.slice(0, maximumTerms)).sort();
    const idf = Float32Array.from(buckets, (bucket) => Math.log((1 + texts) / (1 + inRows[bucket]!)) + 0.1);
    const dimensions = Math.max(0, Math.min(options.dimensions ?? 64, buckets.length, texts));
    const bare = new TextModel(weights, buckets, idf, new Float32Array(0));
    const matrix = new SparseRowsBuilder();
    for (const [at, row] of rows.entries()) {
      const { columns: terms, values } = bare.termsOf(columns.map((column) => column[row]!));
      for (let k = 0; k < terms.length; k++) matrix.add(terms[k]!, values[k]!);
      matrix.endRow();
      if (at % ROWS_A_SLICE === 0) yield 0.3 + (0.2 * at) / rows.length;
    }
    const work = randomizedSvd(matrix.finish(), buckets.length, dimensions, seed);
    for (let step = work.next(); ; step = work.next()) {
      if (step.done) {
        const scale = float16Scale(step.value.vectors);
        // Rounded as it will be stored, so that a model that was read back gives the same vectors.
        const stored = fromFloat16(toFloat16(step.value.vectors.map((value) => value * scale)));
        return new TextModel(
          weights,
          buckets,
          idf,
          stored.map((value) => value / scale),
        );
      }
      yield 0.5 + step.value / 2;
    }
  }

  /**
   * The kept terms of a row's texts with their TF-IDF weights; of unit length, empty when no term is known. Each column is
   * brought to unit length first, so that a long description does not dominate a name.
   */
  termsOf(texts: readonly string[]): SparseRow {
    const sums = new Map<number, number>();
    texts.forEach((text, column) => {
      const found: [number, number][] = [];
      let squares = 0;
      for (const [bucket, count] of termsOf(text)) {
        const term = this.#terms[bucket]!;
        if (term < 0) continue;
        const weight = Math.log1p(count) * this.#idf[term]!;
        squares += weight * weight;
        found.push([term, weight]);
      }
      if (squares === 0) return;
      const scale = this.#weights[column]! / Math.sqrt(squares);
      for (const [term, weight] of found) sums.set(term, (sums.get(term) ?? 0) + scale * weight);
    });
    let squares = 0;
    for (const weight of sums.values()) squares += weight * weight;
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    const columns = Int32Array.from(sums.keys());
    return { columns, values: Float32Array.from(columns, (term) => scale * sums.get(term)!) };
  }

  /**
   * A row's texts as a vector of unit length; all zeros when no term is known.
   * @param texts one for each column, "" for none
   * @param into where to write; default a new array
   */
  encode(texts: readonly string[], into: Float32Array = new Float32Array(this.dimensions)): Float32Array {
    const { dimensions } = this;
    const { columns, values } = this.termsOf(texts);
    into.fill(0);
    for (let k = 0; k < columns.length; k++) {
      const from = columns[k]! * dimensions;
      const value = values[k]!;
      for (let d = 0; d < dimensions; d++) into[d]! += value * this.#projection[from + d]!;
    }
    let squares = 0;
    for (let d = 0; d < dimensions; d++) squares += into[d]! * into[d]!;
    const scale = squares > 1e-12 ? 1 / Math.sqrt(squares) : 0;
    for (let d = 0; d < dimensions; d++) into[d]! *= scale;
    return into;
  }

  /** Mean inverse document frequency of a text's terms; unknown terms count as the rarest known ones. */
  rarity(text: string): number {
    let sum = 0;
    let count = 0;
    for (const [bucket, weight] of termsOf(text)) {
      const term = this.#terms[bucket]!;
      sum += weight * (term < 0 ? this.#rarest : this.#idf[term]!);
      count += weight;
    }
    return count === 0 ? 0 : sum / count;
  }

  /** Its tensors, under names that start with `<prefix>.`. */
  toTensors(prefix: string): NamedTensors {
    const terms = this.#buckets.length;
    const scale = float16Scale(this.#projection);
    const data = toFloat16(this.#projection.map((value) => value * scale));
    return new Map<string, NamedTensor>([
      [`${prefix}.weights`, { dtype: "F32", shape: [this.#weights.length], data: this.#weights }],
      [`${prefix}.buckets`, { dtype: "I32", shape: [terms], data: this.#buckets }],
      [`${prefix}.idf`, { dtype: "F32", shape: [terms], data: this.#idf }],
      [`${prefix}.projection`, { dtype: "F16", shape: [terms, this.dimensions], data }],
      [`${prefix}.scale`, { dtype: "F32", shape: [1], data: Float32Array.of(scale) }],
    ]);
  }

  /**
   * Reads a model back.
   * @throws PalateError `invalid_argument` when a tensor is missing or does not fit the others
   */
  static fromTensors(tensors: ReadonlyMap<string, NamedTensor>, prefix: string): TextModel {
    try {
      const buckets = tensorOf(tensors, `${prefix}.buckets`, "I32").data;
      const idf = tensorOf(tensors, `${prefix}.idf`, "F32").data;
      const scale = tensorOf(tensors, `${prefix}.scale`, "F32").data[0]!;
      const projection = tensorOf(tensors, `${prefix}.projection`, "F16");
      if (projection.shape[0] !== buckets.length || idf.length !== buckets.length)
        throw new Error(`The text model "${prefix}" has ${buckets.length} terms, ${idf.length} weights.`);
      if (buckets.some((bucket) => bucket < 0 || bucket >= BUCKETS))
        throw new Error(`The text model "${prefix}" has terms outside its ${BUCKETS} buckets.`);
      const vectors = fromFloat16(projection.data).map((value) => value / scale);
      return new TextModel(tensorOf(tensors, `${prefix}.weights`, "F32").data, buckets, idf, vectors);
    } catch (error) {
      throw invalidArgument(error instanceof Error ? error.message : String(error));
    }
  }
}
