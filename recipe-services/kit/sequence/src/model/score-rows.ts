interface Row {
  /** All scores; or, where `items` is there, those of these items. */
  readonly values: Float32Array;
  readonly items: Int32Array | undefined;
  /** The score of all other items. */
  readonly rest: number;
}

/** Rows of scores of all items, in little memory where most items of a row have the same score. */
export class ScoreRows {
  readonly #rows: Row[] = [];

  /**
   * Adds a row.
   * @param scores copied
   * @param rest a score that many items may have
   */
  add(scores: Float32Array, rest: number): void {
    let count = 0;
    for (const score of scores) if (score !== rest) count++;
    if (2 * count > scores.length) {
      this.#rows.push({ values: scores.slice(), items: undefined, rest });
      return;
    }
    const [items, values] = [new Int32Array(count), new Float32Array(count)];
    let next = 0;
    scores.forEach((score, item) => {
      if (score === rest) return;
      items[next] = item;
      values[next++] = score;
    });
    this.#rows.push({ values, items, rest });
  }

  /** Row `at`, in the order in which they were added; maybe written into `scratch`, which is as long as a row. */
  row(at: number, scratch: Float32Array): Float32Array {
    const { values, items, rest } = this.#rows[at]!;
    if (!items) return values;
    scratch.fill(rest);
    for (let k = 0; k < items.length; k++) scratch[items[k]!] = values[k]!;
    return scratch;
  }
}
