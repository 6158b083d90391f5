import type * as kms from "@aws-sdk/client-kms";
import { failedPrecondition, unavailable } from "@palate/host";
import type { KeyEncryptionKey, WrappedFor } from "./key-encryption-key.js";

/** How a key management service is reached. */
export interface KmsSettings {
  /** Address of a service that speaks the API of AWS KMS; empty for Amazon's own. */
  readonly endpoint: string;
  /** Region. */
  readonly region: string;
}

/** Answers that say that the key cannot do it, whenever it is asked. */
const REFUSALS: readonly string[] = [
  ...["AccessDeniedException", "NotFoundException", "DisabledException", "InvalidKeyUsageException"],
  ...["IncorrectKeyException", "InvalidCiphertextException", "KMSInvalidStateException", "ValidationException"],
];

/**
 * A key-encryption key that a key management service holds, which wraps and unwraps by the API of AWS KMS (`Encrypt`, `Decrypt`):
 * the key itself never comes here. What the data key is for is its encryption context. Credentials are those of the process
 * (environment, profile, role of the pod or the machine).
 */
export class KmsKey implements KeyEncryptionKey {
  readonly id: string;
  readonly #keyId: string;
  readonly #client: () => Promise<kms.KMSClient>;

  /** @param keyId id, ARN or alias ("alias/palate") of the key */
  constructor(keyId: string, client: () => Promise<kms.KMSClient>) {
    this.#keyId = keyId;
    this.#client = client;
    this.id = `kms:${keyId}`;
  }

  async wrap(key: Uint8Array, wrappedFor: WrappedFor): Promise<Uint8Array> {
    const { EncryptCommand } = await import("@aws-sdk/client-kms");
    const context = { EncryptionContext: contextOf(wrappedFor) };
    return this.#ask("wrap", wrappedFor, async (client) => {
      const command = new EncryptCommand({ KeyId: this.#keyId, Plaintext: key, ...context });
      return (await client.send(command)).CiphertextBlob;
    });
  }

  async unwrap(wrapped: Uint8Array, wrappedFor: WrappedFor): Promise<Uint8Array> {
    const { DecryptCommand } = await import("@aws-sdk/client-kms");
    const context = { EncryptionContext: contextOf(wrappedFor) };
    return this.#ask("unwrap", wrappedFor, async (client) => {
      const command = new DecryptCommand({ KeyId: this.#keyId, CiphertextBlob: wrapped, ...context });
      return (await client.send(command)).Plaintext;
    });
  }

  async #ask(
    what: "wrap" | "unwrap",
    { owner, keyId }: WrappedFor,
    ask: (client: kms.KMSClient) => Promise<Uint8Array | undefined>,
  ): Promise<Uint8Array> {
    try {
      const answer = await ask(await this.#client());
      if (answer !== undefined) return answer;
      throw new Error("The answer has no key.");
    } catch (thrown) {
      const { name, message } = thrown as Error;
      const where = `Key-encryption key ${this.id} could not ${what} data key ${keyId} of "${owner}": ${name}: ${message}`;
      throw REFUSALS.includes(name) ? failedPrecondition(where) : unavailable(where, thrown);
    }
  }
}

function contextOf({ owner, keyId }: WrappedFor): Record<string, string> {
  return { "palate:owner": owner, "palate:data-key": keyId };
}

/** Makes a client for several keys. The library is loaded on first use: most installations never need it. */
export function kmsClient({ endpoint, region }: KmsSettings): () => Promise<kms.KMSClient> {
  let client: Promise<kms.KMSClient> | undefined;
  const connect = async (): Promise<kms.KMSClient> => {
    const { KMSClient: Client } = await import("@aws-sdk/client-kms");
    const limits = { requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000 } };
    return new Client({ region, ...(endpoint !== "" && { endpoint }), ...limits });
  };
  return () => (client ??= connect());
}
