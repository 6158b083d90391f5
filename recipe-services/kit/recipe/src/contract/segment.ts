import type { Explanation } from "./explanation.js";
import type { ItemSource } from "./ranked-items.js";

/** What a segment is asked by: an item's id, an expression over item attributes, or the id of a segment of the model's own. */
export type SegmentKey = "item" | "attributes" | "segment";

/** A query for users as a recipe's serving sees it. Only what the recipe is asked by is given. */
export interface SegmentQuery {
  /** The item's replica index, -1 when unknown or not given. */
  readonly item: number;
  /** Expression over item attributes, `ITEMS.genres = "Comedy" AND ITEMS.year >= 1990`; empty when not given. */
  readonly attributes: string;
  /** Id of one of the model's own segments; empty when not given. */
  readonly segment: string;
  /** How many users to return at most. */
  readonly limit: number;
  /** Whether users who have interacted with the item are left out; only where a segment is asked by item. */
  readonly excludeOwners: boolean;
  /** Unix time in seconds the answer is for. */
  readonly timestamp: number;
  /** Users who must not be returned, by replica index: 1 = leave out. Absent when nobody is; users beyond its end are new. */
  readonly excluded?: Uint8Array;
}

/** Users, best first: parallel arrays. */
export interface RankedUsers {
  /** Replica user indices. */
  readonly users: Int32Array;
  /** Scores in the same order; comparable between the users of one answer. */
  readonly scores: Float32Array;
  /** "popular" when there is no data about what was asked for, so that these are the most active users; else "model". */
  readonly reason: ItemSource;
  /** Explains which of a user's items put them there, by replica user index; absent where the model cannot say. */
  explain?(user: number): Explanation;
}

/** What sets a segment apart. */
export interface SegmentTrait {
  /** "ITEMS" when it is of the items that its users choose, "USERS" when it is of the users themselves. */
  readonly dataset: "ITEMS" | "USERS";
  /** Column of that dataset; "ITEM_ID" when the trait is an item. */
  readonly column: string;
  /** The value, or a range of numbers as "1990 to 1996". */
  readonly value: string;
  /** Share within the segment, 0 to 1: of its interactions for items, of its users for users. */
  readonly share: number;
  /** That share divided by the share among all. */
  readonly lift: number;
}

/** One of the segments that a model has found by itself. */
export interface SegmentSummary {
  /** What {@link SegmentQuery.segment} names it by. */
  readonly id: string;
  /** What sets it apart, in a few words. */
  readonly label: string;
  /** How many users are in it now. */
  readonly users: number;
  /** What sets it apart, strongest first. */
  readonly traits: readonly SegmentTrait[];
}
