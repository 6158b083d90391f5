/** A map that keeps the entries set most recently: what has not been set for the longest makes room. */
export class RecentMap<Key, Value> {
  /** In order of insertion, as maps are; the oldest is first. */
  readonly #entries = new Map<Key, Value>();
  readonly #max: () => number;

  /** @param max entries kept, at least 1; a function is asked at each `set` */
  constructor(max: number | (() => number)) {
    this.#max = typeof max === "number" ? () => max : max;
  }

  /** How many entries there are. */
  get size(): number {
    return this.#entries.size;
  }

  /** The value of a key, or undefined. Asking does not make it more recent. */
  get(key: Key): Value | undefined {
    return this.#entries.get(key);
  }

  /** Sets a value and makes it the most recent one. */
  set(key: Key, value: Value): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#max()) this.#entries.delete(this.#entries.keys().next().value!);
  }

  /** The value of a key, made where there is none; either way it is the most recent one afterwards. */
  use(key: Key, make: () => Value): Value {
    const value = this.#entries.has(key) ? this.#entries.get(key)! : make();
    this.set(key, value);
    return value;
  }

  /** Forgets one entry. */
  delete(key: Key): void {
    this.#entries.delete(key);
  }

  /** Forgets everything. */
  clear(): void {
    this.#entries.clear();
  }
}
