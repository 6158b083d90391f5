import { invalidArgument } from "@palate/host";
import {
  textsOf,
  textTensors,
  tensorOf,
  type NamedTensor,
  type NamedTensors,
  SparseRowsBuilder,
  type SparseRow,
  type SparseRows,
} from "@palate/numeric";
import type { AttributeColumn } from "@palate/recipe";
import { TextModel, type TextModelOptions } from "../text/text-model.js";
import { CategoryFeatures, NumberFeatures, type ColumnFeatures, type Value } from "./column-features.js";
import { columnKinds, type ColumnKind } from "./column-kind.js";

/** Choices of {@link ContentEncoder.fit}. */
export interface ContentEncoderOptions {
  /** Kinds of columns from the schema; the others are detected from the values. */
  readonly kinds?: Readonly<Record<string, ColumnKind>>;
  /** Columns used. Default: all. */
  readonly include?: readonly string[];
  /** Most values kept of all categorical columns together, the most frequent of each. Default 1500. */
  readonly maximumValues?: number;
  /** Rows a value must occur in. Default 2. */
  readonly leastRows?: number;
  /** How texts become vectors; `dimensions` 0 leaves texts out. */
  readonly text?: TextModelOptions;
  /** Embeds texts instead of the fitted text model, which is then only used for inverse document frequencies. */
  readonly reader?: TextReader;
}

/** Turns the texts of an item into one embedding. */
export interface TextReader {
  /** Length of a vector. */
  readonly dimensions: number;
  /**
   * @param texts one for each text column, "" for none
   * @returns unit length, or zeros where there is nothing to read
   */
  encode(texts: readonly string[]): Float32Array;
}

const ROWS_A_SLICE = 500;

/** The value of an item's column; "" or null for none. */
export type ValueOf = (column: string) => Value;

/**
 * Metadata of items as features: one-hot categories, numbers and timestamps as splines, booleans, and all text columns together as
 * one embedding. Fitted on a catalogue and stored with a model, it encodes later items in the same way. A row is sparse; its
 * features are those of the columns one after the other, the text embedding's `textWidth` numbers last. Each column, and the
 * text embedding, has length 1 at most, so that all columns have equal weight.
 */
export class ContentEncoder {
  /** Number of features. */
  readonly width: number;
  /** How many of them, the last ones, are the text vector. */
  readonly textWidth: number;
  /** Names of the columns that are used, texts last. */
  readonly columns: readonly string[];
  readonly #parts: readonly { readonly name: string; readonly from: number; readonly features: ColumnFeatures }[];
  readonly #textColumns: readonly string[];
  /** The text model: inverse document frequencies, and embeddings unless another reader was given; null without text columns. */
  readonly text: TextModel | null;
  readonly #reader: TextReader | null;

