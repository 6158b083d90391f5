import { countUntil, type ReplicaView } from "@palate/recipe";
import { ageFeature, countFeature, layoutOf, type FeatureLayout, type FeatureSpace } from "./feature-space.js";
import { pastOf, type PastOfAction } from "./past.js";
import type { SparseVector } from "./sparse-vector.js";

/** Newest items of a history that are encoded, and the decay of the weight from one to the next older one. */
const HISTORY = 20;
const DECAY = 0.9;

/**
 * Precision of the prior of a user's readiness. The readiness is the step of Newton's method from 0 for an intercept of the
 * user's own, with a normal prior of variance 1 / this.
 */
const PRIOR_PRECISION = 3;

const DAY = 86_400;

/** The data that an encoder reads: a live replica, or training data in the same form. */
export type Sources = Pick<ReplicaView, "history" | "itemId" | "itemAttribute" | "userAttribute" | "actions">;

/** What a user did about each action up to a moment. */
export interface UserPast {
  readonly moment: number;
  readonly past: ReadonlyMap<number, PastOfAction>;
}

/** Probability that a user takes an action, predicted from everything except what they did about actions before. */
export type Expected = (action: number) => number;

/** Positions of replica indices in a list of ids; each is looked up once. */
class Positions {
  readonly #known: ReadonlyMap<string, number>;
  #positions = new Int32Array(0);

  constructor(ids: readonly string[]) {
    this.#known = new Map(ids.map((id, position) => [id, position]));
  }

  /** Position of an index, or -1. */
  of(index: number, idOf: (index: number) => string): number {
    if (index >= this.#positions.length) {
      const more = new Int32Array(2 * index + 64).fill(-2);
      more.set(this.#positions);
      this.#positions = more;
    }
    if (this.#positions[index] === -2) this.#positions[index] = this.#known.get(idOf(index)) ?? -1;
    return this.#positions[index]!;
  }
}

/**
 * Turns users, actions and moments into features. Training and serving use the same encoder, and it only reads what happened
 * up to the moment, so serving sees the features that the model was fitted on.
 */
export class Encoder {
  /** Where each kind of feature begins. */
  readonly layout: FeatureLayout;
  readonly #sources: Sources;
  readonly #rates: Float32Array;
  readonly #rate: number;
  readonly #items: Positions;
  readonly #actions: Positions;

  /**
   * @param rates share of the occasions on which each action of the space is taken, above 0 and below 1
   * @param rate the same over all actions
   */
  constructor(space: FeatureSpace, rates: Float32Array, rate: number, sources: Sources) {
    this.layout = layoutOf(space);
    this.#sources = sources;
    this.#rates = rates;
    this.#rate = rate;
    this.#items = new Positions(space.items);
    this.#actions = new Positions(space.actions);
  }

  /** Place of an action in the feature space, or -1 for one that was not there at training. */
  placeOf(action: number): number {
    const { actions } = this.#sources;
    return this.#actions.of(action, (index) => actions.idOf(index));
  }

  /** Logit of the share of the occasions on which an action is taken: all that is known without knowing the user. */
  averageOf(action: number): number {
    const rate = this.#rates[this.placeOf(action)] ?? this.#rate;
    return Math.log(rate / (1 - rate));
  }

  /**
   * Adds what is known of a user at a moment, but for what they did about actions.
   * @param user replica index; -1 for an unknown user
   * @param moment Unix time in seconds; what happened at it counts, what happened later does not
   */
  user(user: number, moment: number, out: SparseVector): void {
    const { layout } = this;
    const days = Math.floor(moment / DAY);
    out.add(layout.clock + Math.floor((moment - days * DAY) / (3 * 3_600)), 1);
    out.add(layout.clock + 8 + ((((days + 4) % 7) + 7) % 7), 1);
    if (user >= 0)
      for (const column of layout.userColumns) column.add(this.#sources.userAttribute(user, column.name), 1, out);
    this.#history(user, moment, out);
  }

  #history(user: number, moment: number, out: SparseVector): void {
    const { layout } = this;
    const { items, timestamps } = this.#sources.history(user);
    const length = countUntil(timestamps, moment);
    out.add(layout.historyLength + countFeature(length), 1);
    out.add(layout.historyAge + ageFeature(length === 0 ? Infinity : moment - timestamps[length - 1]!), 1);
    const used = Math.min(HISTORY, length);
    // The weights of a full or short history sum to 1.
    let weight = (1 - DECAY) / (1 - DECAY ** used);
    for (let rank = 0; rank < used; rank++, weight *= DECAY) {
      const item = items[length - 1 - rank]!;
      const position = this.#items.of(item, (index) => this.#sources.itemId(index));
      if (position >= 0) out.add(layout.items + position, weight);
      for (const column of layout.itemColumns) column.add(this.#sources.itemAttribute(item, column.name), weight, out);
    }
  }

  /** Adds features of what a user did about actions, and returns it. */
  past(user: number, moment: number, expected: Expected, out: SparseVector): UserPast {
    const { layout } = this;
    const { actions } = this.#sources;
    const past = user < 0 ? new Map<number, PastOfAction>() : pastOf(actions.history(user), moment);
    let occasions = 0;
    let surprise = 0;
    let variance = PRIOR_PRECISION;
    for (const [action, one] of past) {
      const p = expected(action);
      occasions += one.occasions;
      surprise += one.taken - one.occasions * p;
      variance += one.occasions * p * (1 - p);
    }
    out.add(layout.occasions + countFeature(occasions), 1);
    if (occasions > 0) out.add(layout.readiness, surprise / variance);
    const scale = 1 / Math.sqrt(Math.max(1, occasions));
    for (const [action, one] of past) {
      const position = this.placeOf(action);
      if (position < 0) continue;
      if (one.taken > 0) out.add(layout.taken + position, one.taken * scale);
      if (one.occasions > one.taken) out.add(layout.declined + position, (one.occasions - one.taken) * scale);
    }
    return { moment, past };
  }

  /** Adds features of what a user did about one action. */
  pair({ moment, past }: UserPast, action: number, expected: Expected, out: SparseVector): void {
    const { layout } = this;
    const one = past.get(action);
    out.add(layout.pairOccasions + countFeature(one?.occasions ?? 0), 1);
    out.add(layout.pairSinceTaken + countFeature(one?.sinceTaken ?? 0), 1);
    out.add(layout.pairAge + ageFeature(moment - (one?.lastAt ?? -Infinity)), 1);
    out.add(layout.pairTaken + countFeature(one?.taken ?? 0), 1);
    out.add(layout.pairTakenAge + ageFeature(moment - (one?.lastTakenAt ?? -Infinity)), 1);
    out.add(layout.pairOutcome + (one === undefined ? 3 : one.lastOutcome), 1);
    if (one === undefined) return;
    const p = expected(action);
    const variance = PRIOR_PRECISION + one.occasions * p * (1 - p);
    out.add(layout.pairReadiness, (one.taken - one.occasions * p) / variance);
  }

  /** Adds features of an action. */
  action(action: number, out: SparseVector): void {
    const { layout } = this;
    out.add(layout.anyAction, 1);
    const position = this.placeOf(action);
    if (position >= 0) out.add(layout.actions + position, 1);
    for (const column of layout.actionColumns) column.add(this.#sources.actions.attribute(action, column.name), 1, out);
  }
}
