/** How much new items are shown to learn about them. */
export interface Exploration {
  /** 0 (the model's own list) to 1 (the items that least is known about). */
  readonly weight: number;
  /** Items at most this many days older than the newest interaction count as new. */
  readonly ageCutOffDays: number;
}

/** A query for items as a recipe's serving sees it: indices, not ids. */
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
   * Whether the time the answer is for is unknown, so that `timestamp` is merely that of the user's last interaction. Models
   * must not conclude that no time has passed since. Default false.
   */
  readonly untimed?: boolean;
  /** Contextual values by column name; empty or absent when none were given. */
  readonly context?: Readonly<Record<string, string>>;
  /** How much new items are to be shown to learn about them; absent: not at all. Only recipes that explore use it. */
  readonly exploration?: Exploration;
  /** Id of the answer, by which later events may refer to it; absent when nobody will. */
  readonly recommendationId?: string;
}

/** The part of a query that is known before it is asked: whom it is about, and when. */
export type QueryContext = Pick<Query, "user" | "timestamp" | "untimed" | "context">;
