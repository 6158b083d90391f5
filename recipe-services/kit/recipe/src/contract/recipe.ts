import type { ReplicaView } from "../data/replica-view.js";
import type { Artifact } from "./artifact.js";
import {
  recommendsItems,
  type ActionDescriptor,
  type ItemDescriptor,
  type RankingDescriptor,
  type RecipeDescriptor,
  type SegmentDescriptor,
} from "./descriptor.js";
import type { Evaluation } from "./evaluation.js";
import type { ActionModel, ItemModel, RankingModel, SegmentModel, ServingModel } from "./model.js";
import type { TrainingInput, TrainingResult } from "./training.js";

/** Everything the shared machinery needs to train, store, load, serve and describe recipes of one type. */
interface RecipeOf<D extends RecipeDescriptor, M extends ServingModel> {
  /** What it is. */
  readonly descriptor: D;
  /** Fits a model; publishes at least one checkpoint unless aborted. */
  train(input: TrainingInput): Promise<TrainingResult>;
  /** Makes a stored model ready to serve from a replica. Throws PalateError on an artefact it cannot read. */
  load(artifact: Artifact, replica: ReplicaView): M;
  /** How its models are measured. */
  readonly evaluation: Evaluation;
}

/** A recipe that recommends items. */
export interface ItemRecipe extends RecipeOf<ItemDescriptor, ItemModel> {
  /**
   * For recipes that say what rises now: the interval, in seconds, over which a model does. Its answers depend on when they are
   * asked for, so it is evaluated on a replay of the data in order of time, and on `trend_prediction_accuracy` too.
   */
  trendInterval?(artifact: Artifact): number;
}

/** A recipe that puts a caller's list in order for a user. */
export type RankingRecipe = RecipeOf<RankingDescriptor, RankingModel>;

/** A recipe that finds users. */
export type SegmentRecipe = RecipeOf<SegmentDescriptor, SegmentModel>;

/** A recipe that recommends actions to a user. */
export type ActionRecipe = RecipeOf<ActionDescriptor, ActionModel>;

/** One recipe, of any type. */
export type Recipe = ItemRecipe | RankingRecipe | SegmentRecipe | ActionRecipe;

/** Whether a recipe recommends items. */
export function isItemRecipe(recipe: Recipe): recipe is ItemRecipe {
  return recommendsItems(recipe.descriptor);
}

/** Whether a recipe finds users. */
export function isSegmentRecipe(recipe: Recipe): recipe is SegmentRecipe {
  return recipe.descriptor.type === "USER_SEGMENTATION";
}
