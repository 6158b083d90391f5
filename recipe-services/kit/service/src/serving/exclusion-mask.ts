/** Marks of items to leave out, reused from query to query so that none allocates or clears a whole catalogue. */
export class ExclusionMask {
  /** Cleared marks that are not in use: one array for each depth of nested use. */
  readonly #free: Uint8Array[] = [];

  /**
   * Runs `use` with marks for the given items, then clears them again. Within `use` it may be called again: the inner
   * marks are others than the outer ones.
   * @param itemCount the marks are at least this long
   * @param markMore marks any further items
   */
  with<T>(
    items: Int32Array | readonly number[],
    itemCount: number,
    use: (marks: Uint8Array) => T,
    markMore?: (marks: Uint8Array) => void,
  ): T {
    let marks = this.#free.pop() ?? new Uint8Array(1024);
    if (marks.length < itemCount) marks = new Uint8Array(Math.max(itemCount, marks.length * 2));
    for (let i = 0; i < items.length; i++) marks[items[i]!] = 1;
    try {
      markMore?.(marks);
      return use(marks);
    } finally {
      if (markMore) marks.fill(0, 0, itemCount);
      else for (let i = 0; i < items.length; i++) marks[items[i]!] = 0;
      this.#free.push(marks);
    }
  }
}
