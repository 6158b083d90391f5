import { FileFormat } from "@palate/proto/dataset";
import { describe, expect, test } from "vitest";
import { sampleText } from "./sample-text.js";
import { likelyEncoding } from "./likely-encoding.js";

const { FILE_FORMAT_CSV, FILE_FORMAT_JSON, FILE_FORMAT_JSON_LINES } = FileFormat;

test.each([
  ["utf-8", Buffer.from("größe,1\n")],
  // A character that the end of the sample cuts off.
  ["utf-8", Buffer.from("größe ß").subarray(0, -1)],
  ["windows-1252", Buffer.from("größe,1\n", "latin1")],
  ["utf-16le", Buffer.from("\ufeffa,b\n", "utf16le")],
  ["utf-16le", Buffer.from("a,b\nc,d\n", "utf16le")],
  ["utf-16be", Buffer.from("a,b\nc,d\n", "utf16le").swap16()],
] as const)("bytes tell the encoding %s", (encoding, bytes) => {
  expect(likelyEncoding(bytes)).toBe(encoding);
});

describe("the content tells the format", () => {
  test.each([
    ['{"a": 1, "b": {"c": 2}}\n{"a": 2}\n', FILE_FORMAT_JSON_LINES, "", [{ a: 1, b: { c: 2 } }, { a: 2 }]],
    ['{"a": 1}', FILE_FORMAT_JSON_LINES, "", [{ a: 1 }]],
    ['[{"a": 1},\n {"a": 2}]', FILE_FORMAT_JSON, "", [{ a: 1 }, { a: 2 }]],
    ['{"data": {"orders": [{"a": 1}]}}', FILE_FORMAT_JSON, "data.orders", [{ a: 1 }]],
    ["a,b\n1,2\n", FILE_FORMAT_CSV, "", [{ a: "1", b: "2" }]],
    [
      "1,2\n3,4\n",
      FILE_FORMAT_CSV,
      "",
      [
        { "#1": "1", "#2": "2" },
        { "#1": "3", "#2": "4" },
      ],
    ],
  ])("%j", (text, format, rowsPath, rows) => {
    expect(sampleText(Buffer.from(text), true)).toMatchObject({ format, rowsPath, rows });
  });

  test("also of a beginning: what is cut off is left out", () => {
    expect(sampleText(Buffer.from('[{"a": 1}, {"a": "}"}, {"a"'), false)).toMatchObject({
      rows: [{ a: 1 }, { a: "}" }],
    });
    expect(sampleText(Buffer.from('{"a": 1}\n{"a": 2}\n{"a'), false)).toMatchObject({ rows: [{ a: 1 }, { a: 2 }] });
    expect(sampleText(Buffer.from("a,b\n1,2\n3,"), false)).toMatchObject({ rows: [{ a: "1", b: "2" }] });
  });

  test("Python dictionaries are no JSON", () => {
    const text = `{u'username': u'js41637', u'hours': 0.3}\n`;
    expect(sampleText(Buffer.from(text), true)).toMatchObject({
      line: 1,
      message: expect.stringMatching(/Python dictionary.*ast\.literal_eval/) as unknown,
    });
  });
});
