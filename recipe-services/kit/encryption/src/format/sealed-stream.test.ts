import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { DataKey } from "./data-key.js";
import { HEADER_BYTES, isSealed, openStream, plainLength, sealStream } from "./sealed-stream.js";

const SECRET = Buffer.alloc(32, 7);
const key = new DataKey("0102030405060708", SECRET);
const keyOf = (): Promise<DataKey> => Promise.resolve(key);
const SEGMENT = 16;
const TAG = 16;

async function all(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source) pieces.push(piece);
  return Buffer.concat(pieces);
}

const seal = (plain: string, name = "bucket|file"): Promise<Buffer> =>
  all(sealStream(key, name, [Buffer.from(plain)], 4));
const open = async (sealed: Uint8Array, name = "bucket|file"): Promise<string> =>
  (await all(openStream(keyOf, name, [sealed]))).toString();

/** The n-th segment with its tag. */
const segment = (sealed: Buffer, n: number): Buffer =>
  sealed.subarray(HEADER_BYTES + n * (SEGMENT + TAG), HEADER_BYTES + (n + 1) * (SEGMENT + TAG));

/** A file made by the description of the form alone. */
function byHand(segments: readonly string[], name: string): Buffer {
  const salt = Buffer.alloc(32, 1);
  const prefix = Buffer.alloc(7, 2);
  const header = Buffer.concat([Buffer.from("PALATE"), Buffer.from([1, 4]), Buffer.from(key.id, "hex"), salt, prefix]);
  const fileKey = Buffer.from(hkdfSync("sha256", SECRET, salt, Buffer.concat([header, Buffer.from(name)]), 32));
  const parts = segments.map((text, at) => {
    const nonce = Buffer.concat([prefix, Buffer.from([0, 0, 0, at, at === segments.length - 1 ? 1 : 0])]);
    const cipher = createCipheriv("aes-256-gcm", fileKey, nonce);
    return Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  });
  return Buffer.concat([header, ...parts]);
}

describe("the form of an encrypted file", () => {
  it.each([0, 1, 15, 16, 17, 31, 32, 33, 100])("gives %i bytes back, in segments of 16", async (length) => {
    const plain = "x".repeat(length);
    const sealed = await seal(plain);
    expect(isSealed(sealed)).toBe(true);
    expect(await open(sealed)).toBe(plain);
    const oneByOne = [...sealed].map((byte) => Uint8Array.of(byte));
    expect((await all(openStream(keyOf, "bucket|file", oneByOne))).toString()).toBe(plain);
  });

  it("is the one described", async () => {
    const made = byHand(["0123456789abcdef", "0123456789abcdef", "end"], "bucket|file");
    expect(await open(made)).toBe("0123456789abcdef0123456789abcdefend");
    const sealed = await seal("sixteen bytes :)and more");
    const header = sealed.subarray(0, HEADER_BYTES);
    const info = Buffer.concat([header, Buffer.from("bucket|file")]);
    const fileKey = Buffer.from(hkdfSync("sha256", SECRET, header.subarray(16, 48), info, 32));
    const nonce = Buffer.concat([header.subarray(48), Buffer.from([0, 0, 0, 0, 0])]);
    const decipher = createDecipheriv("aes-256-gcm", fileKey, nonce).setAuthTag(segment(sealed, 0).subarray(SEGMENT));
    const first = Buffer.concat([decipher.update(segment(sealed, 0).subarray(0, SEGMENT)), decipher.final()]);
    expect(first.toString()).toBe("sixteen bytes :)");
  });

  it("tells by its length how long it is decrypted", async () => {
    for (const length of [0, 5, 262_143, 262_144, 262_145, 600_000]) {
      const sealed = await all(sealStream(key, "n", [new Uint8Array(length)]));
      expect(plainLength(sealed.length)).toBe(length);
    }
  });

  it("never encrypts the same bytes to the same", async () => {
    expect((await seal("same")).equals(await seal("same"))).toBe(false);
  });

  it("does not open after any byte was changed", async () => {
    const sealed = await seal("0123456789abcdef0123456789");
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed[at]! ^= 0x40;
      await expect(open(changed), `byte ${at}`).rejects.toThrow();
    }
  });

  it("does not open when it was cut off, at a segment's end either", async () => {
    const sealed = await seal("0123456789abcdef".repeat(3));
    for (let length = 0; length < sealed.length; length++) {
      await expect(open(sealed.subarray(0, length)), `${length} bytes`).rejects.toMatchObject({ code: "data_loss" });
    }
    await expect(open(Buffer.concat([sealed, segment(sealed, 2)]))).rejects.toMatchObject({ code: "data_loss" });
  });

  it("does not open when segments were exchanged, left out or taken from another file", async () => {
    const [sealed, other] = [await seal("0123456789abcdef".repeat(4)), await seal("0123456789abcdef".repeat(4))];
    const head = sealed.subarray(0, HEADER_BYTES);
    const parts = [0, 1, 2, 3].map((n) => segment(sealed, n));
    for (const order of [
      [1, 0, 2, 3],
      [0, 2, 3],
      [0, 0, 1, 2, 3],
      [0, 1, 2],
    ]) {
      const changed = Buffer.concat([head, ...order.map((n) => parts[n]!)]);
      await expect(open(changed), String(order)).rejects.toMatchObject({ code: "data_loss" });
    }
    const mixed = Buffer.concat([head, parts[0]!, segment(other, 1), parts[2]!, parts[3]!]);
    await expect(open(mixed)).rejects.toMatchObject({ code: "data_loss" });
  });

  it("does not open under another name, or with another key of that id", async () => {
    const sealed = await seal("secret", "models.shop|a|1|checkpoint-1");
    await expect(open(sealed, "models.shop|b|1|checkpoint-1")).rejects.toThrow(/models.shop\|b.*does not decrypt/);
    const wrong = new DataKey(key.id, Buffer.alloc(32, 8));
    await expect(
      all(openStream(() => Promise.resolve(wrong), "models.shop|a|1|checkpoint-1", [sealed])),
    ).rejects.toMatchObject({ code: "data_loss" });
  });

  it("says that a newer form needs a newer version", async () => {
    const sealed = await seal("secret");
    sealed[6] = 2;
    await expect(open(sealed)).rejects.toThrow(/form 2.*Update the service/);
  });
});

describe("a message", () => {
  it("opens in its scope, under its name and unchanged only", () => {
    const sealed = key.seal("log/0", "log|1", Buffer.from("who"));
    expect(Buffer.from(key.open("log/0", "log|1", sealed)).toString()).toBe("who");
    expect(() => key.open("log/0", "log|2", sealed)).toThrow(/"log\|2" does not decrypt/);
    expect(() => key.open("log/1", "log|1", sealed)).toThrow(/does not decrypt/);
    for (const at of [0, 9, 20, 22, sealed.length - 1]) {
      const changed = Buffer.from(sealed);
      changed[at]! ^= 1;
      expect(() => key.open("log/0", "log|1", changed), `byte ${at}`).toThrow(/does not decrypt/);
    }
    expect(() => key.open("log/0", "log|1", sealed.subarray(0, 20))).toThrow(/does not decrypt/);
  });
});
