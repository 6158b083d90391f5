import { yieldToEventLoop } from "@palate/numeric";
import type { ContentPath } from "../network/bake-content.js";
import type { NetworkScorer } from "../network/network-scorer.js";
import type { Ridge } from "../ridge/ridge.js";
import type { Validation } from "./blend-validation.js";
import { UNMEASURED_INVERSE_TEMPERATURE } from "./softmax-temperature.js";
import { RIDGE_ONLY, type Blend } from "./blend.js";
import { SequenceModel } from "./sequence-model.js";
import type { TrainingSchedule } from "./training-schedule.js";

/** A model worth serving, better than those before it. */
export interface SequenceCheckpoint {
  /** The model to serve; its ridge is refitted on everything. */
  readonly model: SequenceModel;
  /** The same model with the ridge fitted on the training sequences alone: metrics are computed with it. */
  readonly evaluation: SequenceModel;
  /** Undefined for a first model, which is published while a better one is fitted. */
  readonly validation: Validation | undefined;
  /** Since the start of training. */
  readonly seconds: number;
  /** Optimiser steps of the network; 0 for the ridge alone. */
  readonly steps: number;
}

/** The ridge of a model as it is served, and as it was fitted without the held-out interactions. */
export interface RidgePair {
  readonly served: Ridge;
  readonly evaluation: Ridge;
}

/** A network beside the ridge. */
export interface CandidateNetwork {
  readonly mixer: NetworkScorer;
  readonly path: ContentPath | undefined;
  readonly knowsNewUsers: boolean;
  readonly blend: Blend;
  readonly steps: number;
}

/** A new model that can tell new items apart by their metadata replaces one that cannot even if it is worse by this factor. */
const CONTENT_BONUS = 1.02;

/** The models of one training: keeps the best by validation NDCG@10 and publishes every improvement. */
export class Candidates {
  readonly #popularity: Float32Array;
  readonly #schedule: TrainingSchedule;
  readonly #publish: ((checkpoint: SequenceCheckpoint) => void | Promise<void>) | undefined;
  readonly #signal: AbortSignal | undefined;
  #best: SequenceCheckpoint | undefined;

  /**
   * @param popularity centred logarithms of the items' counts
   * @param publish given every improvement; training waits for it
   */
  constructor(
    popularity: Float32Array,
    schedule: TrainingSchedule,
    publish?: (checkpoint: SequenceCheckpoint) => void | Promise<void>,
    signal?: AbortSignal,
  ) {
    this.#popularity = popularity;
    this.#schedule = schedule;
    this.#publish = publish;
    this.#signal = signal;
  }

  /** The best model so far; undefined before the first. */
  get best(): SequenceCheckpoint | undefined {
    return this.#best;
  }

  /**
   * Offers the ridge by itself before it is validated. It is published if nothing validated is better.
   * @param inverseTemperature estimate of it. Default: what is typical
   */
  async offerUnvalidated(ridges: RidgePair, inverseTemperature = UNMEASURED_INVERSE_TEMPERATURE): Promise<void> {
    await this.#offer({ ridges, inverseTemperature });
  }

  /**
   * Offers a validated model, which becomes the best if its NDCG@10 is higher.
   * @param network default: the ridge by itself
   * @throws the signal's reason when stopped
   */
  async offer(ridges: RidgePair, validation: Validation, network?: CandidateNetwork): Promise<void> {
    await this.#offer({ ridges, inverseTemperature: validation.inverseTemperature, validation, network });
  }

  async #offer(candidate: {
    readonly ridges: RidgePair;
    readonly inverseTemperature: number;
    readonly validation?: Validation | undefined;
    readonly network?: CandidateNetwork | undefined;
  }): Promise<void> {
    const { ridges, inverseTemperature, validation, network } = candidate;
    const bonus = network?.path && !this.#best?.model.knowsContent ? CONTENT_BONUS : 1;
    if (this.#best?.validation && bonus * (validation?.ndcg10 ?? 0) <= this.#best.validation.ndcg10) return;
    const { mixer, path, knowsNewUsers, blend = RIDGE_ONLY, steps = 0 } = network ?? {};
    const common = { mixer, path, knowsNewUsers, blend, popularity: this.#popularity, inverseTemperature };
    const model = new SequenceModel({ ...common, ridge: ridges.served });
    const evaluation = new SequenceModel({ ...common, ridge: ridges.evaluation });
    this.#best = { model, evaluation, validation, seconds: this.#schedule.elapsed(), steps };
    await this.#publish?.(this.#best);
    await yieldToEventLoop(this.#signal);
  }
}
