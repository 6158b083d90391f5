import type { NamedTensor } from "@palate/numeric";
import type { Objective } from "../data/emphasis.js";
import type { ReplicaView } from "../data/replica-view.js";
import type { TrainingData } from "../data/training-data.js";
import type { Evaluation } from "../evaluation/evaluation.js";
import type { ActionQuery, RankedActions } from "./action-query.js";
import type { Explanation } from "./explanation.js";
import type { Hyperparameter, HyperparameterValues } from "./hyperparameters.js";
import type { Keyphrase } from "./keyphrase.js";
import type { ItemScores, RankingQuery } from "./ranking.js";
import type { RankedUsers, SegmentKey, SegmentQuery, SegmentSummary } from "./segment.js";

/** What a recipe produces and how it is asked; the names are Amazon Personalize's. */
export type RecipeType =
  | "USER_PERSONALIZATION"
  | "POPULAR_ITEMS"
  | "RELATED_ITEMS"
  | "PERSONALIZED_RANKING"
  | "PERSONALIZED_ACTIONS"
  | "USER_SEGMENTATION";

/** What a recipe is: its names, its kind, its hyperparameters. */
export interface RecipeDescriptor {
  /** For example "aws-sims". */
  readonly name: string;
  /** What it produces and how it is asked. */
  readonly type: RecipeType;
  /** What it recommends and from what, in a sentence or two. */
  readonly description: string;
  /** Its hyperparameters. */
  readonly hyperparameters: readonly Hyperparameter[];
  /** Whether a query must name a user. */
  readonly requiresUser: boolean;
  /** Whether a query must name an item. */
  readonly requiresItem: boolean;
  /** What users are asked for by, in recipes of type USER_SEGMENTATION. */
  readonly segmentsBy?: SegmentKey;
  /** Whether items that the user has seen are left out unless the query says otherwise. */
  readonly excludesSeenByDefault: boolean;
  /** Whether its models can make much of an optimization objective beside relevance. Default false. */
  readonly takesObjective?: boolean;
  /**
   * Whether it learns from `TrainingData.weights`, negative ones included. Default false: what users turned down is left out of
   * the data that it gets.
   */
  readonly weighsEvents?: boolean;
  /** Whether it can show new items to learn about them (`Query.exploration`). Default false. */
  readonly explores?: boolean;
  /** Whether a training needs interactions of users with items. Default true. */
  readonly needsInteractions?: boolean;
  /** Version of the artefact format; a service refuses to load another. */
  readonly formatVersion: number;
}

