import type { FilterSource } from "@palate/filter";
import type { ActionsView } from "./actions.js";
import type { InteractionColumn } from "./training-data.js";

/** A user's interactions, oldest first; equal timestamps keep their order of arrival. */
export interface History {
  /** Replica item indices. */
  readonly items: Int32Array;
  /** Unix times in seconds. */
  readonly timestamps: Float64Array;
}

/** Everybody's interactions, where one looks at all of them: user u's items are those from `begins[u]` on, oldest first. */
export interface HistoryRows {
  /** Replica item indices; also of places that are nobody's. */
  readonly items: Int32Array;
  /** Where a user's items begin, by user index; a user beyond its length has none. */
  readonly begins: Int32Array;
  /** How many they are. */
  readonly lengths: Int32Array;
}

/**
 * Told of one interaction.
 * @param user replica user index
 * @param item replica item index
 * @param timestamp Unix time in seconds, by which interactions need not arrive in order; never after the moment at which
 *   the interaction was recorded, wrong as the sender's clock may be
 */
export type InteractionListener = (user: number, item: number, timestamp: number) => void;

/** What an interaction says about what was shown. */
export interface ImpressionEvent {
  /** Replica index of the item that was chosen. */
  readonly chosen: number;
  /** Replica indices of the items on view, the chosen one included; empty when not said. */
  readonly items: Int32Array;
  /** Id of the recommendation that it followed from; empty when not said. */
  readonly recommendationId: string;
}

/** How often items were on view and were chosen then, over all interactions that say so, live. */
export interface ImpressionTotals {
  /** How often an item was on view. */
  shown(item: number): number;
  /** How often it was chosen then. */
  chosen(item: number): number;
  /** Items on view, over all interactions. */
  readonly allShown: number;
  /** Interactions with an item that was on view. */
  readonly allChosen: number;
}

/**
 * What serving sees of a dataset group: a live copy in memory, kept current from the change feed. Indices are dense,
 * never reused and only grow, so anything computed per index stays right when data arrives. Everything is always there: what
 * data lacks is empty, as in `emptyReplica`.
 */
export interface ReplicaView {
  /** Items known, by interaction or by the Items dataset. */
  readonly itemCount: number;
  /** Users known, by interaction or by the Users dataset. */
  readonly userCount: number;
  /** Index of an item, or -1. */
  itemIndex(itemId: string): number;
  /** External id of an item index. */
  itemId(index: number): string;
  /** Index of a user (or anonymous session), or -1. */
  userIndex(userId: string): number;
  /** External id of a user index (or an anonymous session's). */
  userId(index: number): string;
  /** The user's interactions; empty for index -1. The arrays are views: read them before the next event arrives. */
  history(user: number): History;
  /**
   * The same for everybody at once, without an object for each user. The arrays are those that the replica works with: read
   * them before the next event arrives, then ask anew.
   */
  historyRows(): HistoryRows;
  /**
   * A further column of a user's interactions, EVENT_TYPE among them, in the order of `history` and as a view; undefined where
   * there is no such column.
   */
  historyColumn(user: number, column: string): InteractionColumn | undefined;
  /** Names of the categorical columns of interactions beside Amazon's reserved ones: what requests may give as context. */
  readonly contextColumns: readonly string[];
  /**
   * Items that a user's events hide from that user; none for index -1.
   * @param eventTypes types that hide, such as "hide"; "unhide" takes it back
   */
  hiddenItems(user: number, eventTypes: readonly string[]): Int32Array;
  /** Grows by one with each change to the user's history; a key for caches. 0 for index -1. */
  historyVersion(user: number): number;
  /** How many different users interacted with each item, not to turn it down; length at least `itemCount`, live. */
  readonly usersPerItem: Int32Array;
  /** Grows with every change to `usersPerItem`; a key for caches. */
  readonly interactionVersion: number;
  /**
   * Calls back with every interaction that arrives from now on, once `history` has it. For counts that must be kept rather
   * than looked up; the listener is called for each single event, so it must be quick, and must not throw.
   * @returns a function that ends it
   */
  onInteraction(listener: InteractionListener): () => void;
  /**
   * Calls back with every item whose metadata arrives or changes from now on, once `itemAttribute` has the new values.
   * The listener must be quick, and must not throw.
   * @param listener given the replica item index
   * @returns a function that ends it
   */
  onItemChange(listener: (item: number) => void): () => void;
  /**
   * Calls back with every interaction that says what was on view, or which recommendation it followed from. The
   * listener must be quick, and must not throw.
   * @returns a function that ends it
   */
  onImpression(listener: (event: ImpressionEvent) => void): () => void;
  /** What the data says was on view: every interaction that says so is counted here, those of {@link onImpression} too. */
  readonly impressions: ImpressionTotals;
  /** Value of an item's metadata column as text; empty where there is none. */
  itemAttribute(item: number, column: string): string;
  /** Names of the item metadata columns. */
  readonly itemColumns: readonly string[];
  /** Value of a user's metadata column as text; empty where there is none. */
  userAttribute(user: number, column: string): string;
  /** Names of the user metadata columns. */
  readonly userColumns: readonly string[];
  /** Actions and what the users did about them; none where the data has no such datasets. */
  readonly actions: ActionsView;
  /** The dataset group's filters, over this data as it is. */
  readonly filters: FilterSource;
  /** Indices of users that were deleted: they have no id and no history, and are nobody. */
  readonly forgottenUsers: readonly number[];
  /** Indices of items that were deleted: they have no id, and are never to be recommended. */
  readonly forgottenItems: readonly number[];
  /** Milliseconds since the replica was known to be current. */
  dataAgeMs(): number;
}
