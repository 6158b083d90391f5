import type { ItemBinding } from "../recipe/index.js";
import { selectTop, SimdArena, type Region, type Top } from "../tensor/index.js";

/** Lanes of the kernels, which work on whole groups of so many scores. */
const LANES = 4;

/**
 * The scores of all items for one query, where the SIMD kernels can reach them: made into a list and into shares without
 * looking at items one by one.
 */
export class ScoreList {
  #arena = new SimdArena(0);
  #region: Region<Float32Array> = this.#arena.float32(0);
  #count = 0;

  /** Room for the scores of so many items, to be written; what was there before is lost. */
  room(count: number): Float32Array {
    if (this.#region.view.length < count) {
      // Some more than needed, so that a stream of new items does not make room for each.
      const capacity = Math.ceil((count * 1.1) / LANES + 64) * LANES;
      this.#arena = new SimdArena(SimdArena.bytes(capacity, 4));
      this.#region = this.#arena.float32(capacity);
    }
    this.#count = count;
    return this.#region.view.subarray(0, count);
  }

  /**
   * Leaves items out: their scores become -Infinity.
   * @param excluded marks by replica index, at least as long as the replica's items
   */
  leaveOut(excluded: Uint8Array, binding: ItemBinding): void {
    const scores = this.#region.view;
    const drop = (replicaItem: number): void => {
      const own = binding.modelIndex(replicaItem);
      if (own >= 0 && own < this.#count) scores[own] = -Infinity;
    };
    // Marks are rare as a rule: four at a time are looked at.
    const lead = Math.min(excluded.length, (4 - (excluded.byteOffset % 4)) % 4);
    const words = new Uint32Array(excluded.buffer, excluded.byteOffset + lead, (excluded.length - lead) >> 2);
    for (let item = 0; item < lead; item++) if (excluded[item] !== 0) drop(item);
    for (let word = 0; word < words.length; word++) {
      if (words[word] === 0) continue;
      const from = lead + 4 * word;
      for (let item = from; item < from + 4; item++) if (excluded[item] !== 0) drop(item);
    }
    for (let item = lead + 4 * words.length; item < excluded.length; item++) if (excluded[item] !== 0) drop(item);
    for (const own of binding.absent) if (own < this.#count) scores[own] = -Infinity;
  }

  /** The best items that are not left out, at most `limit`. */
  top(limit: number): Top {
    const { indices, scores } = selectTop(this.#region.view.subarray(0, this.#count), limit);
    let length = scores.length;
    while (length > 0 && scores[length - 1] === -Infinity) length--;
    return { indices: indices.subarray(0, length), scores: scores.subarray(0, length) };
  }

  /**
   * Scores as shares of everything that is not left out, which sum to 1 over it: a softmax, as at Amazon Personalize.
   * @param best what `top` gave
   * @param sharpness what scores are multiplied by
   */
  sharesOf({ scores: best }: Top, sharpness: number): Float32Array {
    const largest = best[0] ?? 0;
    const whole = Math.ceil(this.#count / LANES) * LANES;
    this.#region.view.fill(-Infinity, this.#count, whole);
    const sum = this.#arena.kernels.sumExponentials(this.#region.pointer, whole, sharpness, largest);
    return best.map((score) => Math.exp(sharpness * (score - largest)) / sum);
  }
}
