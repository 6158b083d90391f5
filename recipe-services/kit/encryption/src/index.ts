/**
 * Encryption of what is stored. `format/`: AES-256-GCM of messages and files. `keys/`: a data key for each owner, stored wrapped by
 * key-encryption keys that are not.
 */
export { isSealedFile } from "./format/sealed-file.js";
export { plainLength, type Bytes } from "./format/sealed-stream.js";
export { Cipher } from "./keys/cipher.js";
export type { KeyDocument, KeyDocuments } from "./keys/key-documents.js";
export { KeyRing } from "./keys/key-ring.js";
export { openKeyRing } from "./open-key-ring.js";
export { encryptionOptions } from "./options.js";
