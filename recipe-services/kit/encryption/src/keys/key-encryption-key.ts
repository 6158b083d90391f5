/** What a data key is wrapped for. A wrapped key put in another's place does not unwrap. */
export interface WrappedFor {
  /** Whose data it is for: a dataset group, a solution version, a batch job, an upload. */
  readonly owner: string;
  /** Id of the data key. */
  readonly keyId: string;
}

/**
 * A key that encrypts data keys and nothing else. It stays outside of the database, so that what is stored there is of no use
 * without it, and can be changed without any data being written anew.
 */
export interface KeyEncryptionKey {
  /** Tells it from others; stands beside everything that it has wrapped, and in messages. Says nothing about the key. */
  readonly id: string;
  /** Encrypts a data key. Throws PalateError `unavailable` when whoever holds the key does not answer. */
  wrap(key: Uint8Array, wrappedFor: WrappedFor): Promise<Uint8Array>;
  /**
   * Decrypts a data key.
   * @throws PalateError `failed_precondition` when it was not wrapped by this key, or for something else; `unavailable` as above
   */
  unwrap(wrapped: Uint8Array, wrappedFor: WrappedFor): Promise<Uint8Array>;
}
