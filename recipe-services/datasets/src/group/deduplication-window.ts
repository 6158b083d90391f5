/** Remembers the newest event ids of a dataset group, so that a retried event is recorded once. */
export class DeduplicationWindow {
  readonly #ids = new Set<string>();
  /** Most ids remembered. */
  readonly capacity: number;
  /** Goes along with the oldest id: a new iterator would pass over everything that was ever removed. */
  #oldest: SetIterator<string>;

  /** @param capacity most ids remembered; the oldest are forgotten first */
  constructor(capacity: number) {
    this.capacity = capacity;
    this.#oldest = this.#ids.values();
  }

  /** Whether the id was recorded lately. */
  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Remembers an id. An empty one is none. */
  add(id: string): void {
    if (id === "") return;
    this.#ids.add(id);
    if (this.#ids.size > this.capacity) this.#ids.delete(this.#oldest.next().value!);
  }

  /** Forgets all. */
  clear(): void {
    this.#ids.clear();
    this.#oldest = this.#ids.values();
  }

  /** Remembers ids that are older than all remembered so far, given oldest first. */
  addOlder(ids: Iterable<string>): void {
    const newer = [...this.#ids];
    this.clear();
    for (const id of ids) this.add(id);
    for (const id of newer) this.add(id);
  }
}
