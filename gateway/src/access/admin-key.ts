import { invalidArgument, readOptionFile, ROLES } from "@palate/host";
import type { Caller } from "./caller.js";
import { hashOfKey } from "./key-hash.js";

/** Fewest characters of a key of the operator's: 32 random bytes are 43 in base64. */
const MIN_LENGTH = 32;

/** The key that the operator gives the gateway, by which the first API keys are made. */
export interface AdminKey {
  /** What is kept of it. */
  readonly hash: Buffer;
  /** Who calls with it. */
  readonly caller: Caller;
}

/**
 * Reads the operator's key.
 * @param file the file with nothing but the key; none when empty
 * @throws PalateError `invalid_argument` when it cannot be read or is too short
 */
export function readAdminKey(file: string): AdminKey | undefined {
  if (file === "") return undefined;
  const key = readOptionFile("PALATE_ADMIN_KEY_FILE", file).trim();
  if (key.length >= MIN_LENGTH && !/\s/.test(key)) {
    const caller: Caller = { kind: "apiKey", id: "admin-key-file", roles: new Set(ROLES), groups: "all" };
    return { hash: hashOfKey(key), caller };
  }
  const message = `The key in PALATE_ADMIN_KEY_FILE=${file} must be one word of at least ${MIN_LENGTH} characters.`;
  throw invalidArgument(`${message} Make one with "openssl rand -hex 32".`);
}
