/** Most items in one answer. */
export const MAX_RESULTS = 10_000;

/** Items in an answer to a request that does not say how many it wants. */
export const DEFAULT_RESULTS = 25;
