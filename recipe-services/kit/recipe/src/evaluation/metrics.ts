/**
 * Ranking metrics with Amazon Personalize's names and definitions. A list is described by which of its positions are
 * hits: `hits[0]` is the first recommendation. Each is computed for one user and then averaged over users.
 */

import type { Metrics } from "../contract/metrics.js";
import { CaseTable } from "./case-table.js";
import type { Evaluated } from "./evaluated.js";

/** Longest list that any metric looks at. */
export const MAX_CUTOFF = 25;

/** List lengths that metrics look at. */
export const CUTOFFS = [5, 10, 25] as const;

/** 1 / rank of the first hit within the first `cutoff` positions, else 0. */
export function reciprocalRank(hits: readonly boolean[], cutoff: number): number {
  const first = hits.slice(0, cutoff).indexOf(true);
  return first < 0 ? 0 : 1 / (first + 1);
}

/** Hits within the first `cutoff` positions divided by `cutoff`, however short the list. */
export function precision(hits: readonly boolean[], cutoff: number): number {
  return hits.slice(0, cutoff).filter(Boolean).length / cutoff;
}

/** Hits within the first `cutoff` positions divided by how many items would be right. */
export function recall(hits: readonly boolean[], truthCount: number, cutoff: number): number {
  return hits.slice(0, cutoff).filter(Boolean).length / truthCount;
}

/**
 * Average precision: the precision at each hit within `cutoff`, summed and divided by how many hits there could be
 * there, the smaller of `truthCount` and `cutoff`.
 */
export function averagePrecision(hits: readonly boolean[], truthCount: number, cutoff: number): number {
  let found = 0;
  let sum = 0;
  hits.slice(0, cutoff).forEach((hit, position) => {
    if (hit) sum += ++found / (position + 1);
  });
  return sum / Math.min(truthCount, cutoff);
}

/** Discounted gain of a hit at a 0-based position: 1 / log2(1 + rank). */
export function discountedGain(position: number): number {
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
  const gains = hits.slice(0, cutoff).map(Number);
  return gradedNdcg(gains, new Array<number>(Math.min(cutoff, truthCount)).fill(1), cutoff);
}

/**
 * NDCG with graded relevance: the sum of gain · 1 / log2(1 + rank), divided by what the ideal list would reach, which has the
 * items with the highest rewards first. 0 when no item has a reward.
 * @param gains reward of the item at each place of the list; 0 where it is no hit
 * @param rewards reward of each item that would be right
 */
export function gradedNdcg(gains: readonly number[], rewards: readonly number[], cutoff: number): number {
  const sum = (values: readonly number[]): number =>
    values.slice(0, cutoff).reduce((total, value, position) => total + value * discountedGain(position), 0);
  const ideal = sum([...rewards].sort((a, b) => b - a));
  return ideal > 0 ? sum(gains) / ideal : 0;
}

/**
 * The share of the possible reward that a list earns: rewards of its hits within the first 25, divided by the 25 highest
 * rewards of true items. NaN when no true item has a reward.
 */
export function rewardRecall(gains: readonly number[], rewards: readonly number[]): number {
  const total = (values: readonly number[]): number =>
    values.slice(0, MAX_CUTOFF).reduce((sum, value) => sum + value, 0);
  const possible = total([...rewards].sort((a, b) => b - a));
  return possible > 0 ? total(gains) / possible : Number.NaN;
}

/**
 * Amazon Personalize's metrics of one list, and `hit_rate_at_{5,10,25}` beside them: whether there is at least one hit,
 * which with a single true item is recall.
 */
export function listMetrics(hits: readonly boolean[], truthCount: number): Metrics {
  const values: Record<string, number> = {
    [`mean_reciprocal_rank_at_${MAX_CUTOFF}`]: reciprocalRank(hits, MAX_CUTOFF),
  };
  for (const cutoff of CUTOFFS) {
    values[`normalized_discounted_cumulative_gain_at_${cutoff}`] = normalizedDiscountedCumulativeGain(
      hits,
      truthCount,
      cutoff,
    );
    values[`precision_at_${cutoff}`] = precision(hits, cutoff);
    values[`hit_rate_at_${cutoff}`] = hits.slice(0, cutoff).includes(true) ? 1 : 0;
  }
  return values;
}

/** What Amazon's metrics leave out: `recall_at_{5,10,25}` and `mean_average_precision_at_{5,10,25}` of one list. */
export function furtherListMetrics(hits: readonly boolean[], truthCount: number): Metrics {
  return Object.fromEntries(
    CUTOFFS.flatMap((cutoff) => [
      [`recall_at_${cutoff}`, recall(hits, truthCount, cutoff)],
      [`mean_average_precision_at_${cutoff}`, averagePrecision(hits, truthCount, cutoff)],
    ]),
  );
}

/**
 * Averages over users. Its result has Amazon Personalize's keys `coverage`, `mean_reciprocal_rank_at_25`,
 * `normalized_discounted_cumulative_gain_at_{5,10,25}`, `precision_at_{5,10,25}`, and `hit_rate_at_{5,10,25}` beside
 * them: the share of users with at least one hit, which with a single true item is recall.
 */
export class MetricAverages {
  readonly #table = new CaseTable();

  /**
   * Counts one user's list.
   * @param further further metrics of this list, averaged with the others
   */
  add(hits: readonly boolean[], truthCount: number, further: Metrics = {}): void {
    this.#table.add({ ...listMetrics(hits, truthCount), ...further });
  }

  /**
   * The averages; empty when no user was counted, since there is nothing to average.
   * @param coverage different items recommended to anybody, divided by the catalogue's size
   */
  result(coverage: number): Metrics {
    return this.#table.length === 0 ? {} : { coverage, ...this.#table.means() };
  }

  /**
   * The averages with what stands behind them.
   * @param seed of the intervals' draws
   */
  evaluated(coverage: number, seed: number): Evaluated {
    const details = { cases: this.#table.length, intervals: this.#table.intervals(seed), quintiles: [] };
    return { metrics: this.result(coverage), details, table: this.#table };
  }
}
