/** Different places a dropout mask may start at. */
const MASK_POOL = 1 << 21;

/**
 * Seeded pseudo-random numbers: xoshiro128** (Blackman and Vigna 2018), its state filled by splitmix32. The same seed
 * gives the same sequence on every machine and backend. Not for secrets.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** @param seed any number; its 32-bit integer part is used */
  constructor(seed: number) {
    let state = seed | 0;
    const next = (): number => {
      state = (state + 0x9e3779b9) | 0;
      let z = state ^ (state >>> 16);
      z = Math.imul(z, 0x21f0aaad);
      z ^= z >>> 15;
      z = Math.imul(z, 0x735a2d97);
      return z ^ (z >>> 15);
    };
    this.#a = next();
    this.#b = next();
    this.#c = next();
    this.#d = next();
  }

  /** The next 32 random bits as an unsigned integer. */
  bits(): number {
    const scrambled = Math.imul(this.#b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9);
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result >>> 0;
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return this.bits() / 4294967296;
  }

  /** Uniform integer in [0, bound); bound at least 1. The bias is below bound / 2^32. */
  integer(bound: number): number {
    return Math.floor(this.uniform() * bound);
  }

  /** Standard normal (Box and Muller 1958). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Puts the values in a uniformly random order, in place (Fisher and Yates). */
  shuffle<T extends Int32Array | unknown[]>(values: T): T {
    const list = values as unknown[];
    for (let last = list.length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      const moved = list[last];
      list[last] = list[other];
      list[other] = moved;
    }
    return values;
  }

  /**
   * A dropout mask maker: values are 0 with probability `rate` (to a 256th) and 1 / (1 - rate) otherwise, which keeps
   * the mean. Masks are windows, at random places, of a pool drawn once: making them costs nothing, where a generator
   * run for every element would take several percent of a training step. The same on every backend.
   */
  dropoutMasks(rate: number): (size: number) => Float32Array {
    const dropped = Math.round(rate * 256);
    const kept = 256 / (256 - dropped);
    let pool = new Float32Array(0);
    return (size) => {
      if (pool.length < MASK_POOL + size) {
        pool = new Float32Array(MASK_POOL + size).map(() => (this.bits() >>> 24 < dropped ? 0 : kept));
      }
      const start = this.integer(MASK_POOL);
      return pool.subarray(start, start + size);
    };
  }
}
