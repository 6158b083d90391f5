/** What a caller may do: read answers and resources, write events and records, manage resources, and administer keys and all else. */
export const ROLES = ["read", "events", "manage", "admin"] as const;

/** One of {@link ROLES}. */
export type Role = (typeof ROLES)[number];

/** The dataset groups that a caller may reach: all of them, or those of these names. */
export type GroupScope = "all" | ReadonlySet<string>;
