import type { Role } from "./role.js";

/** The dataset groups that a caller may reach: all of them, or those of these names. */
export type GroupScope = "all" | ReadonlySet<string>;

/** Who calls, and what they may do. */
export interface Identity {
  /** An API key, a token of an identity provider, one of Palate's own services; `local`, where nobody is asked; or `unknown`. */
  readonly kind: "local" | "unknown" | "apiKey" | "token" | "service";
  /** Tells them from others of the kind: a key's id, a token's issuer and subject, a service's name. Never a secret. */
  readonly id: string;
  /** What people call them, where that is known. */
  readonly name?: string;
  /** What they may do, with what that includes. */
  readonly roles: ReadonlySet<Role>;
  /** Where they may do it. */
  readonly groups: GroupScope;
}

/** Whether a scope has a dataset group. */
export function reaches(scope: GroupScope, group: string): boolean {
  return scope === "all" || scope.has(group);
}

/** Whether a scope has everything that another has. */
export function covers(scope: GroupScope, other: GroupScope): boolean {
  if (scope === "all") return true;
  return other !== "all" && [...other].every((group) => scope.has(group));
}
