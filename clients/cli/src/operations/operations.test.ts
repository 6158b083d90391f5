import { buildSchema, parse, validate } from "graphql";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { Operation } from "../api/operation.js";

/** The gateway's schema as it is published. */
const schema = buildSchema(
  await readFile(path.resolve(import.meta.dirname, "../../../../gateway/schema.graphql"), "utf8"),
);

async function operations(): Promise<[string, string][]> {
  const files = (await readdir(import.meta.dirname)).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
  );
  const found: [string, string][] = [];
  for (const file of files) {
    const module = (await import(path.join(import.meta.dirname, file))) as Record<string, Operation<unknown, unknown>>;
    for (const [name, { document }] of Object.entries(module)) found.push([`${file} ${name}`, document]);
  }
  return found;
}

const all = await operations();

describe("the command line's operations", () => {
  it("are all found", () => expect(all.length).toBeGreaterThan(20));

  it.each(all)("%s is one of the gateway's schema", (_name, document) => {
    expect(validate(schema, parse(document)).map(({ message }) => message)).toEqual([]);
  });
});
