import type { ReplicaView } from "../data/replica-view.js";

/** Items in order of popularity at one point in time. */
export interface PopularityOrder {
  /** Replica item indices, most users first; items with equally many by index. Items without any are left out. */
  readonly items: Int32Array;
  /** How many different users interacted with each of them, in the same order. */
  readonly users: Int32Array;
}

/**
 * Orders items by how many users interacted with them.
 * @param usersPerItem counts by item index; only the first `itemCount` count
 */
export function orderByPopularity(usersPerItem: Int32Array, itemCount: number): PopularityOrder {
  let most = 0;
  for (let item = 0; item < itemCount; item++) if (usersPerItem[item]! > most) most = usersPerItem[item]!;
  // Counting sort: position of the first item with each count, highest count first.
  const starts = new Int32Array(most + 2);
  for (let item = 0; item < itemCount; item++) starts[usersPerItem[item]!]!++;
  let next = 0;
  for (let count = most; count >= 0; count--) {
    const here = starts[count]!;
    starts[count] = next;
    next += here;
  }
  const length = starts[0]!;
  const items = new Int32Array(length);
  const users = new Int32Array(length);
  for (let item = 0; item < itemCount; item++) {
    const count = usersPerItem[item]!;
    if (count === 0) continue;
    const position = starts[count]!++;
    items[position] = item;
    users[position] = count;
  }
  return { items, users };
}

/** The order of popularity over a live replica, renewed when interactions arrived, but not too often. */
export class LivePopularity {
  #order: PopularityOrder | undefined;
  #version = -1;
  #madeAt = 0;

  /**
   * @param now a clock in milliseconds that never goes back
   * @param renewalMs the order is at most this much older than the counts, and is not renewed more often
   */
  constructor(
    private readonly replica: ReplicaView,
    private readonly now: () => number,
    private readonly renewalMs = 1000,
  ) {}

  /** The order of popularity. Takes time proportional to the catalogue when it is renewed, none otherwise. */
  order(): PopularityOrder {
    const version = this.replica.interactionVersion;
    if (this.#order !== undefined && version === this.#version) return this.#order;
    const now = this.now();
    if (this.#order !== undefined && now - this.#madeAt < this.renewalMs) return this.#order;
    this.#order = orderByPopularity(this.replica.usersPerItem, this.replica.itemCount);
    this.#version = version;
    this.#madeAt = now;
    return this.#order;
  }
}
