import { PalateError } from "@palate/host";
import type { RankedItems, Reason, RecipeDescriptor } from "./recipe.js";

/** A question for actions as a recipe's serving sees it: indices, not ids. */
export interface ActionQuery {
  /** The user's replica index, -1 when unknown. */
  readonly user: number;
  /** How many actions to return at most. */
  readonly limit: number;
  /** Actions that must not be returned, by index: 1 = leave out. At least as long as there are actions. */
  readonly excluded: Uint8Array;
  /** Unix time in seconds the answer is for; what happened after it is not looked at. */
  readonly timestamp: number;
  /** How much actions that little is known of are shown to learn about them, 0 to 1. Default: what the model was made with. */
  readonly exploration?: number;
}

/** Actions, best first: parallel arrays. */
export interface RankedActions {
  /** Replica action indices. */
  readonly actions: Int32Array;
  /** Probability that the user takes the action, 0 to 1; 0 for actions that too little is known of. */
  readonly scores: Float32Array;
  /** Reason of each action when one is not "model". */
  readonly reasons?: readonly Reason[];
}

/** `recommend` of a recipe that recommends actions and no items. */
export function actionsOnly({ name }: RecipeDescriptor): () => RankedItems {
  return () => {
    throw new PalateError(
      "unimplemented",
      `${name} recommends actions for a user and no items; call GetActionRecommendations.`,
    );
  };
}
