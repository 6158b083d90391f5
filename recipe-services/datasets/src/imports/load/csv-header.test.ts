import { expect, test } from "vitest";
import { splitRecord } from "./csv-header.js";

test.each<[string, string[]]>([
  ["a,b,", ["a", "b", ""]],
  ['"a,b","c ""d"""', ["a,b", 'c "d"']],
  ["", [""]],
])("the record %j has the values %j", (record, values) => {
  expect(splitRecord(record)).toEqual(values);
});
