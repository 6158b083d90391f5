/** Streamed events without a user carry their session here; no schema column can have such a name. */
export const SESSION_ID_COLUMN = "_SESSION_ID";

/** The event id, kept so that retries are recognised after a restart. */
export const EVENT_ID_COLUMN = "_EVENT_ID";
