import { failedPrecondition } from "@palate/host";
import { randomBytes } from "node:crypto";
import { DataKey } from "../format/data-key.js";
import { KEY_BYTES, KEY_ID_BYTES } from "../format/sizes.js";
import { Cipher, type CipherKeys } from "./cipher.js";
import type { KeyDocument, KeyDocuments } from "./key-documents.js";
import type { KeyEncryptionKey } from "./key-encryption-key.js";

/**
 * The data keys of a service. Each owner, which is whatever is deleted at once, has one: a dataset group, a solution version, a
 * batch job, an upload. It is made when something of the owner is first encrypted, and destroyed with the owner, after which
 * whatever bytes are left of it anywhere cannot be read by anybody.
 */
export class KeyRing implements CipherKeys {
  readonly #keys: ReadonlyMap<string, KeyEncryptionKey>;
  readonly #newest: KeyEncryptionKey | undefined;
  readonly #documents: KeyDocuments;
  readonly #held = new Map<string, Promise<DataKey | undefined>>();
  #isPrepared = false;

  /** @param keys key-encryption keys: the first wraps, all unwrap; without any nothing is encrypted */
  constructor(keys: readonly KeyEncryptionKey[], documents: KeyDocuments) {
    this.#keys = new Map(keys.map((key) => [key.id, key]));
    [this.#newest] = keys;
    this.#documents = documents;
  }

  /** Whether what is written is encrypted. */
  get isOn(): boolean {
    return this.#newest !== undefined;
  }

  /** Encrypts and decrypts the data of an owner. */
  cipherOf(owner: string): Cipher {
    return new Cipher(this, owner);
  }

  /**
   * Makes sure that every data key can be unwrapped, and wraps with the newest key those that others wrapped. To be called before
   * anything is served, and again when it throws; once it has not, it does nothing.
   * @returns how many were wrapped anew
   * @throws PalateError `failed_precondition` naming the key-encryption keys that are missing; `unavailable`
   */
  async prepare(): Promise<number> {
    if (this.#isPrepared) return 0;
    const documents = await this.#documents.list();
    const missing = documents.filter(({ wrappedBy }) => !this.#keys.has(wrappedBy));
    if (missing.length > 0) throw this.#missing(missing);
    const tried = new Set<string>();
    let rewrapped = 0;
    for (const document of documents) {
      const isOld = document.wrappedBy !== this.#newest?.id;
      if (!isOld && tried.has(document.wrappedBy)) continue;
      tried.add(document.wrappedBy);
      const secret = await this.#keys.get(document.wrappedBy)!.unwrap(document.wrapped, document);
      if (!isOld || this.#newest === undefined) continue;
      const wrapped = await this.#newest.wrap(secret, document);
      await this.#documents.rewrap(document, { wrappedBy: this.#newest.id, wrapped });
      rewrapped++;
    }
    this.#isPrepared = true;
    return rewrapped;
  }

  /** The key that an owner's data are encrypted with, made when there is none; undefined when nothing is encrypted. */
  async keyFor(owner: string): Promise<DataKey | undefined> {
    if (!this.isOn) return undefined;
    return (await this.#hold(owner)) ?? (await this.#make(owner));
  }

  /**
   * The key that something was encrypted with.
   * @throws PalateError `failed_precondition` when it is gone, or cannot be unwrapped for lack of its key-encryption key
   */
  async keyOf(owner: string, keyId: string): Promise<DataKey> {
    let key = await this.#hold(owner);
    if (key?.id !== keyId) {
      this.#held.delete(owner);
      key = await this.#hold(owner);
    }
    if (key?.id === keyId) return key;
    const other = key === undefined ? "it has none" : `its key is ${key.id}`;
    const message = `This is encrypted with data key ${keyId} of "${owner}", which is gone (${other}). The owner was deleted, or the database is not that of the data.`;
    throw failedPrecondition(message);
  }

  /** Destroys the key of an owner: what was encrypted with it is unreadable from now on. */
  async destroy(owner: string): Promise<void> {
    this.#held.delete(owner);
    await this.#documents.destroy(owner);
  }

  #hold(owner: string): Promise<DataKey | undefined> {
    let held = this.#held.get(owner);
    if (held === undefined) {
      held = this.#read(owner);
      this.#held.set(owner, held);
      const forget = (): void => {
        if (this.#held.get(owner) === held) this.#held.delete(owner);
      };
      held.then((key) => key ?? forget(), forget);
    }
    return held;
  }

  async #read(owner: string): Promise<DataKey | undefined> {
    const document = await this.#documents.find(owner);
    if (document === null) return undefined;
    const wrapper = this.#keys.get(document.wrappedBy);
    if (wrapper === undefined) throw this.#missing([document]);
    return new DataKey(document.keyId, await wrapper.unwrap(document.wrapped, document));
  }

  async #make(owner: string): Promise<DataKey | undefined> {
    const newest = this.#newest!;
    const keyId = randomBytes(KEY_ID_BYTES).toString("hex");
    const secret = randomBytes(KEY_BYTES);
    const wrapped = await newest.wrap(secret, { owner, keyId });
    const document = { owner, keyId, wrappedBy: newest.id, wrapped, createdAtMs: Date.now() };
    // Another process, or another call in this one, may have been first; then its key is the owner's.
    await this.#documents.insert(document);
    return this.#hold(owner);
  }

  #missing(documents: readonly KeyDocument[]) {
    const ids = [...new Set(documents.map(({ wrappedBy }) => wrappedBy))].sort();
    const owner = documents[0]!.owner;
    const whose = documents.length === 1 ? `The data key of "${owner}" is` : `${documents.length} data keys are`;
    const have = this.#keys.size === 0 ? "none is configured" : `configured are ${[...this.#keys.keys()].join(", ")}`;
    return failedPrecondition(
      `${whose} wrapped with key-encryption key ${ids.join(", ")}, which this service does not have: ${have}. Start it with that key too (PALATE_ENCRYPTION_KEY_FILE, PALATE_ENCRYPTION_KEY or PALATE_ENCRYPTION_KMS_KEYS).`,
    );
  }
}
