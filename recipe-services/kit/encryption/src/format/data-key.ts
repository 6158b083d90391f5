import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  randomFillSync,
  type KeyObject,
} from "node:crypto";
import { damaged } from "./damaged.js";
import { KEY_BYTES, KEY_ID_BYTES, NONCE_BYTES, TAG_BYTES } from "./sizes.js";

/** Version of a sealed message's form: its first byte. */
const MESSAGE_VERSION = 1;

/** Keys of scopes that are kept; one more makes the oldest go. */
const MAX_SCOPES = 64;

/**
 * A key that data are encrypted with. It encrypts nothing itself: every file, and every scope of messages, has a key of its own
 * that is derived from it (HKDF, RFC 5869), so that no AES key encrypts more than it safely can.
 */
export class DataKey {
  /** {@link KEY_ID_BYTES} random bytes in hexadecimal, which stand in front of what was encrypted. */
  readonly id: string;
  readonly #secret: Uint8Array;
  readonly #scopes = new Map<string, KeyObject>();

  constructor(id: string, secret: Uint8Array) {
    this.id = id;
    this.#secret = secret;
  }

  /** A key for one purpose. Equal arguments give equal keys. */
  derive(salt: Uint8Array, info: Uint8Array): Uint8Array {
    return new Uint8Array(hkdfSync("sha256", this.#secret, salt, info, KEY_BYTES));
  }

  /**
   * Encrypts a small message: version, key id, nonce, ciphertext, tag.
   * @param scope messages with one AES key; no more than 2^32 belong into one, since nonces are random (NIST SP 800-38D, 8.3)
   * @param name what the message is; it opens under that name only
   */
  seal(scope: string, name: string, plain: Uint8Array): Uint8Array {
    const nonce = nextNonce();
    const cipher = createCipheriv("aes-256-gcm", this.#scope(scope), nonce).setAAD(Buffer.from(name, "utf8"));
    const head = Buffer.concat([Uint8Array.of(MESSAGE_VERSION), Buffer.from(this.id, "hex"), nonce]);
    return Buffer.concat([head, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  }

  /** Decrypts a message. Throws PalateError `data_loss` when it is not one of that scope and name, or was changed. */
  open(scope: string, name: string, sealed: Uint8Array): Uint8Array {
    const at = 1 + KEY_ID_BYTES;
    if (sealed.length < at + NONCE_BYTES + TAG_BYTES || sealed[0] !== MESSAGE_VERSION) throw damaged(name);
    const key = this.#scope(scope);
    const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(at, at + NONCE_BYTES));
    decipher.setAAD(Buffer.from(name, "utf8")).setAuthTag(sealed.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(at + NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    } catch {
      throw damaged(name);
    }
  }

  #scope(scope: string): KeyObject {
    let key = this.#scopes.get(scope);
    if (key === undefined) {
      const info = Buffer.from(`palate/message/${MESSAGE_VERSION}|${scope}`, "utf8");
      key = createSecretKey(this.derive(new Uint8Array(0), info));
      const [oldest] = this.#scopes.keys();
      if (oldest !== undefined && this.#scopes.size >= MAX_SCOPES) this.#scopes.delete(oldest);
      this.#scopes.set(scope, key);
    }
    return key;
  }
}

/** Random bytes for nonces to come, and how many are used: asked for one by one they cost as much as encrypting. */
const nonces = { bytes: Buffer.alloc(256 * NONCE_BYTES), used: Infinity };

function nextNonce(): Uint8Array {
  if (nonces.used >= nonces.bytes.length) {
    randomFillSync(nonces.bytes);
    nonces.used = 0;
  }
  const nonce = Uint8Array.from(nonces.bytes.subarray(nonces.used, nonces.used + NONCE_BYTES));
  nonces.used += NONCE_BYTES;
  return nonce;
}

/** Id of the data key that a message was sealed with. */
export function keyIdOfMessage(sealed: Uint8Array): string {
  return Buffer.from(sealed.subarray(1, 1 + KEY_ID_BYTES)).toString("hex");
}
