import { SERVICES } from "@palate/host/services";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);
let clone: string;

const inClone = (file: string) => path.join(clone, file);
const read = async (file: string) => JSON.parse(await readFile(inClone(file), "utf8")) as unknown;
const write = (file: string, value: unknown) => writeFile(inClone(file), `${JSON.stringify(value, null, 2)}\n`);

/** Runs the generator on the clone; resolves to what it printed. */
async function generate(...args: string[]): Promise<string> {
  const script = path.join(REPOSITORY, "scripts/workspaces.mjs");
  const { stdout } = await run(process.execPath, [script, "--root", clone, ...args]);
  return stdout;
}

/** A recipe service named "weather", made as one makes one: a copy of the popularity service's folder. */
async function addFolder(): Promise<void> {
  const folder = "recipe-services/weather";
  await cp(inClone("recipe-services/popularity"), inClone(folder), { recursive: true });
  await write(`${folder}/package.json`, {
    ...((await read(`${folder}/package.json`)) as object),
    name: "@palate/weather",
  });
}

async function addLine(folder = "recipe-services/weather"): Promise<void> {
  await write("recipe-services/services.json", [...SERVICES, { name: "weather", role: "recipe", folder, port: 4199 }]);
}

/** What describes the packages, without their sources: the manifests, the compiler's settings, the list, the programs. */
const DESCRIBES = /(^|\/)(package\.json|tsconfig\.json|services\.json|main\.ts)$/;

beforeEach(async () => {
  clone = await mkdtemp(path.join(tmpdir(), "palate-workspaces-"));
  const { stdout } = await run("git", ["ls-files", "-co", "--exclude-standard"], { cwd: REPOSITORY });
  for (const file of stdout.split("\n").filter((name) => DESCRIBES.test(name))) {
    await mkdir(path.dirname(inClone(file)), { recursive: true });
    await cp(path.join(REPOSITORY, file), inClone(file));
  }
});
afterEach(() => rm(clone, { recursive: true, force: true }));

describe("a new recipe service", () => {
  it("is a folder and a line in the list; the rest is written, once", async () => {
    await addFolder();
    await addLine();
    await expect(generate("--check")).rejects.toThrow(/generate:workspaces/);
    expect(await generate()).toBe("wrote test/package.json\nwrote test/tsconfig.json\nwrote tsconfig.json\n");
    expect(await read("tsconfig.json")).toMatchObject({
      references: expect.arrayContaining([{ path: "recipe-services/weather" }]) as unknown,
    });
    expect(await read("test/tsconfig.json")).toMatchObject({
      references: expect.arrayContaining([{ path: "../recipe-services/weather" }]) as unknown,
    });
    expect(await read("test/package.json")).toMatchObject({ devDependencies: { "@palate/weather": "0.1.0" } });
    expect(await generate()).toBe("");
    expect(await generate("--check")).toBe("");
  });

  it("without its line is refused with the line to add", async () => {
    await addFolder();
    await expect(generate()).rejects.toThrow(
      /services.json does not name; add {"name":"weather","role":"recipe","folder":"recipe-services\/weather","port":41\d\d}/,
    );
  });

  it("without its folder is refused", async () => {
    await addLine();
    await expect(generate()).rejects.toThrow(/names recipe-services\/weather for "weather"; there is no package/);
  });

  it("that goes away again leaves nothing behind", async () => {
    await addFolder();
    await addLine();
    await generate();
    await rm(inClone("recipe-services/weather"), { recursive: true });
    await write("recipe-services/services.json", SERVICES);
    await generate();
    for (const file of ["tsconfig.json", "test/tsconfig.json", "test/package.json"])
      expect(await readFile(inClone(file), "utf8")).toBe(await readFile(path.join(REPOSITORY, file), "utf8"));
  });
});

it("a new dependency of one package on another becomes a reference", async () => {
  const manifest = (await read("infra/mongo/package.json")) as { dependencies: object };
  await write("infra/mongo/package.json", {
    ...manifest,
    dependencies: { ...manifest.dependencies, "@palate/proto": "0.1.0" },
  });
  expect(await generate()).toBe("wrote infra/mongo/tsconfig.json\n");
  expect(await read("infra/mongo/tsconfig.json")).toMatchObject({ references: [{ path: "../../proto" }] });
});
