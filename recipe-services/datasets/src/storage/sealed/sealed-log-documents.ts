import type { Cipher } from "@palate/encryption";
import type { Inserted, LogDocument, LogDocuments } from "../log-documents.js";

/** Version of the form of an encrypted document; that of the others is 1. */
const SEALED_FORMAT = 2;

/** Numbers of documents that share a key: far fewer than a key may encrypt, also when some are written anew. */
const NUMBERS_PER_SCOPE = 2 ** 20;

/**
 * The documents of a log with what they hold encrypted: records and manifest, not number, time and writer. Documents from before
 * anything was encrypted are read as they are.
 */
export class SealedLogDocuments implements LogDocuments {
  readonly #inner: LogDocuments;
  readonly #cipher: Cipher;
  readonly #logId: string;

  constructor(inner: LogDocuments, cipher: Cipher, logId: string) {
    this.#inner = inner;
    this.#cipher = cipher;
    this.#logId = logId;
  }

  /** Throws PalateError `failed_precondition` when there is no key for it; `data_loss` when it was changed. */
  async find(id: string): Promise<LogDocument | null> {
    const found = await this.#inner.find(id);
    if (found?.sealed === undefined) return found;
    const { sealed, records, format: _, ...rest } = found;
    const name = this.#nameOf(id, sealed);
    const plain = await this.#cipher.open(scopeOf(id), name, records ?? new Uint8Array());
    if (sealed === "records") return { ...rest, format: SEALED_FORMAT - 1, records: plain };
    return { ...rest, format: SEALED_FORMAT - 1, manifest: Buffer.from(plain).toString("utf8") };
  }

  async insert(document: LogDocument): Promise<Inserted> {
    if (!this.#cipher.isOn) return this.#inner.insert(document);
    const { id, format: _, records, manifest, ...rest } = document;
    const held = manifest === undefined ? "records" : "manifest";
    const plain = manifest === undefined ? (records ?? new Uint8Array()) : Buffer.from(manifest, "utf8");
    const bytes = await this.#cipher.seal(scopeOf(id), this.#nameOf(id, held), plain);
    if (bytes === undefined) return this.#inner.insert(document);
    return this.#inner.insert({ ...rest, id, format: SEALED_FORMAT, sealed: held, records: bytes });
  }

  async replaceRecords(id: string, records: Uint8Array): Promise<void> {
    const bytes = await this.#cipher.seal(scopeOf(id), this.#nameOf(id, "records"), records);
    if (bytes === undefined) await this.#inner.replaceRecords(id, records);
    else await this.#inner.replaceRecords(id, bytes, { format: SEALED_FORMAT, sealed: "records" });
  }

  remove(id: string): Promise<void> {
    return this.#inner.remove(id);
  }

  drop(): Promise<void> {
    return this.#inner.drop();
  }

  #nameOf(id: string, held: "records" | "manifest"): string {
    return `log_${this.#logId}|${id}|${held}`;
  }
}

function scopeOf(id: string): string {
  return `log/${Math.floor(Number(id) / NUMBERS_PER_SCOPE)}`;
}
