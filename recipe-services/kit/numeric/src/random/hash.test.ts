import { describe, expect, it } from "vitest";
import { fnv1a, fnv1aSeeded, fnv1aUnit } from "./hash.js";

describe("fnv1a", () => {
  // The published test vectors of the 32-bit hash, whose texts have one byte a character.
  it.each([
    ["", 0x811c9dc5],
    ["a", 0xe40c292c],
    ["foobar", 0xbf9cf968],
  ])("hashes %j as published", (text, expected) => expect(fnv1a(text) >>> 0).toBe(expected));

  it("goes on where it was", () => {
    expect(fnv1a("bar", fnv1a("foo"))).toBe(fnv1a("foobar"));
    expect(fnv1aUnit("r".charCodeAt(0), fnv1a("fooba"))).toBe(fnv1a("foobar"));
  });

  it("depends on the seed, and seed 0 changes nothing", () => {
    expect(fnv1a("a", fnv1aSeeded(0))).toBe(fnv1a("a"));
    expect(fnv1a("a", fnv1aSeeded(1))).not.toBe(fnv1a("a", fnv1aSeeded(2)));
  });
});
