import { list, text } from "@palate/host";

/** Options of every process that stores data: with which keys it encrypts them. */
export const encryptionOptions = {
  encryptionKeyFile: text(
    "PALATE_ENCRYPTION_KEY_FILE",
    "",
    'File with key-encryption keys of 32 bytes in base64 or hexadecimal, one a line, the newest first; "openssl rand -base64 32" makes one. Set, everything that is stored of people is encrypted.',
  ),
  encryptionKey: text(
    "PALATE_ENCRYPTION_KEY",
    "",
    "The same keys themselves, separated by commas, the newest first; beside a file they only decrypt.",
  ),
  encryptionKmsKeys: list(
    "PALATE_ENCRYPTION_KMS_KEYS",
    "",
    "Ids, ARNs or aliases of key-encryption keys in AWS KMS or a service with its API, separated by commas, the newest first; beside them, keys of a file or the environment only decrypt.",
  ),
  encryptionKmsEndpoint: text(
    "PALATE_ENCRYPTION_KMS_ENDPOINT",
    "",
    "Address of a key management service with the API of AWS KMS; empty means Amazon's.",
  ),
  encryptionKmsRegion: text("PALATE_ENCRYPTION_KMS_REGION", "us-east-1", "Region of the key management service."),
} as const;
