import type { Hyperparameter } from "./hyperparameters.js";
import type { SegmentKey } from "./segment.js";

/** What the descriptors of all recipes have in common. */
interface CommonDescriptor {
  /** For example "aws-sims". */
  readonly name: string;
  /** What it recommends and from what, in a sentence or two. */
  readonly description: string;
  /** Its hyperparameters. */
  readonly hyperparameters: readonly Hyperparameter[];
  /**
   * Whether it learns from `TrainingData.weights`, negative ones included. Default false: what users turned down is left out of
   * the data that it gets.
   */
  readonly weighsEvents?: boolean;
  /** Whether a training needs interactions of users with items. Default true. */
  readonly needsInteractions?: boolean;
  /** Version of the artefact format; a service refuses to load another. */
  readonly formatVersion: number;
}

/** What a recipe is that recommends items. */
export interface ItemDescriptor extends CommonDescriptor {
  /** Whom or what items are recommended for: a user, everybody, or an item. */
  readonly type: "USER_PERSONALIZATION" | "POPULAR_ITEMS" | "RELATED_ITEMS";
  /** Whether a query must name a user. */
  readonly requiresUser: boolean;
  /** Whether a query must name an item. */
  readonly requiresItem: boolean;
  /**
   * Whether items that the user has seen are left out unless the query says otherwise; they follow where the others do not fill
   * the answer.
   */
  readonly excludesSeenByDefault: boolean;
  /** Whether its models can optimise an objective in addition to relevance. Default false. */
  readonly takesObjective?: boolean;
  /** Whether it can show new items to learn about them (`Query.exploration`). Default false. */
  readonly explores?: boolean;
}

/** What a recipe is that puts a caller's list in order for a user. */
export interface RankingDescriptor extends CommonDescriptor {
  /** What it produces and how it is asked. */
  readonly type: "PERSONALIZED_RANKING";
}

/** What a recipe is that finds users. */
export interface SegmentDescriptor extends CommonDescriptor {
  /** What it produces and how it is asked. */
  readonly type: "USER_SEGMENTATION";
  /** What users are asked for by. */
  readonly segmentsBy: SegmentKey;
  /** Whether users who have interacted with the item are left out unless the query says otherwise; only where asked by item. */
  readonly excludesSeenByDefault: boolean;
}

/** What a recipe is that recommends actions to a user. */
export interface ActionDescriptor extends CommonDescriptor {
  /** What it produces and how it is asked. */
  readonly type: "PERSONALIZED_ACTIONS";
}

/** What a recipe is: its names, its type, its hyperparameters, and what its type leaves open. */
export type RecipeDescriptor = ItemDescriptor | RankingDescriptor | SegmentDescriptor | ActionDescriptor;

/** What a recipe produces and how it is asked; the names are Amazon Personalize's. */
export type RecipeType = RecipeDescriptor["type"];

/** Whether a recipe recommends items. */
export function recommendsItems(descriptor: RecipeDescriptor): descriptor is ItemDescriptor {
  return "requiresItem" in descriptor;
}

/** What every query of a recipe must name. */
export function requirementsOf(descriptor: RecipeDescriptor): Pick<ItemDescriptor, "requiresUser" | "requiresItem"> {
  switch (descriptor.type) {
    case "USER_PERSONALIZATION":
    case "POPULAR_ITEMS":
    case "RELATED_ITEMS":
      return { requiresUser: descriptor.requiresUser, requiresItem: descriptor.requiresItem };
    case "PERSONALIZED_RANKING":
    case "PERSONALIZED_ACTIONS":
      return { requiresUser: true, requiresItem: false };
    case "USER_SEGMENTATION":
      return { requiresUser: false, requiresItem: descriptor.segmentsBy === "item" };
  }
}
