const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

/** Prunes the rows of a sparse matrix by the magnitude of their weights, so that those left have no more than so many entries. */
export class ActiveRows {
  /** The rows selected last, as indices into the list they were selected from, ascending; the first `count` are valid. */
  readonly selected: Int32Array;
  count = 0;
  /** Entries of the selected rows. */
  entries = 0;
  readonly #starts: Int32Array;
  readonly #maxEntries: number;
  /** A histogram: entries of rows by the magnitude of the row's weight. */
  readonly #byMagnitude = new Int32Array(1024);

  /**
   * @param starts bounds of the matrix's rows
   * @param maxEntries entries of all selected rows; the rows of the largest magnitude are selected even if they have more
   */
  constructor(starts: Int32Array, maxEntries: number) {
    this.#starts = starts;
    this.#maxEntries = maxEntries;
    this.selected = new Int32Array(starts.length - 1);
  }

  /**
   * Selects among rows 1 to `count`.
   * @param negligible rows whose weight has no larger magnitude are never selected
   */
  select(rows: Int32Array, weights: Float64Array, count: number, negligible = 0): void {
    const starts = this.#starts;
    const [selected, byMagnitude] = [this.selected, this.#byMagnitude.fill(0)];
    let [kept, all] = [0, 0];
    for (let k = 1; k <= count; k++) {
      const weight = Math.abs(weights[k]!);
      if (!(weight > negligible)) continue;
      const row = rows[k]!;
      const entries = starts[row + 1]! - starts[row]!;
      FLOAT[0] = weight;
      // The exponent and two bits of the fraction: magnitudes that differ by a quarter at most share a bin.
      byMagnitude[BITS[0]! >>> 21]! += entries;
      all += entries;
      selected[kept++] = k;
    }
    this.count = kept;
    this.entries = all;
    if (all > this.#maxEntries) this.#prune(weights);
  }

  /** Keeps the selected rows with the largest weights. */
  #prune(weights: Float64Array): void {
    const [selected, byMagnitude] = [this.selected, this.#byMagnitude];
    let bin = byMagnitude.length - 1;
    let entries = 0;
    for (; bin > 0; bin--) {
      if (byMagnitude[bin] === 0) continue;
      if (entries > 0 && entries + byMagnitude[bin]! > this.#maxEntries) break;
      entries += byMagnitude[bin]!;
    }
    BITS[0] = (bin + 1) << 21;
    const threshold = FLOAT[0]!;
    let kept = 0;
    for (let at = 0; at < this.count; at++) {
      if (Math.abs(weights[selected[at]!]!) >= threshold) selected[kept++] = selected[at]!;
    }
    this.count = kept;
    this.entries = entries;
  }
}
