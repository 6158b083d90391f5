import { keyIdOfMessage, type DataKey } from "../format/data-key.js";
import { openStream, sealStream, type Bytes } from "../format/sealed-stream.js";

/** Where a cipher has its keys from. */
export interface CipherKeys {
  /** Whether what is written is encrypted. */
  readonly isOn: boolean;
  /** The key that an owner's data are encrypted with; undefined when nothing is encrypted. */
  keyFor(owner: string): Promise<DataKey | undefined>;
  /** The key that something was encrypted with. Throws PalateError `failed_precondition` when there is none. */
  keyOf(owner: string, keyId: string): Promise<DataKey>;
}

/** Encrypts and decrypts the data of one owner, with the owner's key. */
export class Cipher {
  readonly #keys: CipherKeys;
  readonly #owner: string;

  constructor(keys: CipherKeys, owner: string) {
    this.#keys = keys;
    this.#owner = owner;
  }

  /** Whether what is written is encrypted. */
  get isOn(): boolean {
    return this.#keys.isOn;
  }

  /**
   * Encrypts a small message; undefined when nothing is encrypted.
   * @param scope what belongs together, at most 2^32 messages
   * @param name what the message is; it opens under that name only
   */
  async seal(scope: string, name: string, plain: Uint8Array): Promise<Uint8Array | undefined> {
    return (await this.#keys.keyFor(this.#owner))?.seal(scope, name, plain);
  }

  /** Decrypts a message that {@link seal} made. Throws as {@link openStream} does. */
  async open(scope: string, name: string, sealed: Uint8Array): Promise<Uint8Array> {
    return (await this.#keys.keyOf(this.#owner, keyIdOfMessage(sealed))).open(scope, name, sealed);
  }

  /**
   * Encrypts a file; gives it back as it is when nothing is encrypted.
   * @param name what the file is; it opens under that name only
   */
  async *sealStream(name: string, source: Bytes): AsyncGenerator<Uint8Array> {
    const key = await this.#keys.keyFor(this.#owner);
    if (key === undefined) yield* source;
    else yield* sealStream(key, name, source);
  }

  /**
   * Decrypts a file.
   * @throws PalateError `data_loss` when it was changed or is another's; `failed_precondition` when there is no key for it
   */
  openStream(name: string, source: Bytes): AsyncGenerator<Uint8Array> {
    return openStream((keyId) => this.#keys.keyOf(this.#owner, keyId), name, source);
  }
}
