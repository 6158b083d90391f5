import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kmsClient, KmsKey } from "./kms-key.js";

/** What the operations of AWS KMS that are used have in their bodies. */
interface KmsRequest {
  readonly KeyId: string;
  readonly Plaintext?: string;
  readonly CiphertextBlob?: string;
  readonly EncryptionContext?: Readonly<Record<string, string>>;
}

/** A key management service with the API of AWS KMS: it wraps with AES-256-GCM, and checks who asks by the signature's scope. */
class LocalKms {
  readonly #keys = new Map<string, Buffer>();
  readonly #server: Server;
  readonly asked: { readonly operation: string; readonly authorization: string }[] = [];

  constructor() {
    this.#server = createServer((request, response) => {
      void this.#answer(request).then(({ status, body }) => {
        response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
      });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  create(id: string): void {
    this.#keys.set(id, randomBytes(32));
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; body: object }> {
    const pieces: Buffer[] = [];
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
    const operation = String(request.headers["x-amz-target"]).replace("TrentService.", "");
    this.asked.push({ operation, authorization: request.headers.authorization ?? "" });
    const body = JSON.parse(Buffer.concat(pieces).toString()) as KmsRequest;
    const key = this.#keys.get(body.KeyId);
    if (key === undefined) return { status: 400, body: { __type: "NotFoundException", message: "No such key." } };
    const context = Buffer.from(JSON.stringify(Object.entries(body.EncryptionContext ?? {})));
    if (operation === "Encrypt") {
      const nonce = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(context);
      const sealed = [
        nonce,
        cipher.update(Buffer.from(body.Plaintext!, "base64")),
        cipher.final(),
        cipher.getAuthTag(),
      ];
      return { status: 200, body: { KeyId: body.KeyId, CiphertextBlob: Buffer.concat(sealed).toString("base64") } };
    }
    const blob = Buffer.from(body.CiphertextBlob!, "base64");
    const decipher = createDecipheriv("aes-256-gcm", key, blob.subarray(0, 12)).setAAD(context);
    decipher.setAuthTag(blob.subarray(-16));
    try {
      const plain = Buffer.concat([decipher.update(blob.subarray(12, -16)), decipher.final()]);
      return { status: 200, body: { KeyId: body.KeyId, Plaintext: plain.toString("base64") } };
    } catch {
      return { status: 400, body: { __type: "InvalidCiphertextException", message: "" } };
    }
  }
}

const kms = new LocalKms();
let endpoint: string;
const secret = randomBytes(32);
const wrappedFor = { owner: "shop", keyId: "0011223344556677" };

beforeAll(async () => {
  process.env["AWS_ACCESS_KEY_ID"] = "tester";
  process.env["AWS_SECRET_ACCESS_KEY"] = "secret";
  endpoint = await kms.start();
  kms.create("alias/palate");
  kms.create("alias/other");
});
afterAll(() => kms.stop());

const keyOf = (id: string): KmsKey => new KmsKey(id, kmsClient({ endpoint, region: "eu-central-1" }));

describe("a key of a key management service", () => {
  it("wraps and unwraps, in signed requests", async () => {
    const key = keyOf("alias/palate");
    const wrapped = await key.wrap(secret, wrappedFor);
    expect(Buffer.from(wrapped).includes(secret)).toBe(false);
    expect(Buffer.from(await key.unwrap(wrapped, wrappedFor)).equals(secret)).toBe(true);
    expect(key.id).toBe("kms:alias/palate");
    expect(kms.asked.map(({ operation }) => operation)).toEqual(["Encrypt", "Decrypt"]);
    expect(kms.asked[0]!.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=tester\/\d+\/eu-central-1\/kms\//);
  });

  it("unwraps for the same owner, and by the same key only", async () => {
    const wrapped = await keyOf("alias/palate").wrap(secret, wrappedFor);
    const refused = { code: "failed_precondition", message: expect.stringContaining("InvalidCiphertext") as string };
    await expect(keyOf("alias/palate").unwrap(wrapped, { ...wrappedFor, owner: "cinema" })).rejects.toMatchObject(
      refused,
    );
    await expect(keyOf("alias/other").unwrap(wrapped, wrappedFor)).rejects.toMatchObject(refused);
  });

  it("is named when it does not exist, or nobody answers", async () => {
    await expect(keyOf("alias/none").wrap(secret, wrappedFor)).rejects.toMatchObject({
      code: "failed_precondition",
      message: expect.stringContaining("kms:alias/none") as string,
    });
    const away = new KmsKey("alias/palate", kmsClient({ endpoint: "http://127.0.0.1:9", region: "eu-central-1" }));
    await expect(away.wrap(secret, wrappedFor)).rejects.toMatchObject({ code: "unavailable" });
  });
});
