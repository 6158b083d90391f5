import type { TextReader, Embedder } from "@palate/features";

/** Texts embedded between two checks of the abort signal. */
const BATCH = 64;

/** Cache of the embeddings of texts, so that they can be looked up without waiting for the model. */
export class EmbeddedTexts implements TextReader {
  readonly #vectors = new Map<string, Float32Array>();

  /** @param dimensions length of a vector */
  constructor(readonly dimensions: number) {}

  /**
   * Embeds the texts that are not in the cache.
   * @param between called between batches with the share done; may throw to abort
   */
  async read(texts: Iterable<string>, embedder: Embedder, between: (share: number) => void = () => {}): Promise<void> {
    const unread = [...new Set(texts)].filter((text) => text !== "" && !this.#vectors.has(text));
    for (let from = 0; from < unread.length; from += BATCH) {
      between(from / unread.length);
      const batch = unread.slice(from, from + BATCH);
      const vectors = await embedder.embed(batch);
      batch.forEach((text, k) => this.#vectors.set(text, vectors[k]!));
    }
  }

  /** Empties the cache. */
  forget(): void {
    this.#vectors.clear();
  }

  /** The mean of the embeddings of an item's texts, of unit length; zeros where none is in the cache. */
  encode(texts: readonly string[]): Float32Array {
    const sum = new Float32Array(this.dimensions);
    for (const text of texts) this.#vectors.get(text)?.forEach((value, d) => (sum[d]! += value));
    const length = Math.sqrt(sum.reduce((squares, value) => squares + value * value, 0));
    return length > 1e-6 ? sum.map((value) => value / length) : sum.fill(0);
  }
}
