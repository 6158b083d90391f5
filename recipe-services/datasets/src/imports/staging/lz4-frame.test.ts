import { describe, expect, test } from "vitest";
import { unlz4 } from "./lz4-frame.js";

/** "abc", nine bytes from three before, and "de". */
const BLOCK = [0x35, ...Buffer.from("abc"), 3, 0, 0x20, ...Buffer.from("de")];
const PLAIN = "abcabcabcabcde";
const length = (bytes: number) => [bytes, 0, 0, 0];
const END = length(0);
/** A block that is not compressed. */
const STORED = [3, 0, 0, 0x80, ...Buffer.from("xyz")];
/** Four bytes from three before, and "!". */
const REPEATING = [0x00, 3, 0, 0x10, ...Buffer.from("!")];
const SUM = [9, 9, 9, 9];

/** What a frame of version 1 with these flags becomes, of at most 100 bytes. */
const unpacked = (flags: number, ...more: number[]) =>
  unlz4(Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x40 | flags, 0x40, ...more]), 100).toString();

describe("LZ4 frames", () => {
  test("of one block", () => {
    expect(unpacked(0x20, 0, ...length(BLOCK.length), ...BLOCK, ...END)).toBe(PLAIN);
  });

  test("of blocks with checksums, which stand behind each", () => {
    const blocks = [...length(BLOCK.length), ...BLOCK, ...SUM, ...STORED, ...SUM];
    expect(unpacked(0x30, 0, ...blocks, ...END)).toBe(`${PLAIN}xyz`);
  });

  test("that say how long they are, and with a checksum of the whole", () => {
    const size = [...length(14), ...length(0)];
    expect(unpacked(0x2c, ...size, 0, ...length(BLOCK.length), ...BLOCK, ...END, ...SUM)).toBe(PLAIN);
  });

  test("whose blocks repeat what is in those before", () => {
    expect(unpacked(0, 0, ...STORED, ...length(REPEATING.length), ...REPEATING, ...END)).toBe("xyzxyzx!");
  });

  test("of nothing", () => {
    expect(unpacked(0x20, 0, ...END)).toBe("");
  });

  test.each<[string, number[], string]>([
    ["without their end", [...STORED], "out of range"],
    ["with a block that is cut off", [...length(50), ...BLOCK], "an LZ4 block is cut off"],
    ["with a match before the beginning", [...length(REPEATING.length), ...REPEATING, ...END], "points before its"],
    ["that become too long", [...length(9), 0x1f, 0x61, 1, 0, 255, 0, 0x10, 0x61, 0, ...END], "more than 100 bytes"],
  ])("%s are an error", (_what, more, message) => {
    expect(() => unpacked(0x20, 0, ...more)).toThrow(message);
  });
});
