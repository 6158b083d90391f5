import type { Role } from "@palate/host";

/** An API key as it is stored. */
export interface ApiKeyDocument {
  /** Its id. */
  readonly _id: string;
  /** What people call it. */
  readonly name: string;
  /** SHA-256 of the key, in base64url. */
  readonly hash: string;
  /** The hash before, and the Unix time in milliseconds until which it counts. */
  readonly previous: { readonly hash: string; readonly expiresAtMs: number } | null;
  /** What it may do. */
  readonly roles: readonly Role[];
  /** The dataset groups that it reaches; null means all. */
  readonly groups: readonly string[] | null;
  /** Unix time in milliseconds. */
  readonly createdAtMs: number;
  /** Unix time in milliseconds from which on it is refused; 0 means never. */
  readonly expiresAtMs: number;
  /** Unix time in milliseconds at which it last got another secret; 0 means never. */
  readonly rotatedAtMs: number;
}
