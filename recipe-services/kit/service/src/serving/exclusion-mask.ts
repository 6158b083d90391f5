/** Marks of items to leave out, reused from query to query so that none allocates or clears a whole catalogue. */
export class ExclusionMask {
  #marks = new Uint8Array(1024);

  /**
   * Runs `use` with marks for the given items, then takes them away again. Not to be called again within `use`.
   * @param itemCount the marks are at least this long
   * @param markMore marks any further items
   */
  with<T>(
    items: Int32Array | readonly number[],
    itemCount: number,
    use: (marks: Uint8Array) => T,
    markMore?: (marks: Uint8Array) => void,
  ): T {
    if (this.#marks.length < itemCount) this.#marks = new Uint8Array(Math.max(itemCount, this.#marks.length * 2));
    const marks = this.#marks;
    for (let i = 0; i < items.length; i++) marks[items[i]!] = 1;
    try {
      markMore?.(marks);
      return use(marks);
    } finally {
      if (markMore) marks.fill(0, 0, itemCount);
      else for (let i = 0; i < items.length; i++) marks[items[i]!] = 0;
    }
  }
}
