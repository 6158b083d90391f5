import { unauthenticated } from "@palate/host";
import { timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { AdminKey } from "./admin-key.js";
import { LOCAL_CALLER, type Caller } from "./caller.js";
import type { KeyTable } from "./key-table.js";
import { hashOfKey } from "./key-hash.js";

/** Finds out who sends a request. */
export interface Authenticator {
  /** Whether anybody is asked at all. */
  readonly asks: boolean;
  /**
   * The caller whom a request's headers name.
   * @throws PalateError `unauthenticated` when they name none, or what they hold is not right (any more)
   */
  callerOf(headers: IncomingHttpHeaders): Caller | Promise<Caller>;
  /** Gives up what it needs for that. */
  close(): void;
}

/** Where identities are off: everybody is the local caller, whatever they send. */
export const ANYBODY: Authenticator = { asks: false, callerOf: () => LOCAL_CALLER, close: () => {} };

/** What callers are known by. */
export interface Credentials {
  /** The operator's key. */
  readonly adminKey: AdminKey | undefined;
  /** The API keys. */
  readonly keys: KeyTable;
}

/** Asks everybody for a key or a token. */
export class CredentialCheck implements Authenticator {
  readonly asks = true;
  readonly #credentials: Credentials;

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
  }

  callerOf(headers: IncomingHttpHeaders): Caller | Promise<Caller> {
    const credential = credentialIn(headers);
    if (credential === undefined)
      throw unauthenticated('Say who you are: send "authorization: Bearer KEY", with an API key.');
    const { adminKey, keys } = this.#credentials;
    if (keys.isKey(credential)) {
      const caller = keys.callerOf(credential);
      return caller instanceof Promise ? caller.then(known) : known(caller);
    }
    if (adminKey && timingSafeEqual(hashOfKey(credential), adminKey.hash)) return adminKey.caller;
    return known(undefined);
  }

  close(): void {
    this.#credentials.keys.close();
  }
}

function known(caller: Caller | undefined): Caller {
  if (caller) return caller;
  throw unauthenticated("This API key is not known; it may have been deleted, or have expired.");
}

/** What a request says its sender is known by; `authorization` counts where both headers are there. */
function credentialIn({ authorization, "x-api-key": key }: IncomingHttpHeaders): string | undefined {
  const bearer = authorization === undefined ? undefined : /^bearer +(\S+) *$/i.exec(authorization)?.[1];
  if (bearer !== undefined) return bearer;
  if (authorization !== undefined)
    throw unauthenticated('The authorization header is not "Bearer KEY" with one API key.');
  return typeof key === "string" && key !== "" ? key : undefined;
}
