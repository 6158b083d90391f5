import { expect, test } from "vitest";
import { matchingItems } from "./matching-items.js";

const ITEMS: readonly Record<string, string>[] = [
  { GENRES: "Comedy|Drama", YEAR: "1999", NEW: "true", TITLE: "One" },
  { GENRES: "Drama", YEAR: "2005", NEW: "false", TITLE: "2" },
  { GENRES: 'Say "hi"', YEAR: "", NEW: "true", TITLE: "Three" },
  { GENRES: "", YEAR: "2020", NEW: "", TITLE: "Four" },
];
const attributes = {
  itemCount: ITEMS.length,
  itemColumns: ["GENRES", "YEAR", "NEW", "TITLE"],
  itemAttribute: (item: number, column: string) => ITEMS[item]![column]!,
};

test.each([
  ['ITEMS.genres = "Comedy"', [0]],
  ['ITEMS.GENRES = "Comedy" AND ITEMS.YEAR = 1999', [0]],
  ['ITEMS.GENRES = "Drama" AND ITEMS.YEAR = 1990', []],
  ["ITEMS.YEAR >= 2000 AND ITEMS.YEAR < 2010", [1]],
  ['ITEMS.GENRES IN ("Comedy", "Western") OR ITEMS.YEAR > 2010', [0, 3]],
  ['ITEMS.GENRES = "Say \\"hi\\""', [2]],
  ["ITEMS.NEW = true", [0, 2]],
  ['NOT ITEMS.GENRES = "Drama"', [2, 3]],
  ['ITEMS.TITLE CONTAINS "o"', [0, 3]],
  ["ITEMS.YEAR > now", []],
])("%s", (expression, expected) => {
  const matches = matchingItems(attributes, expression, 1_700_000_000);
  expect([...matches.keys()].filter((item) => matches[item] === 1)).toEqual(expected);
});

test.each([
  ['ITEMS.GENRE = "Comedy"', "GENRES"],
  ["ITEMS.YEAR =", "column"],
  ["USERS.AGE = 3", "line 1"],
  ["", "line 1"],
])("%s is refused, saying what would be right", (expression, hint) => {
  const error = expect.objectContaining({
    code: "invalid_argument",
    message: expect.stringContaining(hint) as string,
  }) as Error;
  expect(() => matchingItems(attributes, expression, 0)).toThrow(error);
});
