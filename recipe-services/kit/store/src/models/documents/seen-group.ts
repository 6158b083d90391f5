/** A dataset group that solutions here are of, as it was last seen. */
export interface SeenGroupDocument {
  /** Its name. */
  readonly _id: string;
  /** Tells it from a group that had its name before. */
  readonly uid: string;
  /** Cursor and Unix time in milliseconds of the last deletion of users or items; empty and 0 before the first. */
  readonly deletionCursor: string;
  readonly deletionAt: number;
  /** Unix time in milliseconds of the last deletion whose ids were taken out of what is stored here. */
  readonly erasedThrough: number;
}

/** The last deletion of users or items in a dataset group. */
export interface LastDeletion {
  /** Cursor of its commit. */
  readonly cursor: string;
  /** Unix time in milliseconds. */
  readonly at: number;
}
