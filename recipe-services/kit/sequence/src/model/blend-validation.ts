import { yieldToEventLoop } from "@palate/numeric";
import { logPopularity } from "../network/mixer-parameters.js";
import type { NetworkScorer } from "../network/network-scorer.js";
import type { Ridge } from "../ridge/ridge.js";
import { historyBefore, type HeldOut } from "../sequences/sequences.js";
import type { UserHistory } from "../sequences/user-history.js";
import { gainAmongTen, RIDGE_ONLY, standardise, TIE_BREAK, type Blend } from "./blend.js";
import { ScoreRows } from "./score-rows.js";
import { INVERSE_TEMPERATURES, SoftmaxTemperature } from "./softmax-temperature.js";

/** The blends that validation chooses from. Early in training the ridge needs a large weight. */
const BLENDS: readonly Blend[] = [
  ...[0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.9, 1.4, 2.2, 3.5].map((ridge) => ({ network: 1, ridge }) as const),
  RIDGE_ONLY,
];

/** Quality on held-out last interactions, ranking the whole catalogue except the user's other items. */
export interface Validation {
  /** Number of users. */
  readonly users: number;
  /**
   * Share of users whose held-out item is among the first ten. Like `ndcg10` it is cross-fitted: each half of the users
   * is measured with the blend that is best on the other half, so that choosing among blends does not flatter the figures.
   */
  readonly hitRate10: number;
  readonly ndcg10: number;
  /** The best blend. */
  readonly blend: Blend;
  /**
   * The factor on the blend's scores before a softmax over the items that may be recommended, which makes calibrated probabilities
   * of them: of a few candidates the one with the highest likelihood of the held-out items.
   */
  readonly inverseTemperature: number;
}

/** Users that the inverse temperature is chosen on, at most and at least, and the scores of theirs that are computed, about. */
const [MAX_TEMPERATURE_USERS, MIN_TEMPERATURE_USERS] = [300, 50];
const MAX_TEMPERATURE_SCORES = 1e7;
/** Scores computed between two pauses: some hundredths of a second. */
const BREATHE_EVERY = 2e6;

/** Measures blends on held-out interactions; the ridge's part is computed once. */
export class BlendValidation {
  /** The histories of the held-out users before the held-out item; none is empty. */
  readonly histories: readonly UserHistory[];
  readonly #timestamps: Float64Array;
  readonly #targets: Int32Array;
  readonly #itemCount: number;
  readonly #ridge: ScoreRows;
  /** Takes the place of logits without a network. */
  readonly #ties: Float32Array;
  readonly #signal: AbortSignal | undefined;

  private constructor(heldOut: HeldOut, ridge: ScoreRows, signal?: AbortSignal) {
    const { training, users, targets, timestamps } = heldOut;
    this.#targets = targets;
    this.#timestamps = timestamps;
    this.#itemCount = training.itemCount;
    this.histories = Array.from(users, (_, index) => historyBefore(heldOut, index));
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
      await validation.#yieldToEventLoop(at);
    }
    return validation;
  }

  /**
   * The best blend and its quality.
   * @param mixer the network to blend with; without it the ridge alone is measured
   * @param always whether the network takes part even if the ridge alone is better
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
      // Ties count against the target: it must not be compared with itself.
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
      await this.#yieldToEventLoop(at);
    }
    const [even, odd] = halves as [(typeof halves)[0], (typeof halves)[0]];
    const [bestOfEven, bestOfOdd] = [argMax(even.gains), argMax(odd.gains)];
    const best = argMax(even.gains.map((gain, blend) => gain + odd.gains[blend]!));
    const share = (sum: number): number => (users === 0 ? 0 : sum / users);
    const blend = blends[best]!;
    const inverseTemperature = await this.#inverseTemperature(blend, mixer);
    const hitRate10 = share(even.hits[bestOfOdd]! + odd.hits[bestOfEven]!);
    const ndcg10 = share(even.gains[bestOfOdd]! + odd.gains[bestOfEven]!);
    return { users, hitRate10, ndcg10, blend, inverseTemperature };
  }

  /** The network's logits after the history of a user. */
  #logitsInto(mixer: NetworkScorer, at: number, logits: Float32Array): void {
    mixer.logitsInto(mixer.userState(this.histories[at]!, this.#timestamps[at]!), logits);
  }

  /** The inverse temperature with the highest likelihood of the held-out items, among items that are not in the history. */
  async #inverseTemperature({ network, ridge }: Blend, mixer?: NetworkScorer): Promise<number> {
    const width = this.#itemCount;
    const temperature = new SoftmaxTemperature();
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
      temperature.add(scores, target);
      await this.#yieldToEventLoop(at, INVERSE_TEMPERATURES.length);
    }
    return temperature.best();
  }

  /** Yields the processor now and then, between two users. */
  async #yieldToEventLoop(at: number, passes = 1): Promise<void> {
    const every = Math.max(1, Math.floor(BREATHE_EVERY / (passes * Math.max(1, this.#itemCount))));
    if (at % every === 0) await yieldToEventLoop(this.#signal);
  }
}

/** The index of the largest value; the first of equal ones. */
function argMax(values: Float64Array): number {
  return values.indexOf(Math.max(...values));
}
