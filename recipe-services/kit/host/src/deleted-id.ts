import { hash } from "node:crypto";

/** The hash by which a deleted user's or item's id is remembered: SHA-256 of the deletion's salt and the id, in hexadecimal. */
export function hashOfDeletedId(salt: string, id: string): string {
  return hash("sha256", salt + id, "hex");
}
