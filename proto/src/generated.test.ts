import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readDescriptorSet } from "./descriptors.js";

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, "../..");
const bin = path.join(root, "node_modules/.bin");
const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env["PATH"]}` };

async function filesBelow(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(files.map(async (file) => [path.relative(folder, file), await readFile(file, "utf8")] as const)),
  );
}

describe("contracts", () => {
  let fresh: string;
  beforeAll(async () => (fresh = await mkdtemp(path.join(tmpdir(), "palate-stubs-"))));
  afterAll(() => rm(fresh, { recursive: true, force: true }));

  it("pass buf lint", async () => {
    const { stdout } = await run(path.join(bin, "buf"), ["lint"], { cwd: root, env });
    expect(stdout).toBe("");
  });

  it("are what the stubs were generated from (npm run generate brings them up to date)", async () => {
    await run(path.join(bin, "buf"), ["generate", "--output", fresh], { cwd: root, env });
    const generated = await filesBelow(path.join(fresh, "proto/src/generated"));
    expect(generated.size).toBeGreaterThan(3);
    expect(await filesBelow(path.join(root, "proto/src/generated"))).toEqual(generated);
  });

  it("are what reflection serves (npm run generate brings it up to date)", async () => {
    const file = path.join(fresh, "descriptors.binpb");
    await run(path.join(bin, "buf"), ["build", "--as-file-descriptor-set", "-o", file], { cwd: root, env });
    expect((await readFile(file)).equals(readDescriptorSet())).toBe(true);
  });
});
