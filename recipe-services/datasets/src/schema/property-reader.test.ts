import { Column } from "@palate/proto/dataset";
import { expect, test } from "vitest";
import { PropertyReader } from "./property-reader.js";

const column = (name: string, type: string, more: Partial<Column> = {}) =>
  Column.create({ name, type, nullable: true, ...more });
const reader = new PropertyReader(
  [
    column("NUMBER_OF_RATINGS", "int"),
    column("PRICE", "float"),
    column("GENRES", "string", { categorical: true }),
    column("ADULT", "boolean"),
    column("CREATION_TIMESTAMP", "long"),
  ],
  { ITEM_ID: "item_id" },
  ["CREATION_TIMESTAMP"],
  -100_000_000_000,
);

function read(properties: unknown) {
  const problems: string[] = [];
  const json = typeof properties === "string" ? properties : JSON.stringify(properties);
  const result = reader.read(json, (problem) => problems.push(problem));
  return { values: result === "" ? {} : (JSON.parse(result) as unknown), problems };
}

test.each(["numberOfRatings", "NUMBER_OF_RATINGS", "number_of_ratings", "NumberOfRatings"])(
  "%s means NUMBER_OF_RATINGS",
  (key) => {
    expect(read({ [key]: 12 })).toEqual({ values: { NUMBER_OF_RATINGS: 12 }, problems: [] });
  },
);

test("values may be text, lists become text, and null and absent columns are left out", () => {
  const given = {
    numberOfRatings: "12",
    price: "9.5",
    genres: ["Drama", "Crime"],
    adult: "true",
    creationTimestamp: null,
  };
  expect(read(given)).toEqual({
    values: { NUMBER_OF_RATINGS: 12, PRICE: 9.5, GENRES: "Drama|Crime", ADULT: true },
    problems: [],
  });
  expect(read("")).toEqual({ values: {}, problems: [] });
});

test("an empty text or list is no value", () => {
  expect(read({ genres: [], price: "" })).toEqual({ values: {}, problems: [] });
  expect(read({ genres: [""] })).toEqual({ values: {}, problems: [] });
  expect(read({ genres: ["", "Drama"] })).toEqual({ values: { GENRES: "|Drama" }, problems: [] });
});

test.each<[unknown, RegExp]>([
  [{ colour: "red" }, /the schema has no column "colour"; its columns for properties are NUMBER_OF_RATINGS, PRICE/],
  [{ itemId: "1" }, /itemId belongs into the field item_id/],
  [{ price: 1, PRICE: 2 }, /name PRICE twice/],
  [{ numberOfRatings: 1.5 }, /NUMBER_OF_RATINGS is 1\.5; it must be a whole number of 32 bits/],
  [{ numberOfRatings: 2 ** 40 }, /must be a whole number of 32 bits/],
  [{ price: "cheap" }, /PRICE is "cheap"; it must be a finite number/],
  [{ adult: "maybe" }, /must be true or false/],
  [{ genres: { a: 1 } }, /GENRES is .* it must be text/],
  [{ genres: "g".repeat(1001) }, /at most 1000 characters/],
  [{ creationTimestamp: 1577836800000 }, /CREATION_TIMESTAMP 1577836800000 is in milliseconds; divide by 1000/],
  ["[1]", /must be a JSON object/],
  ["{", /must be a JSON object/],
  ["x".repeat(32_001), /have 32001 characters; at most 32000/],
])("%j is refused", (properties, problem) => {
  expect(read(properties).problems).toEqual([expect.stringMatching(problem)]);
});

test("a column that may not be empty is missed", () => {
  const strict = new PropertyReader([column("PRICE", "float", { nullable: false })], {}, [], 0);
  const problems: string[] = [];
  strict.read("", (problem) => problems.push(problem));
  expect(problems).toEqual([expect.stringMatching(/PRICE is missing/)]);
});

test("things may have been created before 1970, but not in the year -2000", () => {
  const before = { CREATION_TIMESTAMP: -94_694_400 };
  expect(read(before)).toEqual({ values: before, problems: [] });
  expect(read({ creationTimestamp: -1e11 - 1 }).problems).toEqual([
    expect.stringContaining("more than 3,000 years ago"),
  ]);
});
