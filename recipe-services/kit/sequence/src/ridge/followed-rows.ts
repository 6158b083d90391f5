const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

/** Chooses which rows of a matrix are followed where all have too many entries: those with the largest weights. */
export class Followed {
  /** Places of the rows chosen last among those they were chosen from, of which there are `count`, in ascending order. */
  readonly chosen: Int32Array;
  count = 0;
  /** Entries of the rows chosen last. */
  entries = 0;
  readonly #starts: Int32Array;
  readonly #most: number;
  /** Entries of rows by how large the row's weight is. */
  readonly #bySize = new Int32Array(1024);

  /**
   * @param starts bounds of the matrix's rows
   * @param most entries that there may be, but for the rows of the largest weight, which are followed whatever they cost
   */
  constructor(starts: Int32Array, most: number) {
    this.#starts = starts;
    this.#most = most;
    this.chosen = new Int32Array(starts.length - 1);
  }

  /**
   * Chooses from rows 1 to `count`.
   * @param negligible rows whose weights are not larger are never chosen
   */
  choose(rows: Int32Array, weights: Float64Array, count: number, negligible = 0): void {
    const starts = this.#starts;
    const [chosen, bySize] = [this.chosen, this.#bySize.fill(0)];
    let [some, all] = [0, 0];
    for (let k = 1; k <= count; k++) {
      const weight = Math.abs(weights[k]!);
      if (!(weight > negligible)) continue;
      const row = rows[k]!;
      const entries = starts[row + 1]! - starts[row]!;
      FLOAT[0] = weight;
      // Exponent and two bits: sizes that differ by a quarter at most.
      bySize[BITS[0]! >>> 21]! += entries;
      all += entries;
      chosen[some++] = k;
    }
    this.count = some;
    this.entries = all;
    if (all > this.#most) this.#drop(weights);
  }

  /** Keeps those of the chosen rows that have the largest weights. */
  #drop(weights: Float64Array): void {
    const [chosen, bySize] = [this.chosen, this.#bySize];
    let size = bySize.length - 1;
    let entries = 0;
    for (; size > 0; size--) {
      if (bySize[size] === 0) continue;
      if (entries > 0 && entries + bySize[size]! > this.#most) break;
      entries += bySize[size]!;
    }
    BITS[0] = (size + 1) << 21;
    const least = FLOAT[0]!;
    let kept = 0;
    for (let at = 0; at < this.count; at++) {
      if (Math.abs(weights[chosen[at]!]!) >= least) chosen[kept++] = chosen[at]!;
    }
    this.count = kept;
    this.entries = entries;
  }
}
