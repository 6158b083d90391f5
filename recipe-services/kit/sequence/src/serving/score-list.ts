import { selectTop, SimdArena, type CoarseScan, type Region, type Top } from "@palate/numeric";
import type { ItemBinding } from "@palate/recipe";
import type { Logits } from "../model/sequence-model.js";

/** Lanes of the kernels, which work on whole groups of so many scores. */
const LANES = 4;
/** Marks of excluded items that are tested together: four words of four. */
const MARKS = 16;

/**
 * The scores of all items for one query, where the SIMD kernels can reach them: they make the best list and its
 * probabilities without a loop over items in JavaScript.
 */
export class ScoreList {
  readonly #coarse: CoarseScan | undefined;
  #arena: SimdArena;
  #region: Region<Float32Array>;
  #count = 0;
  /** Whether the last list was made without the exact scores of all items. */
  #isCoarse = false;

  /** @param coarse finds the items with the largest logits, if they are so many that looking at all would take long */
  constructor(coarse?: CoarseScan) {
    this.#coarse = coarse;
    this.#arena = coarse?.arena ?? new SimdArena(0);
    this.#region = coarse?.offsets ?? this.#arena.float32(0);
  }

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
   * Excludes items: their scores become -Infinity.
   * @param excluded marks by replica index, at least as long as the replica's items
   */
  exclude(excluded: Uint8Array, binding: ItemBinding): void {
    const scores = this.#region.view;
    const drop = (replicaItem: number): void => {
      const own = binding.modelIndex(replicaItem);
      if (own >= 0 && own < this.#count) scores[own] = -Infinity;
    };
    // Marks are rare as a rule, so sixteen are tested at a time.
    const lead = Math.min(excluded.length, (4 - (excluded.byteOffset % 4)) % 4);
    const groups = Math.floor((excluded.length - lead) / MARKS);
    const words = new Int32Array(excluded.buffer, excluded.byteOffset + lead, (groups * MARKS) / 4);
    for (let item = 0; item < lead; item++) if (excluded[item] !== 0) drop(item);
    for (let group = 0, word = 0; group < groups; group++, word += 4) {
      if ((words[word]! | words[word + 1]! | words[word + 2]! | words[word + 3]!) === 0) continue;
      const from = lead + MARKS * group;
      for (let item = from; item < from + MARKS; item++) if (excluded[item] !== 0) drop(item);
    }
    for (let item = lead + MARKS * groups; item < excluded.length; item++) if (excluded[item] !== 0) drop(item);
    for (const own of binding.absent) if (own < this.#count) scores[own] = -Infinity;
  }

  /**
   * The best items that are not excluded, at most `limit`.
   * @param logits what is still to be added to the scores
   */
  top(limit: number, logits?: Logits): Top {
    const scores = this.#region.view.subarray(0, this.#count);
    const found = logits && this.#coarse?.best(logits.state, this.#count, limit, logits.of);
    this.#isCoarse = found !== undefined;
    if (found) return found;
    logits?.addTo(scores);
    return withoutExcluded(selectTop(scores, limit));
  }

  /**
   * The probabilities of the best items: a softmax over all that are not excluded, as at Amazon Personalize.
   * @param best what `top` gave
   * @param inverseTemperature what scores are multiplied by
   */
  probabilitiesOf({ scores: best }: Top, inverseTemperature: number): Float32Array {
    const largest = best[0] ?? 0;
    const sum = this.#sum(inverseTemperature, largest);
    return best.map((score) => Math.exp(inverseTemperature * (score - largest)) / sum);
  }

  /** log Σ exp(inverseTemperature · score) over all items that are not excluded: the logarithm of the softmax's denominator. */
  logOfSum(inverseTemperature: number, logits?: Logits): number {
    const [largest = 0] = this.top(1, logits).scores;
    return inverseTemperature * largest + Math.log(this.#sum(inverseTemperature, largest));
  }

  /** Σ exp(inverseTemperature · (score - largest)) over what `top` chose from. */
  #sum(inverseTemperature: number, largest: number): number {
    if (this.#isCoarse) return this.#coarse!.sumExponentials(inverseTemperature, largest);
    const whole = Math.ceil(this.#count / LANES) * LANES;
    this.#region.view.fill(-Infinity, this.#count, whole);
    return this.#arena.kernels.sumExponentials(this.#region.pointer, whole, inverseTemperature, largest);
  }
}

function withoutExcluded({ indices, scores }: Top): Top {
  let length = scores.length;
  while (length > 0 && scores[length - 1] === -Infinity) length--;
  return { indices: indices.subarray(0, length), scores: scores.subarray(0, length) };
}
