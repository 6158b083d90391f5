import type { Objective } from "../data/objective.js";
import type { TrainingData } from "../data/training-data.js";
import type { Artifact } from "./artifact.js";
import type { HyperparameterValues } from "./hyperparameters.js";

/** How far a training is. */
export interface Progress {
  /** What is being done. */
  readonly phase: "reading" | "tuning" | "fitting" | "evaluating" | "storing";
  /** Share of the whole training done, 0 to 1. */
  readonly fraction: number;
  /** One line for people. */
  readonly message: string;
  /** Points to add to the curves. */
  readonly points?: readonly { readonly series: string; readonly value: number }[];
}

/** A model ready to serve, as it was at one moment of training. */
export interface Checkpoint {
  /** Fitted on everything: what is deployed. */
  readonly deployed: Artifact;
  /** Fitted without the held-out interactions: what metrics are computed with. */
  readonly evaluation: Artifact;
}

/** What a training is given. */
export interface TrainingInput {
  /** Everything, held-out interactions included. */
  readonly everything: TrainingData;
  /** Everything but the held-out interactions; same users and items, same indices. */
  readonly fit: TrainingData;
  /** Values of all hyperparameters. */
  readonly hyperparameters: HyperparameterValues;
  /** The optimisation objective, in addition to relevance; absent: none. */
  readonly objective?: Objective;
  /** Seed of every random draw. */
  readonly seed: number;
  /** Which tensor backend to use. */
  readonly backend: "auto" | "native" | "wasm";
  /** Aborted when the training is to stop; check it at least every second. */
  readonly signal: AbortSignal;
  /** Says how far the training is. */
  report(progress: Progress): void;
  /** Hands over a model better than those before; training goes on when it is stored. */
  publish(checkpoint: Checkpoint): Promise<void>;
  /**
   * What this training had kept with `saveState` before its process died; absent on a first attempt. The data may have
   * grown since: a recipe that uses it says in the state what its numbers belong to.
   */
  readonly resume?: Artifact;
  /** Keeps how far the training is, so that a killed trainer goes on from there. Call it every half minute or so. */
  saveState?(state: Artifact): Promise<void>;
  /** The newest model of the same recipe and solution, when the training is to start from it (training mode UPDATE). */
  readonly previous?: Artifact;
}

/** What a training says when it is done. */
export interface TrainingResult {
  /** Tensor backend used; "none" for counting models. */
  readonly backend: "native" | "wasm" | "none";
}
