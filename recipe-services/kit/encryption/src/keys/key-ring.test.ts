import { describe, expect, it } from "vitest";
import type { KeyDocument, KeyDocuments } from "./key-documents.js";
import type { KeyEncryptionKey } from "./key-encryption-key.js";
import { KeyRing } from "./key-ring.js";
import { LocalKey, parseKeys } from "./local-key.js";

/** Wrapped keys in memory. */
class MemoryKeys implements KeyDocuments {
  readonly documents = new Map<string, KeyDocument>();

  find(owner: string): Promise<KeyDocument | null> {
    return Promise.resolve(this.documents.get(owner) ?? null);
  }

  list(): Promise<KeyDocument[]> {
    return Promise.resolve([...this.documents.values()]);
  }

  insert(document: KeyDocument): Promise<boolean> {
    if (this.documents.has(document.owner)) return Promise.resolve(false);
    this.documents.set(document.owner, document);
    return Promise.resolve(true);
  }

  rewrap(before: KeyDocument, after: Pick<KeyDocument, "wrappedBy" | "wrapped">): Promise<void> {
    this.documents.set(before.owner, { ...before, ...after });
    return Promise.resolve();
  }

  destroy(owner: string): Promise<void> {
    this.documents.delete(owner);
    return Promise.resolve();
  }
}

const localKey = (byte: number): LocalKey => new LocalKey(Buffer.alloc(32, byte));
const text = Buffer.from("u-17 bought i-4");

describe("data keys", () => {
  it("are made once for each owner, and are read by another process", async () => {
    const documents = new MemoryKeys();
    const [one, other] = [new KeyRing([localKey(1)], documents), new KeyRing([localKey(1)], documents)];
    const sealed = await Promise.all(
      [one, other, one, other].map((ring) => ring.cipherOf("shop").seal("s", "n", text)),
    );
    expect(documents.documents.size).toBe(1);
    for (const bytes of sealed) expect(await other.cipherOf("shop").open("s", "n", bytes!)).toEqual(text);
    await one.cipherOf("cinema").seal("s", "n", text);
    expect(documents.documents.size).toBe(2);
    await expect(one.cipherOf("cinema").open("s", "n", sealed[0]!)).rejects.toThrow(
      /data key .* of "cinema", which is gone/,
    );
  });

  it("are stored wrapped, for their owner only", async () => {
    const documents = new MemoryKeys();
    const ring = new KeyRing([localKey(1)], documents);
    const sealed = await ring.cipherOf("shop").seal("s", "n", text);
    const stored = documents.documents.get("shop")!;
    documents.documents.set("cinema", { ...stored, owner: "cinema" });
    const fresh = new KeyRing([localKey(1)], documents);
    await expect(fresh.cipherOf("cinema").open("s", "n", sealed!)).rejects.toThrow(/cannot be unwrapped/);
  });

  it("make what they encrypted unreadable when they are destroyed", async () => {
    const documents = new MemoryKeys();
    const ring = new KeyRing([localKey(1)], documents);
    const sealed = await ring.cipherOf("shop").seal("s", "n", text);
    await ring.destroy("shop");
    for (const anybody of [ring, new KeyRing([localKey(1)], documents)]) {
      await expect(anybody.cipherOf("shop").open("s", "n", sealed!)).rejects.toMatchObject({
        code: "failed_precondition",
      });
    }
  });

  it("are wrapped anew by the newest key-encryption key, and nothing that they encrypted changes", async () => {
    const documents = new MemoryKeys();
    const before = new KeyRing([localKey(1)], documents);
    const sealed = await before.cipherOf("shop").seal("s", "n", text);
    const rotating = new KeyRing([localKey(2), localKey(1)], documents);
    expect(await rotating.prepare()).toBe(1);
    expect(await new KeyRing([localKey(2), localKey(1)], documents).prepare()).toBe(0);
    expect(documents.documents.get("shop")!.wrappedBy).toBe(localKey(2).id);
    const after = new KeyRing([localKey(2)], documents);
    expect(await after.prepare()).toBe(0);
    expect(await after.cipherOf("shop").open("s", "n", sealed!)).toEqual(text);
  });

  it("are missed at the start, by the name of what wrapped them", async () => {
    const documents = new MemoryKeys();
    await new KeyRing([localKey(1)], documents).cipherOf("shop").seal("s", "n", text);
    const lost = { code: "failed_precondition", message: expect.stringContaining(localKey(1).id) as string };
    await expect(new KeyRing([], documents).prepare()).rejects.toMatchObject(lost);
    const wrong = new KeyRing([localKey(3)], documents);
    await expect(wrong.prepare()).rejects.toMatchObject(lost);
    await expect(wrong.prepare()).rejects.toThrow(localKey(3).id);
    await expect(wrong.cipherOf("shop").seal("s", "n", text)).rejects.toMatchObject(lost);
  });

  it("are tried again after whoever holds the key-encryption key did not answer", async () => {
    const local = localKey(1);
    let away = true;
    const flaky: KeyEncryptionKey = {
      id: "flaky",
      wrap: (key, wrappedFor) => (away ? Promise.reject(new Error("away")) : local.wrap(key, wrappedFor)),
      unwrap: (key, wrappedFor) => (away ? Promise.reject(new Error("away")) : local.unwrap(key, wrappedFor)),
    };
    const ring = new KeyRing([flaky], new MemoryKeys());
    await expect(ring.cipherOf("shop").seal("s", "n", text)).rejects.toThrow("away");
    away = false;
    expect(await ring.cipherOf("shop").seal("s", "n", text)).toBeDefined();
  });

  it("are none when there is no key-encryption key", async () => {
    const documents = new MemoryKeys();
    const cipher = new KeyRing([], documents).cipherOf("shop");
    expect(cipher.isOn).toBe(false);
    expect(await cipher.seal("s", "n", text)).toBeUndefined();
    const pieces: Uint8Array[] = [];
    for await (const piece of cipher.sealStream("n", [text])) pieces.push(piece);
    expect(pieces).toEqual([text]);
    expect(documents.documents.size).toBe(0);
  });
});

describe("key texts", () => {
  it("are base64 or hexadecimal, several of them the newest first", () => {
    const [newest, older] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const keys = parseKeys(`${newest.toString("base64")}\n${older.toString("hex")}\n`, "FILE");
    expect(keys.map(({ id }) => id)).toEqual([localKey(1).id, localKey(2).id]);
  });

  it.each(["abc", Buffer.alloc(31).toString("base64"), Buffer.alloc(33).toString("hex"), "z".repeat(64)])(
    "that are none are refused without being quoted: %s",
    (given) => {
      expect(() => parseKeys(given, "FILE")).toThrow(/Key 1 in FILE is not a key of 32 bytes/);
      expect(() => parseKeys(given, "FILE")).not.toThrow(given);
    },
  );
});
