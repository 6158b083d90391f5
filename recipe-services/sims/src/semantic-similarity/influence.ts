import type { ReplicaView } from "@palate/recipe";
import type { Influences } from "./artifact.js";

const DAY = 86_400;
/** Bonuses are at most this old, in milliseconds and in seconds of query time. */
const RENEWAL_MS = 1000;
const RENEWAL_SECONDS = 60;

/** Bonus for popularity and freshness in an item's score, computed live. */
export class Influence {
  readonly #replica: ReplicaView;
  readonly #influences: Influences;
  readonly #clock: () => number;
  #bonuses: Float32Array = new Float32Array(0);
  #madeAt = -Infinity;
  #madeFor = -Infinity;

  /** @param clock in milliseconds, never going back; default `performance.now` */
  constructor(replica: ReplicaView, influences: Influences, clock: () => number = () => performance.now()) {
    this.#replica = replica;
    this.#influences = influences;
    this.#clock = clock;
  }

  /**
   * The bonus of each item, 0 to the sum of the two influences; null where there is none to give. Popularity is
   * logarithmic, from 0 to 1 for the most popular item; freshness is 1 for an item of today and halves with its half-life.
   * @param timestamp Unix time in seconds that the answer is for
   */
  bonuses(timestamp: number): Float32Array | null {
    const { popularity, freshness } = this.#influences;
    if (popularity === 0 && freshness === 0) return null;
    const now = this.#clock();
    const known = this.#bonuses.length >= this.#replica.itemCount && now - this.#madeAt < RENEWAL_MS;
    if (known && Math.abs(timestamp - this.#madeFor) < RENEWAL_SECONDS) return this.#bonuses;
    this.#bonuses = this.#made(timestamp);
    this.#madeAt = now;
    this.#madeFor = timestamp;
    return this.#bonuses;
  }

  #made(timestamp: number): Float32Array {
    const { popularity, freshness, freshnessHalfLifeDays } = this.#influences;
    const { itemCount, usersPerItem } = this.#replica;
    const bonuses = new Float32Array(itemCount);
    if (popularity > 0) {
      let most = 1;
      for (let item = 0; item < itemCount; item++) most = Math.max(most, usersPerItem[item]!);
      const scale = popularity / Math.log1p(most);
      for (let item = 0; item < itemCount; item++) bonuses[item] = scale * Math.log1p(usersPerItem[item]!);
    }
    if (freshness > 0) {
      for (let item = 0; item < itemCount; item++) {
        const created = this.#replica.itemAttribute(item, "CREATION_TIMESTAMP");
        if (created === "") continue;
        const age = Math.max(0, timestamp - Number(created)) / (DAY * freshnessHalfLifeDays);
        if (Number.isFinite(age)) bonuses[item]! += freshness * 2 ** -age;
      }
    }
    return bonuses;
  }
}
