/** External ids mapped to dense indices, 0, 1, 2, … in order of first sight. An index never changes, and is never given to another id. */
export class IdIndex {
  readonly #indices = new Map<string, number>();
  readonly #ids: string[] = [];

  /** How many ids are known. */
  get size(): number {
    return this.#ids.length;
  }

  /** All ids by index. */
  get ids(): readonly string[] {
    return this.#ids;
  }

  /** Index of an id; -1 when it is not known. */
  indexOf(id: string): number {
    return this.#indices.get(id) ?? -1;
  }

  /** Index of an id, a new one when it is not known. */
  intern(id: string): number {
    const known = this.#indices.get(id);
    if (known !== undefined) return known;
    const index = this.#ids.push(id) - 1;
    this.#indices.set(id, index);
    return index;
  }

  /** Forgets the id of an index, which stays taken; should the id come again, it gets another. */
  forget(index: number): void {
    const id = this.#ids[index];
    if (id === undefined || id === "") return;
    this.#indices.delete(id);
    this.#ids[index] = "";
  }

  /** Id of an index; empty when there is none. */
  idOf(index: number): string {
    return this.#ids[index] ?? "";
  }
}
