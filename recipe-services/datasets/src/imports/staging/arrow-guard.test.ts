import { Field, Int32, List, makeData, Utf8, type Data } from "apache-arrow";
import { ByteBuffer } from "flatbuffers";
import { open } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { needWhole, withoutLoops } from "./arrow-guard.js";

const numbers = (length: number, held = length) =>
  makeData({ type: new Int32(), length, data: new Int32Array(held) }) as Data;
const lists = (offsets: number[], child: Data) => {
  const type = new List(new Field("item", new Int32(), true));
  return makeData({ type, length: offsets.length - 1, valueOffsets: Int32Array.from(offsets), child: child as never });
};

describe("data of Arrow", () => {
  it("are taken when they hold what they say", () => {
    needWhole(numbers(0));
    needWhole(numbers(3));
    needWhole(lists([0, 2, 2, 3], numbers(3)));
    const texts = { data: Buffer.from("ab"), valueOffsets: Int32Array.from([0, 1, 2]) };
    needWhole(makeData({ type: new Utf8(), length: 2, ...texts }) as Data);
    // Nothing but missing values need no values.
    needWhole(makeData({ type: new Int32(), length: 3, nullCount: 3, nullBitmap: new Uint8Array(1) }) as Data);
  });

  it.each([
    ["fewer values than rows", numbers(1_000, 2)],
    ["a list past its values", lists([0, 2, 4], numbers(3))],
    ["a list that ends before it begins", lists([0, 3, 2], numbers(3))],
    ["fewer values than rows, within a list", lists([0, 1_000], numbers(1_000, 2))],
  ])("are refused with %s", (_what, data) => {
    expect(() => needWhole(data)).toThrow(/fewer values than it says; it is damaged/);
  });

  it("are described by no list that is longer than the description", () => {
    // An offset of four bytes leads to the list, which begins with its length.
    const listOf = (length: number) => new ByteBuffer(new Uint8Array([4, 0, 0, 0, length, 0, 0, 0, 7, 7]));
    expect(listOf(2).__vector_len(0)).toBe(2);
    expect(() => listOf(11).__vector_len(0)).toThrow(/damaged/);
  });

  it("are read at one place a few times, and not without end", async () => {
    await using handle = await open(fileURLToPath(import.meta.url));
    const file = withoutLoops(handle);
    const textAt = async (position: number) => {
      const { buffer } = await file.read(Buffer.alloc(6), 0, 6, position);
      return buffer.toString();
    };
    for (let time = 0; time < 16; time++) expect(await textAt(0)).toBe("import");
    await expect(textAt(0)).rejects.toThrow(/damaged/);
    expect(await textAt(1)).toBe("mport ");
  });
});
