import type { PopularityQuintile } from "../contract/evaluation.js";

/** Groups, from the most popular items to the rarest. */
const GROUPS = 5;

/**
 * Which group each item belongs to: 0 has the most popular items, 4 the rarest and those that nobody has. Each group
 * has about a fifth of all interactions, so that the first has few items and the last nearly all.
 */
export function popularityGroups(usersPerItem: Int32Array): Uint8Array {
  const order = Int32Array.from(usersPerItem.keys()).sort((a, b) => usersPerItem[b]! - usersPerItem[a]! || a - b);
  const total = usersPerItem.reduce((sum, users) => sum + users, 0);
  const groups = new Uint8Array(usersPerItem.length).fill(GROUPS - 1);
  let before = 0;
  for (const item of order) {
    const users = usersPerItem[item]!;
    if (users === 0) break;
    groups[item] = Math.min(GROUPS - 1, Math.floor((GROUPS * (before + users / 2)) / total));
    before += users;
  }
  return groups;
}

/** Counts for each fifth of the popularity how much of it is found and how much of it is recommended. */
export class QuintileCounts {
  readonly #groups: Uint8Array;
  readonly #items = new Int32Array(GROUPS);
  readonly #truths = new Int32Array(GROUPS);
  readonly #foundAt10 = new Int32Array(GROUPS);
  readonly #foundAt25 = new Int32Array(GROUPS);
  readonly #recommended = new Int32Array(GROUPS);

  /** @param usersPerItem how many users each item has */
  constructor(usersPerItem: Int32Array) {
    this.#groups = popularityGroups(usersPerItem);
    for (const group of this.#groups) this.#items[group]!++;
  }

  /**
   * Counts one answer.
   * @param list item indices, best first
   * @param hits which places of the list are right
   */
  add(list: Int32Array, hits: readonly boolean[], truth: Iterable<number>): void {
    for (const item of truth) this.#truths[this.#groups[item]!]!++;
    list.subarray(0, 25).forEach((item, place) => {
      const group = this.#groups[item]!;
      if (place < 10) this.#recommended[group]!++;
      if (hits[place] !== true) return;
      this.#foundAt25[group]!++;
      if (place < 10) this.#foundAt10[group]!++;
    });
  }

  /** From the most popular fifth to the rarest. */
  result(): PopularityQuintile[] {
    const all = this.#recommended.reduce((sum, count) => sum + count, 0);
    return Array.from(this.#truths, (truths, group) => ({
      items: this.#items[group]!,
      truths,
      recallAt10: truths === 0 ? 0 : this.#foundAt10[group]! / truths,
      recallAt25: truths === 0 ? 0 : this.#foundAt25[group]! / truths,
      recommended: all === 0 ? 0 : this.#recommended[group]! / all,
    }));
  }
}
