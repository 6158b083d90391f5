import { CaseTable } from "./case-table.js";
import type { Evaluated } from "./evaluated.js";
import type { Metrics } from "../contract/metrics.js";

/** Share of all users that the metrics look at. */
const TOP_SHARE = 0.01;

/** Length of the list that the metrics look at: one percent of the users, rounded up, so at least one. */
export function onePercentOf(userCount: number): number {
  return Math.max(1, Math.ceil(TOP_SHARE * userCount));
}

/**
 * Averages over segments. Its result has Amazon Personalize's keys: `hits_at_1_percent`, how many true users are among
 * the first percent of all users; `recall_at_1_percent`, that number divided by how many could be among them, so that a
 * perfect answer has 1 (where there are no more true users than places, which is nearly always outside small data, it is
 * the share of the true users that are found); `coverage`, different users in any of the lists divided by all users.
 */
export class SegmentAverages {
  readonly #found: Uint8Array;
  readonly #length: number;
  readonly #table = new CaseTable();

  /** @param userCount how many users could be in an answer; their indices are below it */
  constructor(userCount: number) {
    this.#found = new Uint8Array(userCount);
    this.#length = onePercentOf(userCount);
  }

  /** Length of the list that the metrics consider. */
  get length(): number {
    return this.#length;
  }

  /**
   * Counts one answer.
   * @param users user indices, best first; only the first {@link length} count
   * @param truth users that are right; never empty
   * @param further further metrics of this answer, averaged with the others
   */
  add(users: Int32Array, truth: ReadonlySet<number>, further: Metrics = {}): void {
    let hits = 0;
    for (const user of users.subarray(0, this.#length)) {
      this.#found[user] = 1;
      if (truth.has(user)) hits++;
    }
    this.#table.add({
      hits_at_1_percent: hits,
      recall_at_1_percent: hits / Math.min(truth.size, this.#length),
      ...further,
    });
  }

  /** The averages; empty when nothing was counted, since there is nothing to average. */
  result(): Metrics {
    if (this.#table.length === 0) return {};
    const covered = this.#found.reduce((sum, one) => sum + one, 0);
    return { ...this.#table.means(), coverage: covered / this.#found.length };
  }

  /**
   * The averages with what stands behind them.
   * @param seed of the intervals' draws
   */
  evaluated(seed: number): Evaluated {
    const details = { cases: this.#table.length, intervals: this.#table.intervals(seed), quintiles: [] };
    return { metrics: this.result(), details, table: this.#table };
  }
}
