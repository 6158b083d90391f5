import { ROLES, type Identity } from "@palate/host";

/** Who asks, and what they may do. */
export interface Caller extends Identity {
  /** How they said who they are: by an API key or a token; not at all where nobody is asked; or not so that it could be believed. */
  readonly kind: "local" | "apiKey" | "token" | "unknown";
}

/** The caller where no identities are asked for: everybody who reaches the gateway, who may do everything. */
export const LOCAL_CALLER: Caller = { kind: "local", id: "local", roles: new Set(ROLES), groups: "all" };

/** Whoever did not say who they are, for the audit log: they may do nothing. */
export const UNKNOWN_CALLER: Caller = { kind: "unknown", id: "unknown", roles: new Set(), groups: new Set() };
