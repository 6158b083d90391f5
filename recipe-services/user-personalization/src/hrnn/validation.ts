import { Random, selectTop } from "@palate/numeric";
import { normalizedDiscountedCumulativeGain } from "@palate/recipe";
import { historyOf, standardise, type Ridge, type Sequences } from "@palate/sequence";
import type { HrnnBlend, HrnnHistory, HrnnModel } from "./hrnn-model.js";

/** Users whose newest interactions are held out, and the held-out items. */
export interface NewestTenth {
  /** The sequences without the held-out interactions. */
  readonly training: Sequences;
  /** Ascending. */
  readonly users: Int32Array;
  /** The distinct held-out items of each of `users`, in order. */
  readonly truths: readonly Int32Array[];
}

/** Share of all interactions that may be held out, unless that are very few. */
const HELD_SHARE = 0.03;
const MIN_USERS = 50;
const MAX_USERS = 3000;
/** Interactions held out of one user at most. */
const MAX_PER_USER = 20;
/** Scores that may be kept of all users together. */
const MAX_FLOATS = 3e7;

/**
 * Holds out the newest tenth, at least one interaction, of random users with at least two, as Amazon Personalize splits data for its
 * metrics.
 */
export function holdOutNewest(sequences: Sequences, seed: number): NewestTenth {
  const { userCount, itemCount, offsets, items, times } = sequences;
  const eligible = Int32Array.from({ length: userCount }, (_, user) => user).filter(
    (user) => offsets[user + 1]! - offsets[user]! >= 2,
  );
  const affordable = Math.max(1, Math.min(MAX_USERS, Math.floor(MAX_FLOATS / Math.max(1, itemCount))));
  const budget = HELD_SHARE * items.length;
  const held = new Int32Array(userCount);
  let taken = 0;
  let chosen = 0;
  for (const user of new Random(seed).shuffle(eligible)) {
    if (chosen >= affordable || (taken >= budget && chosen >= MIN_USERS)) break;
    held[user] = Math.min(MAX_PER_USER, Math.ceil((offsets[user + 1]! - offsets[user]!) / 10));
    taken += held[user]!;
    chosen++;
  }
  const newOffsets = new Int32Array(userCount + 1);
  const keep: number[] = [];
  const users: number[] = [];
  const truths: Int32Array[] = [];
  for (let user = 0; user < userCount; user++) {
    const end = offsets[user + 1]! - held[user]!;
    for (let at = offsets[user]!; at < end; at++) keep.push(at);
    newOffsets[user + 1] = keep.length;
    if (held[user] === 0) continue;
    users.push(user);
    truths.push(Int32Array.from(new Set(items.subarray(end, offsets[user + 1]))));
  }
  const training: Sequences = {
    userCount,
    itemCount,
    offsets: newOffsets,
    items: Int32Array.from(keep, (at) => items[at]!),
    ...(times && { times: Float64Array.from(keep, (at) => times[at]!) }),
  };
  return { training, users: Int32Array.from(users), truths };
}

/** Quality on the held-out interactions, ranking the whole catalogue except the user's other items. */
export interface HrnnValidation {
  readonly ndcg10: number;
  /** The best blend, which the figure is of. */
  readonly blend: HrnnBlend;
  /** The factor on its scores before a softmax that makes the held-out items most likely. */
  readonly inverseTemperature: number;
}

/** The inverse temperature of a model that was not validated. */
export const UNMEASURED_INVERSE_TEMPERATURE = 0.4;
const INVERSE_TEMPERATURES = [0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1, 1.25];
const MAX_TEMPERATURE_USERS = 300;
const RIDGE_WEIGHTS = [0, 0.1, 0.2, 0.3, 0.45, 0.6, 0.9, 1.4, 2.2];
const TASTE_WEIGHTS = [0, 0.15];

/** The blends that validation chooses from. */
function blendsOf(model: HrnnModel): HrnnBlend[] {
  const tastes = model.parts.taste ? TASTE_WEIGHTS : [0];
  const closed = tastes.map((taste) => ({ network: 0, ridge: 1, taste }) as const);
  if (model.parts.gru === undefined) return closed;
  const all = RIDGE_WEIGHTS.flatMap((ridge) => tastes.map((taste) => ({ network: 1, ridge, taste }) as const));
  return [...all, ...closed];
}

/** A model, and what the metadata of its users adds to the inputs of the network. */
interface MeasuredModel {
  readonly model: HrnnModel;
  readonly vectorOf: (user: number) => Float32Array | undefined;
}

