import { columnKinds, TextModel } from "@palate/features";
import type { TrainingData } from "@palate/recipe";
import type { UsedEmbedding } from "../embedding/used-embedding.js";
import { fingerprintOf } from "../vectors/fingerprint.js";
import type { SemanticOptions } from "./recipe.js";

/** The embedding model that made vectors. */
export interface WeighedEmbedding extends UsedEmbedding {
  /** Weight of each text column relative to the others. */
  readonly columnWeights: Float32Array;
}

/** Embeddings of a catalogue's texts. */
export interface SemanticVectors {
  /** Text columns, in the order of the text model's. */
  readonly columns: readonly string[];
  /** The text model: it embeds texts unless an embedding model does, and knows the words' inverse document frequencies. */
  readonly text: TextModel;
  /** Length of a vector. */
  readonly dimensions: number;
  /** The embedding model that made the vectors; null where `text` did. */
  readonly embedding: WeighedEmbedding | null;
  /** items × dimensions, row-major; unit length, or zeros for an item without text. */
  readonly vectors: Float32Array;
  /** Fingerprint of each item's texts, to notice a change by. */
  readonly fingerprints: Int32Array;
}

const ITEMS_A_SLICE = 200;

/** The text columns to read: the requested ones that exist, or all. */
function textColumns(
  { itemAttributes, itemColumnKinds }: Pick<TrainingData, "itemAttributes" | "itemColumnKinds">,
  requested: readonly string[],
): string[] {
  if (requested.length > 0) return requested.filter((name) => itemAttributes[name] !== undefined);
  const declared = Object.entries(itemColumnKinds ?? {}).filter(([, kind]) => kind === "text");
  const kinds = declared.length > 0 ? declared : [...columnKinds(itemAttributes, itemColumnKinds)];
  return kinds.filter(([name, kind]) => kind === "text" && itemAttributes[name] !== undefined).map(([name]) => name);
}

/**
 * Fits a text model on the catalogue and embeds its texts with it: latent semantic analysis (Deerwester et al. 1990), see
 * `TextModel`.
 * @returns yields the share done
 */
export function* fitSemantics(
  data: Pick<TrainingData, "itemIds" | "itemAttributes" | "itemColumnKinds">,
  options: SemanticOptions,
  seed: number,
): Generator<number, SemanticVectors> {
  const columns = textColumns(data, options.columns);
  const texts = columns.map((name) => data.itemAttributes[name]!.map((value) => String(value ?? "")));
  const fit = TextModel.fit(texts, {
    dimensions: options.dimensions,
    columnWeights: columns.map((_, column) => (column === 0 ? options.nameWeight : 1)),
    seed,
  });
  let text: TextModel | undefined;
  while (text === undefined) {
    const step = fit.next();
    if (step.done) text = step.value;
    else yield 0.7 * step.value;
  }
  const items = data.itemIds.length;
  const vectors = new Float32Array(items * text.dimensions);
  const fingerprints = new Int32Array(items);
  for (let item = 0; item < items; item++) {
    const own = texts.map((column) => column[item]!);
    text.encode(own, vectors.subarray(item * text.dimensions, (item + 1) * text.dimensions));
    fingerprints[item] = fingerprintOf(own);
    if (item % ITEMS_A_SLICE === 0) yield 0.7 + (0.3 * item) / items;
  }
  return { columns, text, dimensions: text.dimensions, embedding: null, vectors, fingerprints };
}

/**
 * The embedding of an item from those of its texts: their sum weighted by column, of unit length; zeros without texts.
 * @param texts a vector of unit length, or zeros, for each column
 */
export function joined(texts: readonly Float32Array[], columnWeights: Float32Array): Float32Array {
  const sum = new Float32Array(texts[0]?.length ?? 0);
  texts.forEach((vector, column) => vector.forEach((value, d) => (sum[d]! += columnWeights[column]! * value)));
  const length = Math.sqrt(sum.reduce((squares, value) => squares + value * value, 0));
  return length > 1e-6 ? sum.map((value) => value / length) : sum.fill(0);
}
