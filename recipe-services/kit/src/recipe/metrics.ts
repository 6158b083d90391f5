/**
 * Ranking metrics with Amazon Personalize's names and definitions. A list is described by which of its positions are
 * hits: `hits[0]` is the first recommendation. Each is computed for one user and then averaged over users.
 */

/** Longest list that any metric looks at. */
export const LONGEST_CUTOFF = 25;

const CUTOFFS = [5, 10, 25] as const;

/** Metrics by name; see {@link MetricAverages}. */
export type Metrics = Readonly<Record<string, number>>;

/** 1 / rank of the first hit within the first `cutoff` positions, else 0. */
export function reciprocalRank(hits: readonly boolean[], cutoff: number): number {
  const first = hits.slice(0, cutoff).indexOf(true);
  return first < 0 ? 0 : 1 / (first + 1);
}

/** Hits within the first `cutoff` positions divided by `cutoff`, however short the list. */
export function precision(hits: readonly boolean[], cutoff: number): number {
  return hits.slice(0, cutoff).filter(Boolean).length / cutoff;
}

/** Discounted gain of a hit at a 0-based position: 1 / log2(1 + rank). */
function gain(position: number): number {
  return 1 / Math.log2(position + 2);
}

/**
 * Normalized discounted cumulative gain: the sum of 1 / log2(1 + rank) over hits within `cutoff`, divided by what an
 * ideal list would reach, which has all true items first.
 * @param truthCount how many items would be right; at least 1
 */
export function normalizedDiscountedCumulativeGain(
  hits: readonly boolean[],
  truthCount: number,
  cutoff: number,
): number {
  let reached = 0;
  hits.slice(0, cutoff).forEach((hit, position) => {
    if (hit) reached += gain(position);
  });
  let ideal = 0;
  for (let position = 0; position < Math.min(cutoff, truthCount); position++) ideal += gain(position);
  return reached / ideal;
}

/**
 * Averages over users. Its result has Amazon Personalize's keys `coverage`, `mean_reciprocal_rank_at_25`,
 * `normalized_discounted_cumulative_gain_at_{5,10,25}`, `precision_at_{5,10,25}`, and `hit_rate_at_{5,10,25}` beside
 * them: the share of users with at least one hit, which with a single true item is recall.
 */
export class MetricAverages {
  readonly #sums = new Map<string, number>();
  #users = 0;

  /** Counts one user's list. */
  add(hits: readonly boolean[], truthCount: number): void {
    this.#users++;
    this.#plus(`mean_reciprocal_rank_at_${LONGEST_CUTOFF}`, reciprocalRank(hits, LONGEST_CUTOFF));
    for (const cutoff of CUTOFFS) {
      const ndcg = normalizedDiscountedCumulativeGain(hits, truthCount, cutoff);
      this.#plus(`normalized_discounted_cumulative_gain_at_${cutoff}`, ndcg);
      this.#plus(`precision_at_${cutoff}`, precision(hits, cutoff));
      this.#plus(`hit_rate_at_${cutoff}`, hits.slice(0, cutoff).includes(true) ? 1 : 0);
    }
  }

  #plus(name: string, value: number): void {
    this.#sums.set(name, (this.#sums.get(name) ?? 0) + value);
  }

  /**
   * The averages; empty when no user was counted, since then nothing is known.
   * @param coverage different items recommended to anybody, divided by the catalogue's size
   */
  result(coverage: number): Metrics {
    if (this.#users === 0) return {};
    const averages = [...this.#sums].map(([name, sum]) => [name, sum / this.#users] as const);
    return { coverage, ...Object.fromEntries(averages) };
  }
}
