import { columnKinds } from "@palate/kit/content";
import type { TrainingData } from "@palate/kit/recipe";
import { TextModel } from "@palate/kit/text";
import { fingerprintOf } from "../vectors/fingerprint.js";
import type { SemanticOptions } from "./recipe.js";

/** Texts of a catalogue as vectors. */
export interface SemanticVectors {
  /** Text columns, in the order of the text model's. */
  readonly columns: readonly string[];
  /** How texts become vectors. */
  readonly text: TextModel;
  /** items × dimensions, row-major; unit length, or zeros for an item without text. */
  readonly vectors: Float32Array;
  /** Fingerprint of each item's texts, by which a change is noticed. */
  readonly fingerprints: Int32Array;
}

const ITEMS_A_SLICE = 200;

/** The text columns to read: those asked for that there are, or all. */
export function textColumns(
  { itemAttributes, itemColumnKinds }: Pick<TrainingData, "itemAttributes" | "itemColumnKinds">,
  asked: readonly string[],
): string[] {
  if (asked.length > 0) return asked.filter((name) => itemAttributes[name] !== undefined);
  const declared = Object.entries(itemColumnKinds ?? {}).filter(([, kind]) => kind === "text");
  const kinds = declared.length > 0 ? declared : [...columnKinds(itemAttributes, itemColumnKinds)];
  return kinds.filter(([name, kind]) => kind === "text" && itemAttributes[name] !== undefined).map(([name]) => name);
}

/**
 * Fits a text model on the catalogue and encodes it.
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
  return { columns, text, vectors, fingerprints };
}
