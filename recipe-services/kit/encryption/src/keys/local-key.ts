import { failedPrecondition, invalidArgument } from "@palate/host";
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { KEY_BYTES, NONCE_BYTES, TAG_BYTES } from "../format/sizes.js";
import type { KeyEncryptionKey, WrappedFor } from "./key-encryption-key.js";

/** Bytes of the hash of a key that its id consists of. */
const ID_BYTES = 6;

/** A key-encryption key that this process holds: AES-256-GCM, with what the data key is for as associated data. */
export class LocalKey implements KeyEncryptionKey {
  readonly id: string;
  readonly #key: Uint8Array;

  /** @param key 32 bytes from a random number generator */
  constructor(key: Uint8Array) {
    this.#key = key;
    const hash = Buffer.from(hkdfSync("sha256", key, "", "palate/key-encryption-key/id", ID_BYTES));
    this.id = `local:${hash.toString("hex")}`;
  }

  async wrap(key: Uint8Array, wrappedFor: WrappedFor): Promise<Uint8Array> {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce).setAAD(associated(wrappedFor));
    return Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
  }

  async unwrap(wrapped: Uint8Array, wrappedFor: WrappedFor): Promise<Uint8Array> {
    const bytes = Buffer.from(wrapped);
    try {
      const decipher = createDecipheriv("aes-256-gcm", this.#key, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(associated(wrappedFor)).setAuthTag(bytes.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    } catch {
      const { keyId, owner } = wrappedFor;
      throw failedPrecondition(
        `Data key ${keyId} of "${owner}" cannot be unwrapped with key-encryption key ${this.id}: what is stored of it is damaged, or is another's.`,
      );
    }
  }
}

function associated({ owner, keyId }: WrappedFor): Buffer {
  return Buffer.from(`palate/data-key|${keyId}|${owner}`, "utf8");
}

/**
 * Keys from a text: each 32 bytes in base64 or hexadecimal, separated by commas or white space, the newest first.
 * @param where what the text comes from, for messages
 * @throws PalateError `invalid_argument` when one is none; the message does not quote it
 */
export function parseKeys(text: string, where: string): LocalKey[] {
  const words = text.split(/[\s,]+/).filter((word) => word !== "");
  return words.map((word, at) => {
    const key = Buffer.from(word, /^[0-9a-f]{64}$/i.test(word) ? "hex" : "base64");
    const isText = /^(?:[0-9a-f]{64}|[A-Za-z0-9+/]{43}=)$/i.test(word);
    if (isText && key.length === KEY_BYTES) return new LocalKey(key);
    throw invalidArgument(
      `Key ${at + 1} in ${where} is not a key of ${KEY_BYTES} bytes in base64 or hexadecimal; "openssl rand -base64 32" makes one.`,
    );
  });
}
