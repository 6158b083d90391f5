/** One user's interactions, oldest first, the user's metadata and the context of the request. */
export interface UserHistory {
  /** Item numbers. */
  readonly items: Int32Array;
  /** Unix seconds of each; absent: unknown. */
  readonly times?: Float64Array | undefined;
  /** The event type of each, as an index into `ContextLayout.eventTypes`, -1 for others. */
  readonly eventTypes?: Int16Array | undefined;
  /** The context of each, as `ContextRows.request` reads it: the same number of slots each; absent: unknown. */
  readonly requests?: Int16Array | undefined;
  /** The user's metadata, as `ContextRows.user` reads it; absent: unknown. */
  readonly user?: Int16Array | undefined;
  /** The context of the request, as `ContextRows.request` reads it; absent: unknown. */
  readonly request?: Int16Array | undefined;
}
