import { execFile } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { GraphqlClient } from "@palate/local";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually, startPalate, twoCircles, type TestPalate } from "../support/palate.js";

/** A code block of the README under a comment that says how to run it. */
interface Example {
  /** "graphql", "graphql until ACTIVE", "graphql with LOCATION", "sh" or "js". */
  readonly how: string;
  readonly code: string;
}

const here = fileURLToPath(new URL(".", import.meta.url));
const run = promisify(execFile);
let palate: TestPalate;

async function readExamples(): Promise<Example[]> {
  const readme = await readFile(path.join(here, "../../README.md"), "utf8");
  const blocks = readme.matchAll(/<!-- run: ([^>]*?) -->\n```\w+\n([^]*?)```/g);
  return [...blocks].map(([, how = "", code = ""]) => ({ how, code }));
}

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

beforeAll(async () => {
  palate = await startPalate(["datasets", "user-personalization", "ranking", "gateway"]);
}, 200_000);
afterAll(() => palate?.stop());

it("the README's examples work in the order in which they stand", async () => {
  const examples = await readExamples();
  expect(examples.length).toBeGreaterThan(7);
  await writeFile(path.join(palate.importFolder, "interactions.csv"), twoCircles(60, 40, 12));
  let location = "";
  for (const { how, code } of examples) {
    if (how === "sh") {
      const { stdout } = await run("sh", ["-c", withAddresses(code)], { cwd: palate.importFolder });
      location = (JSON.parse(stdout) as { location: string }).location;
    } else if (how === "graphql with LOCATION") {
      await runGraphql(code.replace("upload://…", location));
    } else if (how === "graphql until ACTIVE") {
      await eventually(async () => {
        const answer = await runGraphql(code);
        expect(valuesOf("failureReason", answer).filter((reason) => reason !== null)).toEqual([]);
        return valuesOf("status", answer).every((status) => status === "ACTIVE");
      }, 120_000);
    } else if (how === "graphql") {
      const answer = await runGraphql(code);
      if (code.includes("recommendations(")) expect(valuesOf("itemId", answer)).toHaveLength(5);
    } else {
      expect(how).toBe("js");
      const program = path.join(here, `readme-example-${process.pid}.mjs`);
      try {
        await writeFile(program, withAddresses(code));
        const { stdout } = await run(process.execPath, [program]);
        expect(stdout.match(/'[xy]\d+'/g)).toHaveLength(5);
      } finally {
        await rm(program, { force: true });
      }
    }
  }
}, 300_000);
