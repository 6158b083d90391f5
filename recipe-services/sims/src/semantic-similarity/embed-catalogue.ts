import type { Embedder } from "@palate/features";
import type { TrainingInput } from "@palate/recipe";
import { joined, type SemanticVectors } from "./model.js";

/** Items embedded between two checks of the abort signal. */
const BATCH = 64;

/**
 * Embeds a catalogue's texts with an embedding model, in place of the text model's vectors.
 * @param fitted the text model and its vectors
 * @param columnWeights weight of each text column
 * @throws the signal's reason when aborted
 */
export async function embedCatalogue(
  fitted: SemanticVectors,
  embedder: Embedder,
  name: string,
  columnWeights: Float32Array,
  { everything, signal, report }: Pick<TrainingInput, "everything" | "signal" | "report">,
): Promise<SemanticVectors> {
  const { columns } = fitted;
  const { itemIds, itemAttributes } = everything;
  const { dimensions, fingerprint } = embedder;
  const vectors = new Float32Array(itemIds.length * dimensions);
  for (let from = 0; from < itemIds.length && columns.length > 0; from += BATCH) {
    signal.throwIfAborted();
    const to = Math.min(from + BATCH, itemIds.length);
    const texts: string[] = [];
    for (let item = from; item < to; item++)
      for (const column of columns) texts.push(String(itemAttributes[column]![item] ?? ""));
    const found = await embedder.embed(texts);
    for (let item = from; item < to; item++) {
      const vectorsOfItem = found.slice((item - from) * columns.length, (item - from + 1) * columns.length);
      vectors.set(joined(vectorsOfItem, columnWeights), item * dimensions);
    }
    const message = `Reading names and descriptions with the embedding model "${name}".`;
    report({ phase: "fitting", fraction: 0.1 + (0.8 * to) / itemIds.length, message });
  }
  return { ...fitted, dimensions, vectors, embedding: { name, fingerprint, columnWeights } };
}
