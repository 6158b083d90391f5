import { breathe } from "@palate/numeric";
import { logPopularity } from "../network/mixer-parameters.js";
import type { NetworkScorer } from "../network/network-scorer.js";
import type { Ridge } from "../ridge/ridge.js";
import type { UserHistory } from "../sequences/user-history.js";
import { historyBefore, type HeldOut } from "../sequences/sequences.js";
import { ScoreRows } from "./score-rows.js";

/**
 * How the network and the ridge are added up: `log_softmax(network) * network + ridge * z(ridge)`; items whose scores by the
 * ridge alone are equal are in the order of their popularity.
 */
export interface Blend {
  /** 1, or 0 to leave the network out. */
  readonly network: 0 | 1;
  /** Weight of the ridge's scores, standardised over the catalogue. */
  readonly ridge: number;
}

/** The ridge by itself. */
export const RIDGE_ONLY: Blend = { network: 0, ridge: 1 };

/**
 * Factor on the centred logarithms of the items' counts that stand for logits where no network takes part: little enough to
 * change no other order, it puts items of which the ridge knows nothing in the order of their popularity.
 */
export const TIE_BREAK = 1e-4;

/** The blends that validation chooses from; the ridge weighs most while the network is young. */
const BLENDS: readonly Blend[] = [
  ...[0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.9, 1.4, 2.2, 3.5].map((ridge) => ({ network: 1, ridge }) as const),
  RIDGE_ONLY,
];

/** Quality on held-out last interactions: the whole catalogue ranked, the user's other items left out. */
export interface Validation {
  /** Users it was measured on. */
  readonly users: number;
  /**
   * Share of users whose held-out item is among the first ten. Like `ndcg10` it is cross-fitted: each half of the users
   * is measured with the blend that does best on the other half, so that having a choice of blends is no advantage.
   */
  readonly hitRate10: number;
  readonly ndcg10: number;
  /** The blend that did best, which these figures are of. */
  readonly blend: Blend;
  /**
   * What the blend's scores are to be multiplied by before a softmax over the items that may be recommended, so that
   * the shares are as probable as they say: the one of a few that makes the held-out items most likely.
   */
  readonly inverseTemperature: number;
}

/** The inverseTemperature of a ridge that nothing was measured with: about what is measured on most data. */
export const UNMEASURED_INVERSE_TEMPERATURE = 0.4;
const INVERSE_TEMPERATURES = [0.01, 0.02, 0.03, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1, 1.25];
/** Users that the inverseTemperature is chosen on, at most and at least; and how many scores of theirs are looked at, about. */
const [MAX_TEMPERATURE_USERS, MIN_TEMPERATURE_USERS] = [300, 50];
const MAX_TEMPERATURE_SCORES = 1e7;
/** Scores that are worked on before others have the processor: some hundredths of a second. */
const BREATHE_EVERY = 2e6;

/** Replaces scores by their z-scores over the catalogue, in place; all zeros if they are all the same. */
export function standardise(scores: Float32Array): Float32Array {
  let mean = 0;
  for (const score of scores) mean += score;
  mean /= scores.length;
  let variance = 0;
  for (const score of scores) variance += (score - mean) ** 2;
  const deviation = Math.sqrt(variance / scores.length);
  if (!(deviation > 0)) return scores.fill(0);
  for (let at = 0; at < scores.length; at++) scores[at] = (scores[at]! - mean) / deviation;
  return scores;
}

/**
 * Discounted gain of the target's place by `first + weight * second` if it is among the first ten, otherwise 0. Equal scores
 * count against it.
 * @param seen not 0 at items that are left out, the target among them lest it be compared with itself
 */
export function gainAmongTen(
  target: number,
  first: Float32Array,
  weight: number,
  second: Float32Array,
  seen: Uint8Array,
): number {
  const bar = first[target]! + weight * second[target]!;
  let ahead = 0;
  for (let item = 0; item < first.length && ahead < 10; item++) {
    if (first[item]! + weight * second[item]! >= bar && seen[item] === 0) ahead++;
  }
  return ahead < 10 ? 1 / Math.log2(ahead + 2) : 0;
}

/** Measures blends on held-out interactions; the ridge's part is computed once. */
export class BlendValidation {
  /** The held-out users' histories before the held-out item, in the order of its users; none is empty. */
  readonly histories: readonly UserHistory[];
  readonly #moments: Float64Array;
  readonly #targets: Int32Array;
  readonly #itemCount: number;
  readonly #ridge: ScoreRows;
  /** What stands for logits without a network. */
  readonly #ties: Float32Array;
  readonly #signal: AbortSignal | undefined;

  private constructor(heldOut: HeldOut, ridge: ScoreRows, signal?: AbortSignal) {
    const { training, users, targets, moments } = heldOut;
    this.#targets = targets;
    this.#moments = moments;
    this.#itemCount = training.itemCount;
    this.histories = Array.from(users, (_, place) => historyBefore(heldOut, place));
    this.#ridge = ridge;
    this.#ties = logPopularity(training.items, training.itemCount).map((value) => TIE_BREAK * value);
    this.#signal = signal;
  }

