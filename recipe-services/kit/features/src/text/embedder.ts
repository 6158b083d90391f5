/** A language model that the operator supplies, which turns texts into vectors. */
export interface Embedder {
  /** Tells this model from another of the same name: changes when its files do. */
  readonly fingerprint: string;
  /** Length of a vector. */
  readonly dimensions: number;
  /** A vector of unit length for each text, in their order; all zeros for a text without anything to read. */
  embed(texts: readonly string[]): Promise<Float32Array[]>;
}

/** The language models that there are. */
export interface Embedders {
  /**
   * Opens one; the same again for the same name.
   * @throws PalateError `failed_precondition` when there is none of this name, or nothing to run it with
   */
  open(name: string): Promise<Embedder>;
  /** Told of what goes wrong while serving, when nobody waits for an answer. */
  complain(problem: unknown): void;
}
