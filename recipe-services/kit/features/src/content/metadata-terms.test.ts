import { rowOf } from "@palate/numeric";
import { describe, expect, it } from "vitest";
import { metadataTerms, type MetadataTerms } from "./metadata-terms.js";

function termsOf(...args: Parameters<typeof metadataTerms>): MetadataTerms {
  const work = metadataTerms(...args);
  for (let step = work.next(); ; step = work.next()) if (step.done) return step.value;
}

const valuesOf = (terms: MetadataTerms, item: number): number[] => [...rowOf(terms, item).values];

describe("the terms of items' metadata", () => {
  it("are the values that some items share, as telling as they are rare, of length 1 together", () => {
    // Of eight items, two have a (log 4), four b (log 2), one c, which tells no item's kind, and six d, which says nothing.
    const column = ["a|d", "a|b|d", "b|d", "b|d", "b", "c|d", "d", null];
    const terms = termsOf({ KIND: column }, 8);
    const length = Math.hypot(Math.log(4), Math.log(2));
    expect(valuesOf(terms, 0)).toEqual([1]);
    expect(valuesOf(terms, 1)).toEqual([
      expect.closeTo(Math.log(4) / length, 6),
      expect.closeTo(Math.log(2) / length, 6),
    ]);
    expect(valuesOf(terms, 2)).toEqual([1]);
    for (const item of [5, 6, 7]) expect(valuesOf(terms, item)).toEqual([]);
    expect(rowOf(terms, 0).columns[0]).toBe(rowOf(terms, 1).columns[0]);
  });

  it("are the words of texts, each once, however they are written; a word is another in another column", () => {
    const columns = {
      TITLE: ["Red lamp, red", "the RED bird", "Green lamp", "a green tree", "grey sky"],
      MAKER: ["red", "blue", "blue", "Blue|grey", "red"],
    };
    const terms = termsOf(columns, 5, { TITLE: "text", MAKER: "categorical" });
    const inCommon = (one: number, other: number): number =>
      [...rowOf(terms, one).columns].filter((term) => rowOf(terms, other).columns.includes(term)).length;
    expect(inCommon(0, 0)).toBe(3);
    expect(inCommon(1, 0)).toBe(1);
    expect(inCommon(2, 0)).toBe(1);
    // Both makers are written "red", which is not the word of the titles; and "Blue" is another value than "blue".
    expect(inCommon(4, 0)).toBe(1);
    expect(inCommon(4, 1)).toBe(0);
    expect(inCommon(3, 1)).toBe(0);
  });

  it("are none where columns hold numbers or end early", () => {
    const terms = termsOf({ PRICE: [1, 2, 1, 2], KIND: ["a", "a"] }, 4);
    for (let item = 0; item < 4; item++) expect(valuesOf(terms, item).length).toBe(item < 2 ? 1 : 0);
  });
});
