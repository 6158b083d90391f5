import { invalidArgument, readOptionFile, type ConfigOf } from "@palate/host";
import type { KeyDocuments } from "./keys/key-documents.js";
import type { KeyEncryptionKey } from "./keys/key-encryption-key.js";
import { KeyRing } from "./keys/key-ring.js";
import { kmsClient, KmsKey } from "./keys/kms-key.js";
import { parseKeys } from "./keys/local-key.js";
import type { encryptionOptions } from "./options.js";

/**
 * The data keys of a service, wrapped with the key-encryption keys that its options name. Nobody is asked yet.
 * @throws PalateError `invalid_argument` when the file cannot be read, or a key is none
 */
export function openKeyRing(config: ConfigOf<typeof encryptionOptions>, documents: KeyDocuments): KeyRing {
  const client = kmsClient({ endpoint: config.encryptionKmsEndpoint, region: config.encryptionKmsRegion });
  const keys: KeyEncryptionKey[] = config.encryptionKmsKeys.map((id) => new KmsKey(id, client));
  if (config.encryptionKeyFile !== "") keys.push(...readKeyFile(config.encryptionKeyFile));
  keys.push(...parseKeys(config.encryptionKey, "PALATE_ENCRYPTION_KEY"));
  return new KeyRing(keys, documents);
}

function readKeyFile(file: string): KeyEncryptionKey[] {
  const env = "PALATE_ENCRYPTION_KEY_FILE";
  const where = `${env}=${file}`;
  const keys = parseKeys(readOptionFile(env, file), where);
  if (keys.length === 0) throw invalidArgument(`${where} has no key; "openssl rand -base64 32" makes one.`);
  return keys;
}
