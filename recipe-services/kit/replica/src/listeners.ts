import type { Logger } from "@palate/host";

/** Functions to be called when something happens. One that throws is logged and does not keep the others from it. */
export class Listeners<T> {
  readonly #listeners = new Set<(value: T) => void>();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Adds a function; the returned one removes it. */
  add(listener: (value: T) => void): () => void {
    // Wrapped, so that the same function added twice is called twice and each is removed by itself.
    const own = (value: T) => listener(value);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /** Calls them all in the order in which they were added. */
  emit(value: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(value);
      } catch (error) {
        this.#logger.error({ err: error }, "a listener to the data failed");
      }
    }
  }
}
