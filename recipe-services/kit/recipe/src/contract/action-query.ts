import type { ItemSource } from "./ranked-items.js";

/** A question for actions as a recipe's serving sees it: indices, not ids. */
export interface ActionQuery {
  /** The user's replica index, -1 when unknown. */
  readonly user: number;
  /** How many actions to return at most. */
  readonly limit: number;
  /** Actions that must not be returned, by index: 1 = leave out. At least as long as there are actions. */
  readonly excluded: Uint8Array;
  /** Unix time in seconds the answer is for; events after it are ignored. */
  readonly timestamp: number;
  /** How much actions with little data are shown to learn about them, 0 to 1. Default: the weight that the model was trained with. */
  readonly exploration?: number;
}

/** Actions, best first: parallel arrays. */
export interface RankedActions {
  /** Replica action indices. */
  readonly actions: Int32Array;
  /** Probability that the user takes the action, 0 to 1; 0 for actions with too little data. */
  readonly scores: Float32Array;
  /** Source of each action when one is not "model". */
  readonly reasons?: readonly ItemSource[];
}
