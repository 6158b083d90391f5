import { expect, test } from "vitest";
import { csvFormat } from "../load/csv-dialect.js";
import { splitRecord, splitRecords } from "./split-records.js";

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

test("records end in LF, CR LF or CR, but not inside of quotes; a record that was cut out has all line ends in it", () => {
  const text = 'a,"b\nc"\r\n\r\nd,"e"f\rg,"h';
  expect(splitRecords(text, usual, 9)).toEqual({
    records: [
      ["a", "b\nc"],
      ["d", "ef"],
      ["g", "h"],
    ],
    misquoted: 2,
  });
  expect(splitRecords(text, usual, 1)).toEqual({ records: [["a", "b\nc"]], misquoted: 0 });
  expect(splitRecord("a,b\rc,d", usual)).toEqual(["a", "b\rc", "d"]);
});
