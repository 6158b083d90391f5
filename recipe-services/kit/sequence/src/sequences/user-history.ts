/** One user's interactions, oldest first, and what else is known of the user and of what is asked. */
export interface UserHistory {
  /** Item numbers. */
  readonly items: Int32Array;
  /** Unix seconds of each; without them no gap is known. */
  readonly times?: Float64Array | undefined;
  /** What the user did each time: places among `ContextLayout.eventTypes`, -1 for other types. */
  readonly eventTypes?: Int16Array | undefined;
  /** The context of each, as `ContextRows.request` reads it, so many places each; absent: nothing is known. */
  readonly requests?: Int16Array | undefined;
  /** The user's metadata, as `ContextRows.user` reads it; absent: nothing is known. */
  readonly user?: Int16Array | undefined;
  /** The context that the next item is asked for in, as `ContextRows.request` reads it; absent: nothing is known. */
  readonly request?: Int16Array | undefined;
}
