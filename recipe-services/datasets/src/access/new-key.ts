import { hash, randomBytes } from "node:crypto";

/** A key that was just made. */
export interface NewKey {
  /** What its owner sends: a prefix by which it is recognised where it does not belong, the id, and 256 random bits. */
  readonly key: string;
  /** What is kept of it. A slow hash would protect guessable secrets, which this is not. */
  readonly hash: string;
}

/** An id for a key. */
export function newKeyId(): string {
  return randomBytes(8).toString("hex");
}

/** A key of an id, with a new secret. */
export function newKey(id: string): NewKey {
  const key = `palate_${id}_${randomBytes(32).toString("base64url")}`;
  return { key, hash: hash("sha256", key, "base64url") };
}