  /**
   * @param ridge fitted without the held-out interactions
   * @param signal stops this and what is measured later
   */
  static async of(heldOut: HeldOut, ridge: Ridge, signal?: AbortSignal): Promise<BlendValidation> {
    const rows = new ScoreRows();
    const validation = new BlendValidation(heldOut, rows, signal);
    const scores = new Float32Array(heldOut.training.itemCount);
    for (const [at, { items }] of validation.histories.entries()) {
      ridge.scoreInto(items, scores);
      const unscored = scores.indexOf(0);
      standardise(scores);
      rows.add(scores, unscored < 0 ? 0 : scores[unscored]!);
      await validation.#breathe(at);
    }
    return validation;
  }

  /**
   * The best blend and its quality.
   * @param mixer the network to blend with; without it the ridge alone is measured
   * @param always whether the network is to take part even where the ridge alone does better
   * @throws the signal's reason when stopped
   */
  async measure(mixer?: NetworkScorer, always = false): Promise<Validation> {
    const blends = !mixer ? [RIDGE_ONLY] : always ? BLENDS.filter(({ network }) => network === 1) : BLENDS;
    const users = this.histories.length;
    const halves = [0, 1].map(() => ({
      hits: new Float64Array(blends.length),
      gains: new Float64Array(blends.length),
    }));
    const width = this.#itemCount;
    const seen = new Uint8Array(width);
    const scratch = new Float32Array(width);
    const logits = mixer && new Float32Array(width);
    for (let at = 0; at < users; at++) {
      const target = this.#targets[at]!;
      for (const item of this.histories[at]!.items) seen[item] = 1;
      // Also keeps the target from being compared with itself, which ties, being counted against it, would add.
      seen[target] = 1;
      const z = this.#ridge.row(at, scratch);
      if (mixer) this.#logitsInto(mixer, at, logits!);
      const { hits, gains } = halves[at % 2]!;
      blends.forEach(({ network, ridge }, blend) => {
        const l = network === 1 ? logits! : this.#ties;
        const gain = gainAmongTen(target, l, ridge, z, seen);
        if (gain === 0) return;
        hits[blend]! += 1;
        gains[blend]! += gain;
      });
      for (const item of this.histories[at]!.items) seen[item] = 0;
      seen[target] = 0;
      await this.#breathe(at);
    }
    const [even, odd] = halves as [(typeof halves)[0], (typeof halves)[0]];
    const [bestOfEven, bestOfOdd] = [indexOfMost(even.gains), indexOfMost(odd.gains)];
    const best = indexOfMost(even.gains.map((gain, blend) => gain + odd.gains[blend]!));
    const share = (sum: number): number => (users === 0 ? 0 : sum / users);
    const blend = blends[best]!;
    const inverseTemperature = await this.#inverseTemperature(blend, mixer);
    const hitRate10 = share(even.hits[bestOfOdd]! + odd.hits[bestOfEven]!);
    const ndcg10 = share(even.gains[bestOfOdd]! + odd.gains[bestOfEven]!);
    return { users, hitRate10, ndcg10, blend, inverseTemperature };
  }

  /** The network's logits after the history at this place. */
  #logitsInto(mixer: NetworkScorer, at: number, logits: Float32Array): void {
    mixer.logitsInto(mixer.userState(this.histories[at]!, this.#moments[at]!), logits);
  }

  /** The inverseTemperature with the highest likelihood of the held-out items among those that the user has not had. */
  async #inverseTemperature({ network, ridge }: Blend, mixer?: NetworkScorer): Promise<number> {
    const width = this.#itemCount;
    const likelihood = new Float64Array(INVERSE_TEMPERATURES.length);
    const scores = new Float32Array(width);
    const scratch = new Float32Array(width);
    const affordable = Math.max(MIN_TEMPERATURE_USERS, Math.floor(MAX_TEMPERATURE_SCORES / Math.max(1, width)));
    for (let at = 0; at < Math.min(MAX_TEMPERATURE_USERS, affordable, this.histories.length); at++) {
      const target = this.#targets[at]!;
      const z = this.#ridge.row(at, scratch);
      if (mixer && network === 1) this.#logitsInto(mixer, at, scores);
      else scores.set(this.#ties);
      for (let item = 0; item < width; item++) scores[item] = scores[item]! + ridge * z[item]!;
      const own = scores[target]!;
      for (const item of this.histories[at]!.items) scores[item] = -Infinity;
      scores[target] = own;
      let largest = -Infinity;
      for (const score of scores) if (score > largest) largest = score;
      INVERSE_TEMPERATURES.forEach((inverseTemperature, k) => {
        let sum = 0;
        for (const score of scores) sum += Math.exp(inverseTemperature * (score - largest));
        likelihood[k]! += inverseTemperature * (own - largest) - Math.log(sum);
      });
      await this.#breathe(at, INVERSE_TEMPERATURES.length);
    }
    return this.histories.length === 0
      ? UNMEASURED_INVERSE_TEMPERATURE
      : INVERSE_TEMPERATURES[likelihood.indexOf(Math.max(...likelihood))]!;
  }

  /** Lets others have the processor now and then, between two users. */
  async #breathe(at: number, passes = 1): Promise<void> {
    const every = Math.max(1, Math.floor(BREATHE_EVERY / (passes * Math.max(1, this.#itemCount))));
    if (at % every === 0) await breathe(this.#signal);
  }
}

/** Where the largest value is; the first of equal ones. */
function indexOfMost(values: Float64Array): number {
  return values.indexOf(Math.max(...values));
}
