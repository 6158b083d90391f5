import type { ActionQuery, RankedActions } from "./action-query.js";
import type { Explanation } from "./explanation.js";
import type { ItemVectors } from "./item-vectors.js";
import type { Keyphrase } from "./keyphrase.js";
import type { Query, QueryContext } from "./query.js";
import type { RankedItems } from "./ranked-items.js";
import type { ItemScores, RankingQuery } from "./ranking.js";
import type { RankedUsers, SegmentQuery, SegmentSummary } from "./segment.js";

/** What a loaded model of any recipe can have, bound to one replica. */
interface ModelBase {
  /**
   * Told of several queries that are about to be asked, in this order, so that what they have in common is done once; answers
   * are the same without.
   * @returns how many of them, from the first, it is ready for: the others are told again after those have been asked
   */
  prepare?(contexts: readonly QueryContext[]): number;
  /**
   * Explains items of an answer, one explanation for each; only for requests that ask for reasons.
   * @param query what was asked
   * @param items replica item indices of the answer, or a part of it, in any order
   */
  explain?(query: Query, items: Int32Array): readonly Explanation[];
  /** Vectors by which items can be compared; absent where the model has none. */
  readonly itemVectors?: ItemVectors;
  /**
   * The phrases that tell most about an item's texts, in recipes that read texts.
   * @param item replica item index, -1 for an unknown one, which has none
   * @param limit most phrases
   */
  keyphrases?(item: number, limit: number): readonly Keyphrase[];
  /** Lets go of the replica; called once, when the model is no longer asked. For models that listen to the replica. */
  close?(): void;
}

/** A loaded model that recommends items. */
export interface ItemModel extends ModelBase {
  /** Answers a query. A pure function of model, replica and query; called for every request, so it must be quick. */
  recommend(query: Query): RankedItems;
}

/** A loaded model that puts a caller's list in order. */
export interface RankingModel extends ModelBase {
  /** Scores a caller's list for a user: those items only, not the catalogue. As pure and as quick as `recommend`. */
  rank(query: RankingQuery): ItemScores;
}

/** A loaded model that finds users. */
export interface SegmentModel extends ModelBase {
  /**
   * Finds users. It may read everybody's history, so it yields control every few milliseconds; data that arrives meanwhile may
   * or may not count.
   * @throws PalateError `invalid_argument` or `not_found` on attributes or a segment that it cannot make sense of
   */
  segment(query: SegmentQuery): Generator<void, RankedUsers>;
  /** The segments that the model has found by itself, in recipes that are asked by such; yields control likewise. */
  segments?(): Generator<void, readonly SegmentSummary[]>;
}

/** A loaded model that recommends actions. */
export interface ActionModel extends ModelBase {
  /** Recommends actions to a user. As pure and as quick as `recommend`. */
  recommendActions(query: ActionQuery): RankedActions;
}

/** A loaded model of any recipe. */
export type ServingModel = ItemModel | RankingModel | SegmentModel | ActionModel;
