import type { ActionsView } from "@palate/recipe";
import type { Encoder } from "./encoder.js";
import { project, type Factors } from "./model.js";
import { SparseVector } from "./sparse-vector.js";

/** Features projected by a model's factors: the linear part Σ w_i x_i and the latent vector Σ v_i x_i. */
export interface Projected {
  readonly sum: number;
  readonly vector: Float64Array;
}

/** Applies a model's factors. Projections of actions are cached until any action changes. */
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

  /** Projects features. */
  of(features: SparseVector): Projected {
    const vector = new Float64Array(this.#factors.rank);
    return { sum: project(this.#factors, features, 0, features.length, vector), vector };
  }

  /** Logit without the offset, of an action and the user's projection (in one part or two). */
  logit(action: number, user: Projected, more?: Projected): number {
    const projected = this.#action(action);
    let logit = this.#factors.bias + projected.sum + user.sum + (more?.sum ?? 0);
    for (let k = 0; k < projected.vector.length; k++)
      logit += projected.vector[k]! * (user.vector[k]! + (more ? more.vector[k]! : 0));
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
