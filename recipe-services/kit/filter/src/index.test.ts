import { describe, expect, it } from "vitest";
import { readFile } from "node:fs/promises";
import { SHOP } from "../testing/shop.js";
import * as exported from "./index.js";

const { compileFilter, memoryColumns, parseFilter } = exported;
const source = await readFile(new URL("index.ts", import.meta.url), "utf8");
const comment = source.slice(0, source.indexOf("*/")).replaceAll(/^ \* ?/gm, "");

describe("the examples of the module's comment", () => {
  const filters = comment.split("\n").filter((line) => /^ {4}(INCLUDE|EXCLUDE) /.test(line));

  it("are there", () => expect(filters).toHaveLength(8));

  it.each(filters)("%s is a filter", (line) => {
    expect(compileFilter(parseFilter(line), memoryColumns(SHOP)).expression.clauses.length).toBeGreaterThan(0);
  });

  it("print what they say", () => {
    const [, code] = /```js\n([^]*?)```/.exec(comment)!;
    const printed: string[] = [];
    const names = Object.keys(exported);
    const run = new Function("console", ...names, code!) as (...values: unknown[]) => void;
    run({ log: (line: string) => printed.push(line) }, ...names.map((name) => exported[name as keyof typeof exported]));
    const promised = [...code!.matchAll(/^(?:console\.log.*; )?\/\/ (.*)$/gm)].map(([, text]) => text);
    expect(printed).toEqual(promised);
    expect(printed).toHaveLength(2);
  });
});
