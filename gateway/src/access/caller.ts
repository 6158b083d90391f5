import { ROLES, type GroupScope, type Role } from "@palate/host";

/** Who asks, and what they may do. */
export interface Caller {
  /** How they said who they are: not at all, which is right without identities only, or by an API key or a token. */
  readonly kind: "local" | "apiKey" | "token";
  /** Tells them from others of the kind: a key's id, a token's issuer and subject. Never a secret. */
  readonly id: string;
  /** What people call them, where that is known. */
  readonly name?: string;
  /** What they may do. */
  readonly roles: ReadonlySet<Role>;
  /** Where they may do it. */
  readonly groups: GroupScope;
}

/** The caller where no identities are asked for: everybody who reaches the gateway, who may do everything. */
export const LOCAL_CALLER: Caller = { kind: "local", id: "local", roles: new Set(ROLES), groups: "all" };
