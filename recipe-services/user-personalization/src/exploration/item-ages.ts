import type { ReplicaView } from "@palate/recipe";

/** Item column that says when an item came into being, in Unix seconds. */
const CREATED = "CREATION_TIMESTAMP";

/**
 * When items came into being, by the rules of Amazon Personalize: CREATION_TIMESTAMP; without one the item's oldest
 * interaction; without any the newest interaction of the data, so that the item is new. Ages count back from the newest
 * interaction of the data, not from the clock: data that is imported once a month is not old all month.
 */
export class ItemAges {
  readonly #replica: ReplicaView;
  #oldest = new Float64Array(0);
  #newest = -Infinity;
  readonly #end: () => void;

  constructor(replica: ReplicaView) {
    this.#replica = replica;
    for (let user = 0; user < replica.userCount; user++) {
      const { items, timestamps } = replica.history(user);
      for (let at = 0; at < items.length; at++) this.#see(items[at]!, timestamps[at]!);
    }
    this.#end = replica.onInteraction((_, item, timestamp) => this.#see(item, timestamp));
  }

  /** Unix seconds of the newest interaction; -Infinity when there is none. */
  get newest(): number {
    return this.#newest;
  }

  /** Age of an item in days; 0 for one that nothing is known of. */
  daysOf(item: number): number {
    const stated = Number(this.#replica.itemAttribute(item, CREATED) || Number.NaN);
    const created = Number.isFinite(stated) ? stated : (this.#oldest[item] ?? Infinity);
    return Number.isFinite(created) ? Math.max(0, (this.#newest - created) / 86_400) : 0;
  }

  /** Stops listening to the replica. */
  close(): void {
    this.#end();
  }

  #see(item: number, timestamp: number): void {
    if (item >= this.#oldest.length) {
      const longer = new Float64Array(Math.max(item + 1, 2 * this.#oldest.length, this.#replica.itemCount)).fill(
        Infinity,
      );
      longer.set(this.#oldest);
      this.#oldest = longer;
    }
    if (timestamp < this.#oldest[item]!) this.#oldest[item] = timestamp;
    if (timestamp > this.#newest) this.#newest = timestamp;
  }
}
