/** A data key as it is stored: wrapped. */
export interface KeyDocument {
  /** Whose data it is for. */
  readonly owner: string;
  /** Id of the data key. */
  readonly keyId: string;
  /** Id of the key-encryption key that wrapped it. */
  readonly wrappedBy: string;
  /** The wrapped key. */
  readonly wrapped: Uint8Array;
  /** Unix time in milliseconds. */
  readonly createdAtMs: number;
}

/** The wrapped data keys of a service, in whatever stores them. Every method throws PalateError `unavailable` when that cannot be reached. */
export interface KeyDocuments {
  /** The key of an owner, or null. */
  find(owner: string): Promise<KeyDocument | null>;
  /** All keys, in any order. */
  list(): Promise<KeyDocument[]>;
  /** Stores a key; false when the owner has one. */
  insert(document: KeyDocument): Promise<boolean>;
  /** Replaces what wraps a key, unless another process has done so. */
  rewrap(before: KeyDocument, after: Pick<KeyDocument, "wrappedBy" | "wrapped">): Promise<void>;
  /** Deletes the key of an owner so that its bytes are gone from the store. One that is not there is no error. */
  destroy(owner: string): Promise<void>;
}
