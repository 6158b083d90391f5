import type { ItemVectors } from "../contract/item-vectors.js";
import type { ReplicaView } from "../data/replica-view.js";

/** Numbers in each vector: cosines are off by 0.09 on average. */
const DIMENSION = 128;
/** Newest interactions of a user that count. */
const MAX_PER_USER = 100;
/** Most interactions read, by skipping users: a tenth of a second of work. */
const MAX_INTERACTIONS = 1_000_000;
/** Vectors are recomputed at most this often, in milliseconds. */
const RENEWAL_MS = 600_000;

/** Mixes the bits of a number (the finaliser of MurmurHash3). */
function mixed(value: number): number {
  let z = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}

/**
 * Vectors of items whose cosines approximate the share of users that two items have in common: each user is a random direction,
 * an item the sum of its users' directions (random projection, Johnson and Lindenstrauss 1984). For data without anything else to
 * compare items by.
 */
export class CoOccurrenceVectors implements ItemVectors {
  readonly dimension = DIMENSION;
  readonly #replica: ReplicaView;
  readonly #now: () => number;
  #vectors = new Float32Array(0);
  #version = -1;
  #madeAt = -Infinity;

  /** @param now a clock in milliseconds that never goes back */
  constructor(replica: ReplicaView, now: () => number) {
    this.#replica = replica;
    this.#now = now;
  }

  /** As {@link ItemVectors.read}; false for items that nobody had when vectors were last computed. */
  read(item: number, out: Float32Array): boolean {
    this.#renew();
    const vector = this.#vectors.subarray(item * DIMENSION, (item + 1) * DIMENSION);
    if (vector.every((value) => value === 0)) return false;
    out.set(vector);
    return true;
  }

  #renew(): void {
    const { interactionVersion, itemCount, userCount } = this.#replica;
    if (interactionVersion === this.#version || this.#now() - this.#madeAt < RENEWAL_MS) return;
    this.#version = interactionVersion;
    this.#madeAt = this.#now();
    this.#vectors = new Float32Array(itemCount * DIMENSION);
    const direction = new Float32Array(DIMENSION);
    // In an order that has nothing to do with when users came, each once.
    const stride = strideThrough(userCount);
    let left = MAX_INTERACTIONS;
    for (let k = 0, user = 0; k < userCount && left > 0; k++, user = (user + stride) % userCount) {
      const items = this.#replica.history(user).items;
      const newest = new Set(items.subarray(Math.max(0, items.length - MAX_PER_USER)));
      for (let word = 0; word < DIMENSION / 32; word++) {
        const bits = mixed(user * (DIMENSION / 32) + word + 1);
        for (let bit = 0; bit < 32; bit++) direction[word * 32 + bit] = (bits >>> bit) & 1 ? 1 : -1;
      }
      for (const item of newest)
        for (let d = 0; d < DIMENSION; d++) this.#vectors[item * DIMENSION + d]! += direction[d]!;
      left -= newest.size;
    }
  }
}

/** A step near the golden section of `count` that has no factor in common with it, so that it leads everywhere. */
function strideThrough(count: number): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  let stride = Math.max(1, Math.floor(0.618 * count));
  while (divisor(stride, count) > 1) stride++;
  return stride;
}
