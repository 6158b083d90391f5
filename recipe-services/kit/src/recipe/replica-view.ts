/** A user's interactions, oldest first; equal timestamps keep their order of arrival. */
export interface History {
  /** Replica item indices. */
  readonly items: Int32Array;
  /** Unix times in seconds. */
  readonly timestamps: Float64Array;
}

/**
 * What serving sees of a dataset group: a live copy in memory, kept current from the change feed. Indices are dense,
 * never reused and only grow, so anything computed per index stays right when data arrives.
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
  /** The user's interactions; empty for index -1. The arrays are views: read them before the next event arrives. */
  history(user: number): History;
  /** Grows by one with each change to the user's history; a key for caches. 0 for index -1. */
  historyVersion(user: number): number;
  /** How many different users interacted with each item; length at least `itemCount`, live. */
  readonly usersPerItem: Int32Array;
  /** Grows with every change to `usersPerItem`; a key for caches. */
  readonly interactionVersion: number;
  /** Value of an item's metadata column as text; empty where there is none. */
  itemAttribute(item: number, column: string): string;
  /** Names of the item metadata columns. */
  readonly itemColumns: readonly string[];
  /** Milliseconds since the replica was known to be current. */
  dataAgeMs(): number;
}
