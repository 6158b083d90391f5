import type { KeyDocument, KeyDocuments } from "@palate/encryption";
import { Binary, type Collection, type Db } from "mongodb";
import { isDuplicateKey, toStoreError } from "../gridfs/store-error.js";

const COLLECTION = "encryption_keys";

/** A wrapped key as MongoDB has it. */
type Stored = Omit<KeyDocument, "owner" | "wrapped"> & { readonly _id: string; readonly wrapped: Binary };

/** The wrapped data keys of a service, in a collection of its database. */
export class MongoKeyDocuments implements KeyDocuments {
  readonly #db: Db;
  readonly #collection: Collection<Stored>;

  /** @param db the service's own database */
  constructor(db: Db) {
    this.#db = db;
    this.#collection = db.collection<Stored>(COLLECTION);
  }

  async find(owner: string): Promise<KeyDocument | null> {
    const found = await this.#collection.findOne({ _id: owner }).catch(refuse);
    return found && fromStored(found);
  }

  async list(): Promise<KeyDocument[]> {
    return (await this.#collection.find({}).toArray().catch(refuse)).map(fromStored);
  }

  async insert({ owner, wrapped, ...rest }: KeyDocument): Promise<boolean> {
    try {
      await this.#collection.insertOne({ _id: owner, ...rest, wrapped: new Binary(wrapped) });
      return true;
    } catch (thrown) {
      if (isDuplicateKey(thrown)) return false;
      throw toStoreError(thrown);
    }
  }

  async rewrap(before: KeyDocument, after: Pick<KeyDocument, "wrappedBy" | "wrapped">): Promise<void> {
    const { owner, keyId, wrappedBy } = before;
    const $set = { wrappedBy: after.wrappedBy, wrapped: new Binary(after.wrapped) };
    await this.#collection.updateOne({ _id: owner, keyId, wrappedBy }, { $set }).catch(refuse);
  }

  async destroy(owner: string): Promise<void> {
    if ((await this.#collection.findOne({ _id: owner }).catch(refuse)) === null) return;
    await this.#collection.deleteOne({ _id: owner }).catch(refuse);
    // Until then the database's files may still have the deleted bytes; not every engine can.
    await this.#db.command({ compact: COLLECTION }).catch(() => undefined);
  }
}

function fromStored({ _id, wrapped, ...rest }: Stored): KeyDocument {
  return { owner: _id, ...rest, wrapped: wrapped.buffer };
}

function refuse(thrown: unknown): never {
  throw toStoreError(thrown);
}
