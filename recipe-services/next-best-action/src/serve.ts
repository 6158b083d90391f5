import { betaDraw, fnv1a, Random } from "@palate/numeric";
import {
  actionEvent,
  ActionRules,
  Outcome,
  type ActionModel as ServedActionModel,
  type ActionQuery,
  type ActionsView,
  type Artifact,
  type RankedActions,
  type ItemSource,
  type ReplicaView,
} from "@palate/recipe";
import { fromArtifact, type ActionModel } from "./artifact.js";
import { calibrated } from "./calibration.js";
import { Encoder, type UserPast } from "./encoder.js";
import { sigmoid } from "./model.js";
import { Projector, type Projected } from "./projector.js";
import { SparseVector } from "./sparse-vector.js";

/** Propensities are rounded to a thousandth; between equal ones VALUE decides. */
const PRECISION = 1_000;

/** Strength, in occasions, of the model's prediction as the prior for an action with too few events. */
const EXPECTED_OCCASIONS = 4;

/** Time for which explored actions keep their draws, so that pages of an answer fit together. */
const DRAW_SECONDS = 3_600;

/** A user at a moment. */
interface Asked {
  readonly past: UserPast;
  /** The first step's prediction for an action, without the user's past with actions, as a logit. */
  readonly logit: (action: number) => number;
  readonly projected: Projected;
}

/** A fitted model on a live replica. */
export class NextBestAction implements ServedActionModel {
  readonly #model: ActionModel;
  readonly #replica: ReplicaView;
  readonly #encoder: Encoder;
  readonly #features: SparseVector;
  readonly #expectation: Projector;
  readonly #projector: Projector;
  readonly #rules: ActionRules;
  #marks = new Uint8Array(0);

  /** @throws PalateError `invalid_argument` on an artefact it cannot read */
  constructor(artifact: Artifact, replica: ReplicaView) {
    this.#model = fromArtifact(artifact);
    this.#replica = replica;
    const { space, rates, rate, expectation, factors } = this.#model;
    this.#encoder = new Encoder(space, rates, rate, replica);
    this.#features = new SparseVector(this.#encoder.layout.size);
    this.#expectation = new Projector(expectation, this.#encoder, replica.actions);
    this.#projector = new Projector(factors, this.#encoder, replica.actions);
    this.#rules = new ActionRules(replica.actions);
  }

  /** Whether an action had enough events at training for a propensity. */
  supports(action: number): boolean {
    return this.#model.supported[this.#encoder.placeOf(action)] === 1;
  }

  /** Probability that a user takes an action at a moment (Unix time in seconds), however few events the action has. */
  propensity(user: number, action: number, moment: number): number {
    return this.#propensity(this.#ask(user, moment), action);
  }

  /**
   * Actions by propensity, with VALUE as the tiebreaker, except for those that the query excludes, that have expired, or that
   * must not be repeated yet. Actions with too few events have propensity 0; they are ranked by a draw from the posterior of
   * their propensity (Thompson sampling; Chapelle and Li 2011), times the exploration weight.
   */
  recommendActions({ user, limit, excluded, timestamp, exploration }: ActionQuery): RankedActions {
    const view = this.#replica.actions;
    const { explorationWeight, ordering } = this.#model.serving;
    const weight = exploration ?? explorationWeight;
    const rules = this.#rules;
    if (this.#marks.length < view.count) this.#marks = new Uint8Array(2 * view.count);
    const marks = this.#marks.fill(0);
    rules.mark(view.history(user), timestamp, marks);
    const asked = this.#ask(user, timestamp);
    const found: { action: number; key: number; value: number; propensity: number; supported: boolean }[] = [];
    for (let action = 0; action < view.count; action++) {
      if (marks[action] === 1 || excluded[action] === 1) continue;
      const supported = this.supports(action);
      const propensity = this.#propensity(asked, action);
      const drawn = supported ? propensity : weight * this.#draw(user, action, propensity, timestamp, view);
      const value = rules.value(action);
      const worth = ordering === "expected_value" ? value || 1 : 1;
      const key = supported || weight > 0 ? Math.round(drawn * worth * PRECISION) : -1;
      found.push({ action, key, value: value || 0, propensity, supported });
    }
    found.sort((a, b) => b.key - a.key || b.value - a.value || b.propensity - a.propensity || a.action - b.action);
    const best = found.slice(0, limit);
    const unknown: ItemSource = weight > 0 ? "exploration" : "popular";
    const reasons = best.map(({ supported }): ItemSource => (supported ? "model" : unknown));
    return {
      actions: Int32Array.from(best, ({ action }) => action),
      scores: Float32Array.from(best, ({ supported, propensity }) =>
        supported ? Math.round(propensity * PRECISION) / PRECISION : 0,
      ),
      ...(reasons.some((reason) => reason !== "model") && { reasons }),
    };
  }

  #ask(user: number, moment: number): Asked {
    const features = this.#features;
    features.clear();
    this.#encoder.user(user, moment, features);
    const plain = this.#expectation.of(features);
    const logit = (action: number): number => this.#encoder.averageOf(action) + this.#expectation.logit(action, plain);
    const past = this.#encoder.past(user, moment, (action) => sigmoid(logit(action)), features);
    return { past, logit, projected: this.#projector.of(features) };
  }

  #propensity({ past, logit, projected }: Asked, action: number): number {
    const features = this.#features;
    features.clear();
    const expected = logit(action);
    this.#encoder.pair(past, action, () => sigmoid(expected), features);
    const difference = this.#projector.logit(action, projected, this.#projector.of(features));
    return calibrated(this.#model.calibration, expected + difference);
  }

  /** A draw from the Beta posterior of a propensity: the model's prediction is the prior, the events since are the evidence. */
  #draw(user: number, action: number, expected: number, timestamp: number, view: ActionsView): number {
    const count = (outcome: Outcome): number => view.occurrences[actionEvent(action, outcome)] ?? 0;
    const taken = count(Outcome.TAKEN);
    const others = Math.max(count(Outcome.NOT_TAKEN), count(Outcome.VIEWED) - taken);
    const when = Math.floor(timestamp / DRAW_SECONDS);
    const random = new Random(fnv1a(`${this.#replica.userId(user)}|${view.idOf(action)}|${when}`));
    return betaDraw(random, EXPECTED_OCCASIONS * expected + taken, EXPECTED_OCCASIONS * (1 - expected) + others);
  }
}

/** Makes a stored model ready to serve from a replica. */
export function load(artifact: Artifact, replica: ReplicaView): NextBestAction {
  return new NextBestAction(artifact, replica);
}
