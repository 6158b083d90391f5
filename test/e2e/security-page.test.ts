import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import path from "node:path";
import { expect, it } from "vitest";
import { envExample } from "../support/env-example.js";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
const read = (file: string) => readFile(path.join(REPOSITORY, file), "utf8");

/** Rows of the page's tables, each as its cells. */
async function rowsOf(page: string): Promise<string[][]> {
  const lines = (await read(page)).split("\n").filter((line) => line.startsWith("| "));
  return lines.map((line) => line.slice(2, -2).split(" | "));
}

it("SECURITY.md tells the default of every limit that can be set", async () => {
  const defaults = new Map(
    [...(await envExample()).matchAll(/^# ([A-Z_0-9]+)=(.*)$/gm)].map(([, name, value]) => [name!, value!]),
  );
  const told = new Map<string, string>();
  for (const [variable = "", value = ""] of await rowsOf("SECURITY.md")) {
    const name = /^`([A-Z_0-9]+)`$/.exec(variable)?.[1];
    if (name) told.set(name, value);
  }
  expect(told.size).toBeGreaterThan(15);
  expect([...told]).toEqual([...told.keys()].map((name) => [name, defaults.get(name)]));
  const limits = [...defaults.keys()].filter((name) => name.startsWith("PALATE_MAX_"));
  expect(limits.filter((name) => !told.has(name))).toEqual([]);
});

it("SECURITY.md tells the fixed limits as they are in the code", async () => {
  const rows = (await rowsOf("SECURITY.md")).filter(([, , where]) => /^`[^`]+\.ts` `[A-Z_]+`$/.test(where ?? ""));
  expect(rows.length).toBeGreaterThan(25);
  for (const [limit, value, where] of rows) {
    const [, file, name] = /^`([^`]+)` `([A-Z_]+)`$/.exec(where!)!;
    const written = new RegExp(`const ${name} = ([\\d_* ]+);`).exec(await read(file!))?.[1];
    const product = written?.split("*").reduce((total, part) => total * Number(part.replaceAll("_", "")), 1);
    expect({ limit, value: product }).toEqual({ limit, value: Number(value) });
  }
});

it.each(["SECURITY.md", "OPERATIONS.md"])("links of %s lead somewhere", async (page) => {
  const links = [...(await read(page)).matchAll(/\]\((?!https?:)([^)#]+)(#[^)]*)?\)/g)];
  for (const [, file, anchor] of links) {
    const text = await read(file!).catch(() => `nothing at ${file}`);
    expect(text, file).not.toMatch(/^nothing at /);
    if (!anchor) continue;
    const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(
      ([, title]) =>
        `#${title!
          .toLowerCase()
          .replace(/[^\w -]/g, "")
          .replaceAll(" ", "-")}`,
    );
    expect(headings).toContain(anchor);
  }
});
