import { describe, expect, test } from "vitest";
import { endsLinesInReturn } from "./line-ends.js";
import { normalisedLineEnds, type ValueMarks } from "./normalise-line-ends.js";
import { TextChecker } from "./text-checker.js";

const USUAL: ValueMarks = { delimiter: ",", quote: '"', escape: '"', skipLines: 0, comment: "" };

/** A text in parts of some bytes, and one of none. */
async function* inParts(text: string, size: number) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  yield Buffer.alloc(0);
}

async function normalised(text: string, marks: ValueMarks, returnEnds: boolean, size: number): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of normalisedLineEnds(inParts(text, size), marks, returnEnds)) parts.push(part);
  return Buffer.concat(parts).toString();
}

describe("records end in LF, and what is quoted stays as it is", () => {
  test.each<[string, string, string, Partial<ValueMarks>?]>([
    ["both kinds", "a,b\r\n1,2\n3,4\r\n", "a,b\n1,2\n3,4\n"],
    ["several CR before a LF", "a,b\r\r\n1,2\r\r\n", "a,b\n1,2\n"],
    ["a CR at the very end", "a,b\n1,2\r", "a,b\n1,2"],
    ["quoted ends", '"a\r\nb","c\nd"\r\n"e\rf",g\n', '"a\r\nb","c\nd"\n"e\rf",g\n'],
    ["doubled quotes", '"a""\r\n",b\r\n"c",d\n', '"a""\r\n",b\n"c",d\n'],
    ["a quote inside a value without quotes", '5" disk,b\r\nc,d\n', '5" disk,b\nc,d\n'],
    ["a CR inside a value", 'a\rb,c\r\nd,5"\r6"\ne,f\r\n', '"a\rb",c\nd,"5""\r6"""\ne,f\n'],
    ["a CR inside a value where quotes are text", 'a\rb,"c\r\n', 'a b,"c\n', { quote: "", escape: "" }],
    ["a backslash as escape", '"a\\"\r\n",b\r\nc,d\n', '"a\\"\r\n",b\nc,d\n', { escape: "\\" }],
    [
      "another quote and a longer separator",
      "'a::\r\n'::b\r\nc\rd::e\n",
      "'a::\r\n'::b\n'c\rd'::e\n",
      {
        quote: "'",
        escape: "'",
        delimiter: "::",
      },
    ],
    [
      "lines that are no records",
      '"pre\r\na,b\n# it"s\r\n"c",d\n',
      '"pre\na,b\n# it"s\n"c",d\n',
      {
        skipLines: 1,
        comment: "#",
      },
    ],
  ])("%s", async (_what, text, right, marks) => {
    for (const size of [1, 2, 3, 7, 100]) {
      expect(await normalised(text, { ...USUAL, ...marks }, false, size)).toBe(right);
    }
  });

  test("CR alone, where records end so", async () => {
    for (const size of [1, 3, 100]) {
      expect(await normalised('a,b\r"1\r2",3\r4,5', USUAL, true, size)).toBe('a,b\n"1\r2",3\n4,5');
      expect(await normalised('\ufeff"1\r2",3\r4,5', USUAL, true, size)).toBe('"1\r2",3\n4,5');
    }
  });
});

describe("a text's lines end in more than one way", () => {
  const isMixed = (text: string, size: number) => {
    const checker = new TextChecker();
    for (let at = 0; at < text.length; at += size) checker.take(Buffer.from(text.slice(at, at + size)), false);
    checker.take(Buffer.alloc(0), true);
    return checker.mixedLineEnds;
  };

  test.each<[string, boolean]>([
    ["a\nb\n", false],
    ["a\r\nb\r\n", false],
    ["a\r\n\r\nb", false],
    ["a\n\nb", false],
    ["a\r\nb\n", true],
    ["a\nb\r\n", true],
    ["a\n\r\nb\n", true],
    ["a\rb\n", true],
    ["a\r\r\nb\r\n", true],
    ["a\r\nb\r", true],
    ["a\rb", true],
  ])("%j: %s", (text, mixed) => {
    for (const size of [1, 2, 3, 100]) expect(isMixed(text, size)).toBe(mixed);
  });

  test.each<[text: string, alone: boolean, marks?: Partial<ValueMarks>]>([
    ["a\rb\rc", true],
    ["a\r\nb", false],
    ["a\nb", false],
    ["ab", false],
    ['a,"b\nc"\r"d\n""e",f\r', true],
    ['a,"b\rc"\n', false],
    ['a\rb,"c\nd"\ne\r', false],
    ['\ufeff"a\rb",c\r\nd,e\r\n', false],
    ['\ufeff"a\nb",c\rd,e\r', true],
    ["a::'b\n\\'\nc'\rd", true, { delimiter: "::", quote: "'", escape: "\\" }],
    ['of "today\ra,"b\nc"\r', true, { skipLines: 1 }],
    ['#"\ra,"b\nc"\r', true, { comment: "#" }],
  ])("or %j in CR only (%s), as the beginning tells: what is quoted ends no line", (text, alone, marks) => {
    expect(endsLinesInReturn(Buffer.from(text), { ...USUAL, ...marks })).toBe(alone);
  });
});
