import { execFile } from "node:child_process";
import { cp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { GraphqlClient } from "@palate/local";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ClientFolder } from "../support/client-folder.js";
import { eventually, startPalate, twoCircles, type TestPalate } from "../support/palate.js";
import { readmeExamples } from "../support/readme.js";

type Skip = (reason: string) => never;

const here = fileURLToPath(new URL(".", import.meta.url));
const run = promisify(execFile);
/** Where npm puts the programs of the clone's packages. */
const BIN = path.resolve(here, "../../node_modules/.bin");
let palate: TestPalate;
/** Where the file is that was uploaded. */
let location = "";

/** The example with the addresses of this Palate in place of the default ones. */
function withAddresses(code: string): string {
  return code
    .replaceAll("127.0.0.1:4000", palate.supervisor.address("gateway"))
    .replaceAll("127.0.0.1:4103", palate.supervisor.address("user-personalization"));
}

/** Every value of a field of this name, wherever it is. */
function valuesOf(field: string, value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => [...(name === field ? [each] : []), ...valuesOf(field, each)]);
}

async function runGraphql(code: string): Promise<unknown> {
  const answer = await new GraphqlClient(palate.supervisor.gatewayUrl).run<unknown>(code);
  expect(valuesOf("userErrors", answer).flat(), code).toEqual([]);
  return answer;
}

/** Five items of the two circles, however the program writes a list. */
function expectRecommendations(stdout: string): void {
  expect(stdout.match(/\b[xy]\d+\b/g), stdout).toHaveLength(5);
}

/** How each kind of example is run. */
const RUNNERS: Readonly<Record<string, (code: string, skip: Skip) => Promise<void>>> = {
  async sh(code) {
    const { stdout } = await run("sh", ["-c", withAddresses(code)], { cwd: palate.importFolder });
    location = (JSON.parse(stdout) as { location: string }).location;
  },
  async "graphql with LOCATION"(code) {
    await runGraphql(code.replace("upload://…", location));
  },
  async "graphql until ACTIVE"(code) {
    await eventually(async () => {
      const answer = await runGraphql(code);
      expect(valuesOf("failureReason", answer).filter((reason) => reason !== null)).toEqual([]);
      return valuesOf("status", answer).every((status) => status === "ACTIVE");
    }, 120_000);
  },
  async graphql(code) {
    const answer = await runGraphql(code);
    if (code.includes("recommendations(")) expect(valuesOf("itemId", answer)).toHaveLength(5);
  },
  async shell(code) {
    const env = {
      ...process.env,
      PALATE_URL: palate.supervisor.gatewayUrl,
      PATH: `${BIN}${path.delimiter}${process.env.PATH}`,
    };
    await run("sh", ["-ec", code], { cwd: palate.importFolder, env });
  },
  async js(code) {
    const program = path.join(here, `readme-example-${process.pid}.mjs`);
    try {
      await writeFile(program, withAddresses(code));
      expectRecommendations((await run(process.execPath, [program])).stdout);
    } finally {
      await rm(program, { force: true });
    }
  },
  async "sh for go"(code, skip) {
    const folder = await openGoFolder(skip);
    const stdout = await folder.shell(withAddresses(code), skip);
    expect(stdout).toContain("palate.recipe.v1.RecommendationService");
    expect(stdout).toContain("// Request of GetRecommendations");
    expect(stdout).toContain('"status": "SERVING"');
    expectRecommendations(stdout);
  },
  async "sh once for go"(code, skip) {
    await (await openGoFolder(skip)).shellOnce(code, skip);
  },
  async go(code, skip) {
    const folder = await openGoFolder(skip);
    await writeFile(path.join(folder.path, "main.go"), withAddresses(code));
    expectRecommendations(await folder.run("go", ["run", "."]));
  },
  async "sh once for python"(code, skip) {
    await (await ClientFolder.open("readme", "python", skip)).shellOnce(code, skip);
  },
  async python(code, skip) {
    const folder = await ClientFolder.open("readme", "python", skip);
    await writeFile(path.join(folder.path, "main.py"), withAddresses(code));
    expectRecommendations(await folder.run(".venv/bin/python", ["main.py"]));
  },
};

/** A folder with the Go module that the README speaks of. */
async function openGoFolder(skip: Skip): Promise<ClientFolder> {
  const folder = await ClientFolder.open("readme", "go", skip);
  for (const file of ["go.mod", "go.sum"])
    await cp(path.join(here, "grpc-clients", file), path.join(folder.path, file));
  return folder;
}

beforeAll(async () => {
  palate = await startPalate(["datasets", "user-personalization", "ranking", "gateway"]);
  await writeFile(path.join(palate.importFolder, "interactions.csv"), twoCircles(60, 40, 12));
}, 200_000);
afterAll(() => palate?.stop());

describe("the README's examples work in the order in which they stand:", () => {
  const examples = readmeExamples();
  it("there are some", () => expect(examples.length).toBeGreaterThan(14));
  let broken = false;
  /** Why there is nothing to run programs of a language with, by its name at the end of `how`. */
  const lacking = new Map<string, string>();
  for (const { how, code, line } of examples) {
    // A first run downloads and compiles what clients in other languages are made of.
    const timeout = how.startsWith("sh ") ? 900_000 : 300_000;
    it(`line ${line}, ${how}`, { timeout }, async ({ skip, onTestFailed }) => {
      if (broken) skip("builds on an example that failed");
      onTestFailed(() => {
        broken = true;
      });
      const language = how.split(" ").at(-1)!;
      const leaveOut = (reason: string): never => {
        lacking.set(language, reason);
        return skip(reason);
      };
      const reason = lacking.get(language);
      if (reason !== undefined) skip(reason);
      await RUNNERS[how]!(code, leaveOut);
    });
  }
});
