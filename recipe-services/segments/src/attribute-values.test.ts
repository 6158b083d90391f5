import { expect, test } from "vitest";
import { rowsByValue } from "./attribute-values.js";

const plain = (column: Parameters<typeof rowsByValue>[0], most = 100) => Object.fromEntries(rowsByValue(column, most));

test("rows by each value of a text, where one row can have several", () => {
  expect(plain(["a|b", "a", null, "b", "", "a"])).toEqual({ a: [0, 1, 5], b: [0, 3] });
});

test("few different numbers and booleans are values like others", () => {
  expect(plain([1, 2, 1, null, 2])).toEqual({ "1": [0, 2], "2": [1, 4] });
  expect(plain([true, false, true])).toEqual({ true: [0, 2], false: [1] });
});

test("many different numbers are taken in ranges that hold each row once", () => {
  const ranges = plain(Array.from({ length: 40 }, (_, row) => (row === 7 ? null : row)));
  expect(Object.values(ranges)).toHaveLength(4);
  expect(
    Object.values(ranges)
      .flat()
      .sort((a, b) => a - b),
  ).toEqual([...Array(40).keys()].filter((row) => row !== 7));
  expect(Object.keys(ranges)[0]).toMatch(/^0 to \d+$/);
  for (const rows of Object.values(ranges)) expect(rows.length).toBeGreaterThan(8);
});

test("titles, and what has too many values, tell nothing of kinds", () => {
  expect(plain(Array.from({ length: 30 }, (_, row) => `title ${row}`))).toEqual({});
  expect(plain(["a", "a", "b", "b", "c", "c"], 2)).toEqual({});
  expect(plain([null, null])).toEqual({});
});
