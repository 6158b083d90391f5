import { type SparseRows, SummedRowsBuilder } from "@palate/numeric";
import { decayWeights, PairSums, targetSums } from "../sequences/decay.js";
import type { Sequences } from "../sequences/sequences.js";
import type { ItemOccurrences, RidgeOptions } from "./ridge-statistics.js";

/** What a sparse ridge consists of: `Z'Z` and `Z'Y`, of each row the largest entries. */
export interface SparseStatistics {
  readonly gram: SparseRows;
  readonly cross: SparseRows;
}

/** Accumulates the statistics of a ridge with one decay, item by item, in one pass over the neighbourhoods of its occurrences. */
export class SparseCollector {
  readonly #sequences: Pick<Sequences, "offsets" | "items" | "weights">;
  readonly #occurrences: ItemOccurrences;
  readonly #pairs: PairSums;
  readonly #targets: Float64Array;
  readonly #gram: SummedRowsBuilder;
  readonly #cross: SummedRowsBuilder;

  /**
   * @param rows items that will be collected
   * @param perRow entries kept of each row of either matrix: those of the largest magnitude
   */
  constructor(
    sequences: Pick<Sequences, "itemCount" | "offsets" | "items" | "weights">,
    occurrences: ItemOccurrences,
    options: RidgeOptions,
    { rows, perRow }: { readonly rows: number; readonly perRow: number },
  ) {
    const weights = decayWeights(options.decays[0]!, options.window);
    this.#sequences = sequences;
    this.#occurrences = occurrences;
    this.#pairs = new PairSums(weights, weights);
    this.#targets = targetSums(weights, options.future);
    this.#gram = new SummedRowsBuilder(rows, sequences.itemCount, perRow);
    this.#cross = new SummedRowsBuilder(rows, sequences.itemCount, perRow);
  }

  /**
   * Adds the row of an item to both matrices.
   * @param most occurrences of the item to visit; of an item with more, that many evenly spaced ones stand for all
   * @returns occurrences visited
   */
  collect(item: number, most: number): number {
    const { offsets, items, weights } = this.#sequences;
    const { starts, positions, users } = this.#occurrences;
    const [pairs, sums, gram, cross] = [this.#pairs, this.#targets, this.#gram, this.#cross];
    const { back, ahead } = pairs;
    const from = starts[item]!;
    const count = starts[item + 1]! - from;
    const visited = Math.min(count, most);
    for (let k = 0; k < visited; k++) {
      const at = from + (visited === count ? k : Math.floor(((k + 0.5) * count) / visited));
      const position = positions[at]!;
      const user = users[at]!;
      const end = offsets[user + 1]!;
      // The last interaction has nothing after it, so no row ends there.
      const last = end - 1;
      if (position === last) continue;
      const first = Math.max(offsets[user]!, position - back);
      const beyond = Math.min(last, position + ahead + 1);
      for (let other = first; other < beyond; other++) gram.add(items[other]!, pairs.sum(position, other, last));
      const farthest = Math.min(end, position + sums.length);
      for (let target = position + 1; target < farthest; target++) {
        cross.add(items[target]!, weights ? weights[target]! * sums[target - position]! : sums[target - position]!);
      }
    }
    gram.endRow(count / Math.max(1, visited));
    cross.endRow(count / Math.max(1, visited));
    return visited;
  }

  finish(): SparseStatistics {
    return { gram: this.#gram.finish(), cross: this.#cross.finish() };
  }
}
