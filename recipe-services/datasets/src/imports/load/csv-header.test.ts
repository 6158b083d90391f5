import { expect, test } from "vitest";
import { csvFormat } from "./csv-dialect.js";
import { splitRecord } from "./csv-header.js";

const usual = csvFormat();
const backslash = { ...usual, escape: "\\" };

test.each<[string, Parameters<typeof splitRecord>[1], string[]]>([
  ["a,b,", usual, ["a", "b", ""]],
  ['"a,b","c ""d"""', usual, ["a,b", 'c "d"']],
  ["", usual, [""]],
  ["1::2::", { ...usual, delimiter: "::" }, ["1", "2", ""]],
  ['"a\\"b",c\\d', backslash, ['a"b', "c\\d"]],
  ['"a\\\\","b""c"', backslash, ["a\\", 'b"c"']],
  ['"a,b"', { ...usual, quote: "", escape: "" }, ['"a', 'b"']],
])("the record %j in the form %j has the values %j", (record, format, values) => {
  expect(splitRecord(record, format)).toEqual(values);
});