/** A trained model as it is stored: tensors by name, and a record of everything that is not a tensor. */
export interface Artifact {
  /** Tensors by name. */
  readonly tensors: ReadonlyMap<string, NamedTensor>;
  /** JSON values by name. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

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
  /** What to make much of beside relevance; absent: nothing. */
  readonly objective?: Objective;
  /** Seed of every random draw. */
  readonly seed: number;
  /** Which tensor backend to use. */
  readonly backend: "auto" | "native" | "wasm";
  /** Aborted when the training is to stop; look at it at least every second. */
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

/** A query as a recipe's serving sees it: indices, not ids. */
export interface Query {
  /** The user's replica index, -1 when unknown or not given. */
  readonly user: number;
  /** The item's replica index, -1 when unknown or not given. */
  readonly item: number;
  /** How many items to return at most. */
  readonly limit: number;
  /** Items that must not be returned, by replica index: 1 = leave out. At least `itemCount` long. */
  readonly excluded: Uint8Array;
  /** Unix time in seconds the answer is for. */
  readonly timestamp: number;
  /**
   * Whether nothing is known about when the answer is for, and `timestamp` is merely that of the user's last interaction:
   * models must not take it for an answer asked for at once. Default false.
   */
  readonly untimed?: boolean;
  /** Contextual values by column name; empty or absent when none were given. */
  readonly context?: Readonly<Record<string, string>>;
  /** How much new items are to be shown to learn about them; absent: not at all. Only recipes that explore look at it. */
  readonly exploration?: Exploration;
  /** Id of the answer, by which later events may refer to it; absent when nobody will. */
  readonly recommendationId?: string;
}

/** What can be said of a query before it is asked: whom it is about, and when. */
export type Moment = Pick<Query, "user" | "timestamp" | "untimed" | "context">;

/** How much new items are shown to learn about them. */
export interface Exploration {
  /** 0 (what the model has) to 1 (what is least known). */
  readonly weight: number;
  /** Items at most this many days older than the newest interaction count as new. */
  readonly ageCutOffDays: number;
}

/** Why an item is in an answer. */
export type Reason = "model" | "popular" | "exploration" | "promoted";

/** A recipe's answer: parallel arrays, best first. */
export interface RankedItems {
  /** Replica item indices. */
  readonly items: Int32Array;
  /** Scores in the same order, or null when the recipe gives none. */
  readonly scores: Float32Array | null;
  /** Reason of each item when one is not "model". */
  readonly reasons?: readonly Reason[];
  /** How probable it was, 0 to 1, that each item would be in this answer; only where chance played a part. */
  readonly propensities?: Float32Array;
}

/** Vectors of items: the closer to 1 the cosine of two, the more alike the items. */
export interface ItemVectors {
  /** Numbers in each vector. */
  readonly dimension: number;
  /**
   * Writes an item's vector, of any length but 0, into `out`.
   * @param item replica item index
   * @returns false when the model has none of this item
   */
  read(item: number, out: Float32Array): boolean;
}

/** A loaded model, bound to one replica. */
export interface ServingModel {
  /** Answers a query. A pure function of model, replica and query; called for every request, so it must be quick. */
  recommend(query: Query): RankedItems;
  /**
   * Told of several queries that are about to be asked, in this order, so that what they have in common is done once; answers
   * are the same without.
   * @returns how many of them, from the first, it is ready for: the others are told again after those have been asked
   */
  prepare?(moments: readonly Moment[]): number;
  /** Scores a caller's list for a user, in recipes that can: those items only, not the catalogue. */
  rank?(query: RankingQuery): ItemScores;
  /**
   * Says why items are in an answer, one explanation for each; only for requests that ask for reasons.
   * @param query what was asked
   * @param items replica item indices of the answer, or a part of it, in any order
   */
  explain?(query: Query, items: Int32Array): readonly Explanation[];
  /** Vectors that say how alike items are; absent where the model has none. */
  readonly itemVectors?: ItemVectors;
  /**
   * Finds users, in recipes of type USER_SEGMENTATION. It may look at everybody, so it hands back control every few
   * milliseconds; what arrives meanwhile may or may not count.
   * @throws PalateError `invalid_argument` or `not_found` on attributes or a segment that it cannot make sense of
   */
  segment?(query: SegmentQuery): Generator<void, RankedUsers>;
  /** The segments that the model has found by itself, in recipes that are asked by such; hands back control likewise. */
  segments?(): Generator<void, readonly SegmentSummary[]>;
  /**
   * The phrases that tell most about an item's texts, in recipes that read texts.
   * @param item replica item index, -1 for an unknown one, which has none
   * @param limit most phrases
   */
  keyphrases?(item: number, limit: number): readonly Keyphrase[];
  /** Recommends actions, in recipes of type PERSONALIZED_ACTIONS. */
  actions?(query: ActionQuery): RankedActions;
  /** Lets go of the replica; called once, when the model is no longer asked. For models that listen to the replica. */
  close?(): void;
}

/** One recipe: everything the shared machinery needs to train, store, load, serve and describe it. */
export interface Recipe {
  /** What it is. */
  readonly descriptor: RecipeDescriptor;
  /** Fits a model; publishes at least one checkpoint unless aborted. */
  train(input: TrainingInput): Promise<TrainingResult>;
  /** Makes a stored model ready to serve from a replica. Throws PalateError on an artefact it cannot read. */
  load(artifact: Artifact, replica: ReplicaView): ServingModel;
  /** How its models are measured. Default: as recipes that recommend items are. */
  readonly evaluation?: Evaluation;
  /**
   * For recipes that say what rises now: the interval, in seconds, over which a model does. Its answers depend on the moment
   * they are asked for, so it is evaluated on a replay of the data in order of time, and on `trend_prediction_accuracy` too.
   */
  trendInterval?(artifact: Artifact): number;
}
