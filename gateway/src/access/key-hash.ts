import { hash } from "node:crypto";

/** What is kept of a key: SHA-256, which is enough for 256 random bits. */
export function hashOfKey(key: string): Buffer {
  return hash("sha256", key, "buffer");
}
