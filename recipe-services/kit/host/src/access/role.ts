/**
 * What a caller may do: `read` answers and resources, send `events` and records, `manage` resources and data, which includes both, and
 * `admin`, who also gives out keys.
 */
export const ROLES = ["read", "events", "manage", "admin"] as const;

/** One of {@link ROLES}. */
export type Role = (typeof ROLES)[number];

const INCLUDED: Readonly<Record<Role, readonly Role[]>> = {
  read: ["read"],
  events: ["events"],
  manage: ["read", "events", "manage"],
  admin: ROLES,
};

/** Whether a word is the name of a role. */
export function isRole(word: string): word is Role {
  return (ROLES as readonly string[]).includes(word);
}

/** Roles with those that they include. */
export function withIncluded(roles: Iterable<Role>): ReadonlySet<Role> {
  return new Set([...roles].flatMap((role) => INCLUDED[role]));
}
