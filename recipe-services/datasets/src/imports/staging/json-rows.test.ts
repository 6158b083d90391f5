import { describe, expect, test } from "vitest";
import { isJsonDocument, jsonRows } from "./json-rows.js";

/** The lines of a document that comes in parts of some bytes. */
async function linesOf(text: string, rowsPath: string, size: number): Promise<string[]> {
  async function* parts() {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const out: Buffer[] = [];
  for await (const part of jsonRows(parts(), rowsPath)) out.push(part);
  return Buffer.concat(out).toString().split("\n").slice(0, -1);
}

describe("the rows of a JSON document", () => {
  test.each<[string, string, string, string[]]>([
    ["a compact array", "", '[{"a":1},{"a":"],}"}]', ['{"a":1}', '{"a":"],}"}']],
    [
      "exact numbers and escapes",
      "",
      '[{"a":12345678901234567890, "b":"\\"\\\\"}]',
      ['{"a":12345678901234567890, "b":"\\"\\\\"}'],
    ],
    [
      "an array over lines, each row in its own",
      "",
      '[\n  {"a": 1},\n\n  {"a": 2}\n]\n',
      ["", '{"a": 1}', "", '{"a": 2}'],
    ],
    ["rows over lines", "", '[\r\n{\r\n "a": [\r\n1]},\n{"a": 2}]', ["", '{ "a": [1]}', "", "", '{"a": 2}']],
    ["objects one after the other", "", '{\n"a": 1\n}\n{"a": 2}', ['{"a": 1}', "", "", '{"a": 2}']],
    [
      "an array inside",
      "data.orders",
      '{"n":[{"x":1}],"data":{"m":{"orders":[9]},"orders":[{"a":{"orders":[]}},3]},"z":1}',
      ['{"a":{"orders":[]}}', "3"],
    ],
    ["an escaped key", "d\u00e4", '{"d\\u00e4":[{"a":1}]}', ['{"a":1}']],
    ["a byte order mark", "", '\ufeff[{"a":1}]', ['{"a":1}']],
    ["no rows", "", "[]", []],
  ])("%s", async (_what, path, text, lines) => {
    for (const size of [1, 3, 1000]) expect(await linesOf(text, path, size)).toEqual(lines);
  });

  test("that ends too early, or has no such array, is refused", async () => {
    await expect(linesOf('[{"a":1},\n{"a"', "", 5)).rejects.toMatchObject({ line: 2, message: /ends in the middle/ });
    await expect(linesOf('{"a":{"b":[]},"c":[1]}', "rows", 5)).rejects.toThrow(
      'has no array at rows_path "rows"; its arrays are at "a.b", "c"',
    );
  });

  test("are told from JSON lines by the beginning", () => {
    const texts = ['{"a":1}\n{"a":2}', '{"a":1}', ' [{"a":1}]', '{\n"a":1}', '{"a":{\r\n}}', '{"a":"{"}\n'];
    expect(texts.map((text) => isJsonDocument(Buffer.from(text)))).toEqual([false, false, true, true, true, false]);
  });
});
