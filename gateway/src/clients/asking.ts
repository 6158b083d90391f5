import { ROLES, type Identity } from "@palate/host";

/** For whom a service is asked, and how long. */
export interface Asking {
  /** Who is behind the question. */
  readonly caller: Identity;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal | undefined;
}

/** The gateway where it asks for its own sake: what services offer, which keys there are. */
export const ITSELF: Asking = {
  caller: { kind: "service", id: "gateway", roles: new Set(ROLES), groups: "all" },
  signal: undefined,
};
