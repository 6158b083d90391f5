import type { TextReader, Embedder } from "@palate/features";

/** Texts embedded between two looks at whether to stop. */
const BATCH = 64;

/** Texts that an embedding model has read, so that they can be looked up at once. */
export class EmbeddedTexts implements TextReader {
  readonly #vectors = new Map<string, Float32Array>();

  /** @param dimensions length of a vector */
  constructor(readonly dimensions: number) {}

  /**
   * Has texts read that were not read yet.
   * @param between called between batches with the share done; may throw to stop
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

  /** Forgets what was read. */
  forget(): void {
    this.#vectors.clear();
  }

  /** The mean of an item's texts, of unit length; zeros where none was read. */
  encode(texts: readonly string[]): Float32Array {
    const sum = new Float32Array(this.dimensions);
    for (const text of texts) this.#vectors.get(text)?.forEach((value, d) => (sum[d]! += value));
    const length = Math.sqrt(sum.reduce((squares, value) => squares + value * value, 0));
    return length > 1e-6 ? sum.map((value) => value / length) : sum.fill(0);
  }
}
