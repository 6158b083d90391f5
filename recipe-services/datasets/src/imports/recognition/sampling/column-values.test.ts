import { expect, test } from "vitest";
import { hasDecimalComma, listSeparator, nullWords } from "./column-values.js";

test.each([
  [
    ["u1", "NULL", "\\N"],
    ["NULL", "\\N"],
  ],
  [["1.5", "nan"], ["nan"]],
  [["5", "NA", "7"], ["NA"]],
  // Namibia.
  [["DE", "NA", "FR"], []],
  [["a", "b"], []],
])("words for no value in %j", (values, words) => {
  expect(nullWords(values)).toEqual(words);
});

test.each([
  [["3,5", "4"], true],
  [["1.234,50"], true],
  [["3.5"], false],
  [["3", "4"], false],
])("decimal comma in %j", (values, expected) => {
  expect(hasDecimalComma(values)).toBe(expected);
});

test.each([
  [["['Drama', 'Sci-Fi']", "[]"], "[]"],
  [["Drama | Sci-Fi", "Drama"], "|"],
  [["Drama|Sci-Fi"], undefined],
  [["Drama, Sci-Fi", "Drama, Crime", "Sci-Fi, Crime"], ", "],
  [["Jaws, The", "Heat, The second", "Up"], undefined],
  [["Drama", "Crime"], undefined],
  [["1,5", "2,5", "1,5", "2,5"], undefined],
])("separator of lists in %j", (values, expected) => {
  expect(listSeparator(values)).toBe(expected);
});