/** Measures blends of a model's parts on held-out interactions; the closed form's part is computed once. */
export class BlendMeasure {
  readonly #held: NewestTenth;
  /** The closed form's standardised scores, one row for each user. */
  readonly #closed: Float32Array;
  readonly #itemCount: number;
  /** Scores of the user being visited, and 1 at the items of their history. */
  readonly #scores: Float32Array;
  readonly #seen: Uint8Array;

  /** @param ridge the closed form of the models to measure, fitted without the held-out interactions */
  constructor(held: NewestTenth, ridge: Ridge) {
    const { itemCount } = held.training;
    this.#held = held;
    this.#itemCount = itemCount;
    this.#scores = new Float32Array(itemCount);
    this.#seen = new Uint8Array(itemCount);
    this.#closed = new Float32Array(held.users.length * itemCount);
    held.users.forEach((user, at) => {
      const row = this.#closed.subarray(at * itemCount, (at + 1) * itemCount);
      ridge.scoreInto(historyOf(held.training, user).items, row);
      standardise(row);
    });
  }

  /**
   * The blend that does best, and how well.
   * @param vectorOf what a user's metadata adds to the network's inputs, where it takes part
   */
  measure(model: HrnnModel, vectorOf: (user: number) => Float32Array | undefined): HrnnValidation {
    const { users } = this.#held;
    const blends = blendsOf(model);
    const [scores, seen] = [this.#scores, this.#seen];
    const gains = new Float64Array(blends.length);
    const measured = { model, vectorOf };
    users.forEach((_, at) =>
      this.#visit(at, measured, blends, (blend, truth) => {
        const hits = Array.from(selectTop(scores, 10, seen).indices, (item) => truth.includes(item));
        gains[blend]! += normalizedDiscountedCumulativeGain(hits, truth.length, 10);
      }),
    );
    const best = gains.indexOf(Math.max(...gains));
    const blend = blends[best]!;
    const likelihoods = new Float64Array(INVERSE_TEMPERATURES.length);
    let count = 0;
    for (let at = 0; at < Math.min(MAX_TEMPERATURE_USERS, users.length); at++)
      this.#visit(at, measured, [blend], (_, truth) => {
        if (seen[truth[0]!] !== 0) return;
        addLikelihoods(likelihoods, scores, seen, truth[0]!);
        count++;
      });
    return {
      ndcg10: users.length === 0 ? 0 : gains[best]! / users.length,
      blend,
      inverseTemperature:
        count === 0
          ? UNMEASURED_INVERSE_TEMPERATURE
          : INVERSE_TEMPERATURES[likelihoods.indexOf(Math.max(...likelihoods))]!,
    };
  }

  /** Scores one user with each of the blends, one after the other, into `#scores`, with the items of the history marked in `#seen`. */
  #visit(
    at: number,
    { model, vectorOf }: MeasuredModel,
    blends: readonly HrnnBlend[],
    use: (blend: number, truth: Int32Array) => void,
  ): void {
    const [scores, seen] = [this.#scores, this.#seen];
    const { training, users, truths } = this.#held;
    const { gru } = model.parts;
    const itemCount = this.#itemCount;
    const user = users[at]!;
    const { items, times } = historyOf(training, user);
    const history: HrnnHistory = { items, times: times ?? new Float64Array(items.length) };
    const logits = new Float32Array(gru ? model.count : 0);
    const state = gru && model.state(history, vectorOf(user));
    if (gru && state) gru.items.scoresInto(gru.query(state), logits);
    const z = this.#closed.subarray(at * itemCount, (at + 1) * itemCount);
    const content = model.contentScores(history);
    for (const item of items) seen[item] = 1;
    blends.forEach(({ network, ridge, taste }, blend) => {
      const other = network === 1 ? logits : model.ties;
      for (let item = 0; item < itemCount; item++) scores[item] = other[item]! + ridge * z[item]!;
      if (content && taste > 0) for (let item = 0; item < itemCount; item++) scores[item]! += taste * content[item]!;
      use(blend, truths[at]!);
    });
    for (const item of items) seen[item] = 0;
  }
}

/** Adds the log-likelihood of the right item, among those not seen, for each inverse temperature. */
function addLikelihoods(sums: Float64Array, scores: Float32Array, seen: Uint8Array, right: number): void {
  let largest = -Infinity;
  for (let item = 0; item < scores.length; item++) if (seen[item] === 0) largest = Math.max(largest, scores[item]!);
  INVERSE_TEMPERATURES.forEach((inverseTemperature, k) => {
    let sum = 0;
    for (let item = 0; item < scores.length; item++)
      if (seen[item] === 0) sum += Math.exp(inverseTemperature * (scores[item]! - largest));
    sums[k]! += inverseTemperature * (scores[right]! - largest) - Math.log(sum);
  });
}
