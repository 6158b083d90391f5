/** Remembers the newest event ids of a dataset group, so that a retried event is recorded once. */
export class EventIdWindow {
  readonly #ids = new Set<string>();
  readonly #capacity: number;

  /** @param capacity most ids remembered; the oldest are forgotten first */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Whether the id was recorded lately. */
  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Remembers an id. An empty one is none. */
  add(id: string): void {
    if (id === "") return;
    this.#ids.add(id);
    if (this.#ids.size <= this.#capacity) return;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      break;
    }
  }

  /** Forgets all. */
  clear(): void {
    this.#ids.clear();
  }

  /** Remembers ids that are older than all remembered so far, given oldest first. */
  addOlder(ids: Iterable<string>): void {
    const newer = [...this.#ids];
    this.#ids.clear();
    for (const id of ids) this.add(id);
    for (const id of newer) this.add(id);
  }
}