  private constructor(
    parts: readonly { readonly name: string; readonly features: ColumnFeatures }[],
    textColumns: readonly string[],
    text: TextModel | null,
    reader: TextReader | undefined,
  ) {
    let from = 0;
    this.#parts = parts.map((part) => {
      const placed = { ...part, from };
      from += part.features.width;
      return placed;
    });
    this.#textColumns = text === null ? [] : textColumns;
    this.text = text;
    this.#reader = text === null ? null : (reader ?? text);
    this.textWidth = this.#reader?.dimensions ?? 0;
    this.width = from + this.textWidth;
    this.columns = [...parts.map(({ name }) => name), ...this.#textColumns];
  }

  /** Names of the text columns. */
  get textColumns(): readonly string[] {
    return this.#textColumns;
  }

  /**
   * Fits the features of categories, the knots of numbers and the text model.
   * @param columns metadata by column, one value for each item: `TrainingData.itemAttributes`
   * @returns yields the share done
   */
  static *fit(
    columns: Readonly<Record<string, AttributeColumn>>,
    options: ContentEncoderOptions = {},
  ): Generator<number, ContentEncoder> {
    const { maximumValues = 1500, leastRows = 2, include } = options;
    const used = Object.fromEntries(Object.entries(columns).filter(([name]) => include?.includes(name) ?? true));
    const kinds = [...columnKinds(used, options.kinds)];
    const categorical = kinds.filter(([, kind]) => kind === "categorical").length;
    const parts: { name: string; features: ColumnFeatures }[] = [];
    for (const [name, kind] of kinds) {
      if (kind === "text") continue;
      const column = used[name]!;
      const most = Math.floor(maximumValues / Math.max(1, categorical));
      const features =
        kind === "categorical" ? CategoryFeatures.fit(column, leastRows, most) : NumberFeatures.fit(column);
      if (features.width > 0) parts.push({ name, features });
      yield 0;
    }
    const textColumns = kinds.filter(([, kind]) => kind === "text").map(([name]) => name);
    if (textColumns.length === 0 || options.text?.dimensions === 0)
      return new ContentEncoder(parts, [], null, undefined);
    const texts = textColumns.map((name) => used[name]!.map((value) => String(value ?? "")));
    const text = yield* TextModel.fit(texts, options.text);
    const { reader } = options;
    return new ContentEncoder(parts, textColumns, reader || text.dimensions > 0 ? text : null, reader);
  }

  /** Features of one item. `valueOf` may read a live replica: `(column) => replica.itemAttribute(item, column)`. */
  encode(valueOf: ValueOf): SparseRow {
    const columns: number[] = [];
    const values: number[] = [];
    for (const { name, from, features } of this.#parts)
      features.encode(valueOf(name), (feature, weight) => {
        if (weight === 0) return;
        columns.push(from + feature);
        values.push(weight);
      });
    if (this.#reader !== null) {
      const vector = this.#reader.encode(this.#textColumns.map((name) => String(valueOf(name) ?? "")));
      const from = this.width - this.textWidth;
      vector.forEach((value, d) => {
        if (value === 0) return;
        columns.push(from + d);
        values.push(value);
      });
    }
    return { columns: Int32Array.from(columns), values: Float32Array.from(values) };
  }

  /**
   * Features of all items of a catalogue.
   * @param count number of items; rows beyond a column's end have nothing
   * @returns yields the share done
   */
  *encodeAll(columns: Readonly<Record<string, AttributeColumn>>, count: number): Generator<number, SparseRows> {
    const rows = new SparseRowsBuilder();
    for (let item = 0; item < count; item++) {
      const row = this.encode((name) => columns[name]?.[item] ?? null);
      for (let k = 0; k < row.columns.length; k++) rows.add(row.columns[k]!, row.values[k]!);
      rows.endRow();
      if (item % ROWS_A_SLICE === 0) yield item / count;
    }
    return rows.finish();
  }

  /** Label of a feature: "GENRES Comedy"; "" for a dimension of the text embedding. */
  labelOf(feature: number): string {
    const part = this.#parts.findLast(({ from }) => from <= feature);
    if (part === undefined || feature >= part.from + part.features.width) return "";
    return `${part.name} ${part.features.labelOf(feature - part.from)}`;
  }

  /** Its tensors, under names that start with `<prefix>.`. */
  toTensors(prefix: string): NamedTensors {
    const tensors: NamedTensors = new Map([
      ...textTensors(
        `${prefix}.columns`,
        this.#parts.map(({ name }) => name),
      ),
      ...textTensors(`${prefix}.textColumns`, this.#textColumns),
    ]);
    this.#parts.forEach(({ features }, at) => {
      if (features instanceof CategoryFeatures)
        for (const [list, texts] of [
          ["values", features.values],
          ["combinations", features.combinations],
        ] as const)
          for (const [name, tensor] of textTensors(`${prefix}.${at}.${list}`, texts)) tensors.set(name, tensor);
      if (features instanceof NumberFeatures) {
        // As text, because single precision cannot hold Unix seconds.
        const knots = Array.from(features.knots, String);
        for (const [name, tensor] of textTensors(`${prefix}.${at}.knots`, knots)) tensors.set(name, tensor);
      }
    });
    for (const [name, tensor] of this.text?.toTensors(`${prefix}.text`) ?? []) tensors.set(name, tensor);
    return tensors;
  }

  /**
   * Reads an encoder back.
   * @param reader what reads texts, where such a one was given when it was fitted
   * @throws PalateError `invalid_argument` when a tensor is missing or does not fit the others
   */
  static fromTensors(tensors: ReadonlyMap<string, NamedTensor>, prefix: string, reader?: TextReader): ContentEncoder {
    const parts = textsOf(tensors, `${prefix}.columns`).map((name, at) => {
      if (tensors.has(`${prefix}.${at}.values.offsets`))
        return {
          name,
          features: new CategoryFeatures(
            textsOf(tensors, `${prefix}.${at}.values`),
            textsOf(tensors, `${prefix}.${at}.combinations`),
          ),
        };
      const knots = Float64Array.from(textsOf(tensors, `${prefix}.${at}.knots`), Number);
      if (!knots.every(Number.isFinite))
        throw invalidArgument(`The model's knots of column ${name} are not all numbers.`);
      return { name, features: new NumberFeatures(knots) };
    });
    const textColumns = textsOf(tensors, `${prefix}.textColumns`);
    const text = textColumns.length === 0 ? null : TextModel.fromTensors(tensors, `${prefix}.text`);
    if (text !== null && text.columnCount !== textColumns.length)
      throw invalidArgument(`The text model "${prefix}" is of ${text.columnCount} columns, not ${textColumns.length}.`);
    return new ContentEncoder(parts, textColumns, text, reader);
  }
}

/**
 * Inverse document frequency of each feature (Spärck Jones 1972), for weighting features in a similarity. Dimensions of the text
 * embedding, which is weighted already, have 1.
 */
export function rarityOfFeatures(rows: SparseRows, encoder: Pick<ContentEncoder, "width" | "textWidth">): Float32Array {
  const counts = new Float32Array(encoder.width);
  for (const column of rows.columns) counts[column]!++;
  const total = rows.offsets.length - 1;
  const firstOfText = encoder.width - encoder.textWidth;
  return counts.map((count, feature) => (feature >= firstOfText ? 1 : Math.log((1 + total) / (1 + count)) + 0.1));
}

/** The tensor {@link rarityOfFeatures} is stored in. */
export function featureWeights(tensors: ReadonlyMap<string, NamedTensor>, name: string): Float32Array {
  return tensorOf(tensors, name, "F32").data;
}
