import type { ActionsView } from "@palate/recipe";
import type { Encoder } from "./encoder.js";
import { project, type Factors } from "./model.js";
import { SparseVector } from "./sparse-vector.js";

/** Features as a model sees them: a number and a vector. */
export interface Projected {
  readonly sum: number;
  readonly vector: Float64Array;
}

/** Applies a model's factors. What an action's own features come to is kept until any action changes. */
export class Projector {
  readonly #factors: Factors;
  readonly #encoder: Encoder;
  readonly #view: Pick<ActionsView, "version">;
  readonly #features: SparseVector;
  #actions: Projected[] = [];
  #version = -1;

  constructor(factors: Factors, encoder: Encoder, view: Pick<ActionsView, "version">) {
    this.#factors = factors;
    this.#encoder = encoder;
    this.#view = view;
    this.#features = new SparseVector(encoder.layout.size);
  }

  /** What features come to. */
  of({ columns, values, length }: SparseVector): Projected {
    const vector = new Float64Array(this.#factors.rank);
    return { sum: project(this.#factors, columns, values, 0, length, vector), vector };
  }

  /** Logit beyond the offset, of what the user's side comes to (in one part or two) and an action. */
  logit(action: number, user: Projected, more?: Projected): number {
    const own = this.#action(action);
    let logit = this.#factors.bias + own.sum + user.sum + (more?.sum ?? 0);
    for (let k = 0; k < own.vector.length; k++)
      logit += own.vector[k]! * (user.vector[k]! + (more ? more.vector[k]! : 0));
    return logit;
  }

  #action(action: number): Projected {
    if (this.#version !== this.#view.version) {
      this.#actions = [];
      this.#version = this.#view.version;
    }
    const known = this.#actions[action];
    if (known !== undefined) return known;
    this.#features.clear();
    this.#encoder.action(action, this.#features);
    return (this.#actions[action] = this.of(this.#features));
  }
}
