import type { MixerScorer } from "./mixer-scorer.js";
import type { UserHistory } from "./position-context.js";
import type { HeldOut } from "./sequences.js";
import { historyOf } from "./sequences.js";
import type { Ridge } from "./ridge.js";

/** How the network and the ridge are added up: `log_softmax(network) * network + ridge * z(ridge)`. */
export interface Blend {
  /** 1, or 0 to leave the network out. */
  readonly network: 0 | 1;
  /** Weight of the ridge's scores, standardised over the catalogue. */
  readonly ridge: number;
}

/** The ridge by itself. */
export const RIDGE_ONLY: Blend = { network: 0, ridge: 1 };

/** The blends that validation chooses from; the ridge weighs most while the network is young. */
const BLENDS: readonly Blend[] = [
  ...[0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.9].map((ridge) => ({ network: 1, ridge }) as const),
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
  readonly sharpness: number;
}

/** The sharpness of a ridge that nothing was measured with: about what is measured on most data. */
export const UNMEASURED_SHARPNESS = 0.4;
const SHARPNESS = [0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1, 1.25];
/** Users that the sharpness is chosen on. */
const SHARPNESS_USERS = 300;

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

/** Measures blends on held-out interactions; the ridge's part is computed once. */
export class BlendValidation {
  /** The held-out users' histories before the held-out item, in the order of its users; none is empty. */
  readonly histories: readonly UserHistory[];
  readonly #moments: Float64Array;
  readonly #targets: Int32Array;
  readonly #itemCount: number;
  readonly #standardised: Float32Array;

  /** @param ridge fitted without the held-out interactions */
  constructor({ training, users, targets, moments }: HeldOut, ridge: Ridge) {
    const { itemCount } = training;
    this.#targets = targets;
    this.#moments = moments;
    this.#itemCount = itemCount;
    this.histories = Array.from(users, (user) => historyOf(training, user));
    this.#standardised = new Float32Array(users.length * itemCount);
    this.histories.forEach((history, at) => {
      const row = this.#standardised.subarray(at * itemCount, (at + 1) * itemCount);
      ridge.scoreInto(history.items, row);
      standardise(row);
    });
  }

  /**
   * The best blend and its quality.
   * @param mixer the network to blend with; without it the ridge alone is measured
   * @param always whether the network is to take part even where the ridge alone does better
   */
  measure(mixer?: MixerScorer, always = false): Validation {
    const logits = mixer && this.#logitsOf(mixer);
    const blends = !logits ? [RIDGE_ONLY] : always ? BLENDS.filter(({ network }) => network === 1) : BLENDS;
    const users = this.histories.length;
    const halves = [0, 1].map(() => ({
      hits: new Float64Array(blends.length),
      gains: new Float64Array(blends.length),
    }));
    const width = this.#itemCount;
    const seen = new Uint8Array(width);
    for (let at = 0; at < users; at++) {
      const target = this.#targets[at]!;
      for (const item of this.histories[at]!.items) seen[item] = 1;
      // Also keeps the target from being compared with itself, which ties, being counted against it, would add.
      seen[target] = 1;
      const z = this.#standardised.subarray(at * width, (at + 1) * width);
      const l = logits?.subarray(at * width, (at + 1) * width) ?? z;
      const { hits, gains } = halves[at % 2]!;
      blends.forEach(({ network, ridge }, blend) => {
        const bar = network * l[target]! + ridge * z[target]!;
        let ahead = 0;
        for (let item = 0; item < width && ahead < 10; item++) {
          if (network * l[item]! + ridge * z[item]! >= bar && seen[item] === 0) ahead++;
        }
        if (ahead < 10) {
          hits[blend]! += 1;
          gains[blend]! += 1 / Math.log2(ahead + 2);
        }
      });
      for (const item of this.histories[at]!.items) seen[item] = 0;
      seen[target] = 0;
    }
    const [even, odd] = halves as [(typeof halves)[0], (typeof halves)[0]];
    const [bestOfEven, bestOfOdd] = [indexOfMost(even.gains), indexOfMost(odd.gains)];
    const best = indexOfMost(even.gains.map((gain, blend) => gain + odd.gains[blend]!));
    const share = (sum: number): number => (users === 0 ? 0 : sum / users);
    const blend = blends[best]!;
    const sharpness = this.#sharpness(blend, logits);
    const hitRate10 = share(even.hits[bestOfOdd]! + odd.hits[bestOfEven]!);
    const ndcg10 = share(even.gains[bestOfOdd]! + odd.gains[bestOfEven]!);
    return { users, hitRate10, ndcg10, blend, sharpness };
  }

  /** The network's logits after each of `histories`, one row each. */
  #logitsOf(mixer: MixerScorer): Float32Array {
    const width = this.#itemCount;
    const logits = new Float32Array(this.histories.length * width);
    this.histories.forEach((history, at) =>
      mixer.logitsInto(mixer.userState(history, this.#moments[at]!), logits.subarray(at * width, (at + 1) * width)),
    );
    return logits;
  }

  /** The sharpness with the highest likelihood of the held-out items among those that the user has not had. */
  #sharpness({ network, ridge }: Blend, logits?: Float32Array): number {
    const width = this.#itemCount;
    const likelihood = new Float64Array(SHARPNESS.length);
    const scores = new Float32Array(width);
    for (let at = 0; at < Math.min(SHARPNESS_USERS, this.histories.length); at++) {
      const target = this.#targets[at]!;
      for (let item = 0; item < width; item++) {
        const index = at * width + item;
        scores[item] = (logits ? network * logits[index]! : 0) + ridge * this.#standardised[index]!;
      }
      const own = scores[target]!;
      for (const item of this.histories[at]!.items) scores[item] = -Infinity;
      scores[target] = own;
      let largest = -Infinity;
      for (const score of scores) if (score > largest) largest = score;
      SHARPNESS.forEach((sharpness, k) => {
        let sum = 0;
        for (const score of scores) sum += Math.exp(sharpness * (score - largest));
        likelihood[k]! += sharpness * (own - largest) - Math.log(sum);
      });
    }
    return this.histories.length === 0 ? UNMEASURED_SHARPNESS : SHARPNESS[likelihood.indexOf(Math.max(...likelihood))]!;
  }
}

/** Where the largest value is; the first of equal ones. */
function indexOfMost(values: Float64Array): number {
  return values.indexOf(Math.max(...values));
}
