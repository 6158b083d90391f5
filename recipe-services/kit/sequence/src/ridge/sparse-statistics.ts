import { SummedRowsBuilder, type SparseRows } from "@palate/numeric";
import { decayWeights, PairSums, targetSums } from "../sequences/decay.js";
import type { Sequences } from "../sequences/sequences.js";
import type { ItemPlaces, RidgeOptions } from "./ridge-statistics.js";

/** What a sparse ridge is made of: `Z'Z` and `Z'Y`, of each row the largest entries. */
export interface SparseStatistics {
  readonly gram: SparseRows;
  readonly cross: SparseRows;
}

/** Collects the statistics of a ridge with one decay item by item, each in one pass over the places around the item's. */
export class SparseCollector {
  readonly #sequences: Pick<Sequences, "offsets" | "items" | "weights">;
  readonly #places: ItemPlaces;
  readonly #pairs: PairSums;
  readonly #targets: Float64Array;
  readonly #gram: SummedRowsBuilder;
  readonly #cross: SummedRowsBuilder;

  /**
   * @param rows items that will be collected
   * @param perRow entries kept of each row of either matrix: the largest
   */
  constructor(
    sequences: Pick<Sequences, "itemCount" | "offsets" | "items" | "weights">,
    places: ItemPlaces,
    options: RidgeOptions,
    { rows, perRow }: { readonly rows: number; readonly perRow: number },
  ) {
    const weights = decayWeights(options.decays[0]!, options.window);
    this.#sequences = sequences;
    this.#places = places;
    this.#pairs = new PairSums(weights, weights);
    this.#targets = targetSums(weights, options.future);
    this.#gram = new SummedRowsBuilder(rows, sequences.itemCount, perRow);
    this.#cross = new SummedRowsBuilder(rows, sequences.itemCount, perRow);
  }

  /**
   * Adds the row of an item to both matrices.
   * @param most places of the item that are looked at: where it has more, so many at even distances stand for all of them
   * @returns places looked at
   */
  collect(item: number, most: number): number {
    const { offsets, items, weights } = this.#sequences;
    const { starts, places, users } = this.#places;
    const [pairs, sums, gram, cross] = [this.#pairs, this.#targets, this.#gram, this.#cross];
    const { back, ahead } = pairs;
    const from = starts[item]!;
    const count = starts[item + 1]! - from;
    const looked = Math.min(count, most);
    for (let k = 0; k < looked; k++) {
      const at = from + (looked === count ? k : Math.floor(((k + 0.5) * count) / looked));
      const place = places[at]!;
      const user = users[at]!;
      const end = offsets[user + 1]!;
      // The last interaction has nothing after it, so no row ends there.
      const last = end - 1;
      if (place === last) continue;
      const first = Math.max(offsets[user]!, place - back);
      const beyond = Math.min(last, place + ahead + 1);
      for (let other = first; other < beyond; other++) gram.add(items[other]!, pairs.sum(place, other, last));
      const farthest = Math.min(end, place + sums.length);
      for (let target = place + 1; target < farthest; target++) {
        cross.add(items[target]!, weights ? weights[target]! * sums[target - place]! : sums[target - place]!);
      }
    }
    gram.endRow(count / Math.max(1, looked));
    cross.endRow(count / Math.max(1, looked));
    return looked;
  }

  finish(): SparseStatistics {
    return { gram: this.#gram.finish(), cross: this.#cross.finish() };
  }
}
