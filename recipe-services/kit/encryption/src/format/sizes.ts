/** Bytes of an AES-256 key. */
export const KEY_BYTES = 32;

/** Bytes of a GCM nonce. */
export const NONCE_BYTES = 12;

/** Bytes of a GCM authentication tag, the longest there is. */
export const TAG_BYTES = 16;

/** Bytes of a data key's id. */
export const KEY_ID_BYTES = 8;
