import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
/** What the checks are told by: a clone that has these and a few files of its own is checked as the repository is. */
const CONFIGURATION = [
  ...["package.json", "tsconfig.base.json", "tsconfig.lint.json", "eslint.config.js", "knip.config.js"],
  ...[".dependency-cruiser.mjs", "scripts", "recipe-services/services.json"],
];
const LINES = Array.from({ length: 71 }, (_, line) => `  out.push(${line});`).join("\n");
const LONG = `(out: number[]): void {\n${LINES}\n}`;

/** A file for each thing that ESLint refuses, with the rule that it breaks. */
const REFUSED: Readonly<Record<string, readonly [rule: string, code: string]>> = {
  "floating.ts": ["@typescript-eslint/no-floating-promises", "export const f = () => { Promise.resolve(); };"],
  "misused.ts": ["@typescript-eslint/no-misused-promises", "[1].forEach(async () => { await Promise.resolve(); });"],
  "thenable.ts": ["@typescript-eslint/await-thenable", "export const f = async () => { await 1; };"],
  "switch.ts": [
    "@typescript-eslint/switch-exhaustiveness-check",
    `export function f(kind: "a" | "b"): void { switch (kind) { case "a": return; } }`,
  ],
  "equality.ts": ["eqeqeq", "export const same = (a: unknown, b: unknown) => a == b;"],
  "twice.ts": [
    "no-duplicate-imports",
    `import { a } from "./a.js";\nimport { b } from "./a.js";\nexport const c = a + b;`,
  ],
  "long.ts": ["max-lines-per-function", `export function f${LONG}`],
  "parameters.ts": ["max-params", "export const f = (a: 1, b: 2, c: 3, d: 4, e: 5, f: 6) => [a, b, c, d, e, f];"],
  "files.ts": ["no-restricted-syntax", `export const rows = \`SELECT * FROM read_parquet('a')\`;`],
  "files-in-text.ts": ["no-restricted-syntax", `export const rows = "SELECT * FROM read_csv_auto($file)";`],
  "environment.ts": ["no-restricted-properties", "export const home = process.env.HOME;"],
  "helper.test.ts": ["house/max-lines-per-function", `export function helper${LONG}`],
};
const ALLOWED: Readonly<Record<string, string>> = {
  "a.ts": "export const a = 1;\nexport const b = 2;",
  "suite.test.ts": `const out: number[] = [];\nexport function suite(): void {\n  describe("suite", () => {\n    it("is long", () => {\n${LINES}\n    });\n  });\n}\ndeclare const describe: (name: string, body: () => void) => void;\ndeclare const it: typeof describe;`,
};

/** A file for each import that dependency-cruiser refuses, with the rule that it breaks. */
const KIT = "recipe-services/kit";
const IMPORTS: readonly (readonly [file: string, rule: string, code: string])[] = [
  [`${KIT}/host/src/up.ts`, "kit-host-imports-no-higher-package", `import { numeric } from "@palate/numeric";`],
  [`${KIT}/numeric/src/service.ts`, "kit-imports-no-service", `import { sims } from "@palate/sims";`],
  ["proto/src/up.ts", "proto-is-the-ground", `import { host } from "@palate/host";`],
  ["recipe-services/popularity/src/other.ts", "services-stay-apart", `import { sims } from "@palate/sims";`],
  ["gateway/src/data.ts", "gateway-imports-proto-and-host", `import { numeric } from "@palate/numeric";`],
  ["clients/cli/src/inside.ts", "clients-stand-alone", `import { host } from "@palate/host";`],
  ["recipe-services/sims/src/door.ts", "only-tests-import-the-gateway", `import { gateway } from "@palate/gateway";`],
  ["recipe-services/sims/src/file.ts", "packages-by-name", `import { host } from "../../kit/host/src/index.js";`],
  ["recipe-services/sims/src/test.ts", "product-imports-no-tests", `import { helper } from "./helper.test.js";`],
  ["recipe-services/sims/src/one/model.ts", "model-is-mathematics", `import { host } from "@palate/host";`],
  ["recipe-services/sims/src/two/model.ts", "model-is-mathematics-alone", `import { readFile } from "node:fs";`],
  ["recipe-services/sims/src/nowhere.ts", "imports-exist", `import { nothing } from "./nothing.js";`],
  [
    "recipe-services/sims/src/circle.ts",
    "no-circles",
    `import type { Round } from "./round.js";\nexport type Circle = Round;`,
  ],
];

let clone: string;

async function write(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(clone, file)), { recursive: true });
  await writeFile(path.join(clone, file), text);
}

/** A package that exports a value of its own name. */
async function addPackage(folder: string, dependencies: Readonly<Record<string, string>> = {}): Promise<void> {
  const name = path.basename(folder);
  const manifest = {
    name: `@palate/${name}`,
    version: "0.1.0",
    type: "module",
    exports: "./src/index.ts",
    dependencies,
  };
  await write(`${folder}/package.json`, JSON.stringify(manifest));
  await write(`${folder}/src/index.ts`, `export const ${name} = 1;\n`);
}

/** What a program of node_modules prints when it is run in the clone, as JSON. */
function report<T>(program: string, ...args: string[]): Promise<T> {
  const started = [path.join(REPOSITORY, "node_modules", program), ...args];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, started, { cwd: clone, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      try {
        resolve(JSON.parse(stdout) as T);
      } catch {
        reject(new Error(`${program} printed no report: ${stdout}${stderr}`, { cause: error }));
      }
    });
  });
}

beforeAll(async () => {
  clone = await mkdtemp(path.join(tmpdir(), "palate-guards-"));
  for (const file of CONFIGURATION) await cp(path.join(REPOSITORY, file), path.join(clone, file), { recursive: true });
  await symlink(path.join(REPOSITORY, "node_modules"), path.join(clone, "node_modules"));
  for (const name of ["host", "numeric"]) await addPackage(`${KIT}/${name}`);
  for (const name of ["sims", "popularity"]) await addPackage(`recipe-services/${name}`);
  for (const folder of ["gateway", "proto", "clients/cli"]) await addPackage(folder);
});

afterAll(() => rm(clone, { recursive: true, force: true }));

describe("ESLint", () => {
  it("refuses what each rule is there for, and lets tests be long", async () => {
    const folder = `${KIT}/host/src/samples`;
    for (const [file, [, code]] of Object.entries(REFUSED)) await write(`${folder}/${file}`, `${code}\n`);
    for (const [file, code] of Object.entries(ALLOWED)) await write(`${folder}/${file}`, `${code}\n`);
    type Result = { filePath: string; messages: { ruleId: string | null; message: string }[] };
    const results = await report<Result[]>("eslint/bin/eslint.js", folder, "--format", "json");
    const rulesOf = ({ messages }: Result) => [...new Set(messages.map(({ ruleId, message }) => ruleId ?? message))];
    const found = Object.fromEntries(results.map((result) => [path.basename(result.filePath), rulesOf(result)]));
    const expected = Object.entries(REFUSED).map(([file, [rule]]) => [file, [rule]]);
    expect(found).toEqual({
      ...Object.fromEntries(expected),
      ...Object.fromEntries(Object.keys(ALLOWED).map((file) => [file, []])),
    });
    await rm(path.join(clone, folder), { recursive: true });
  });
});

describe("dependency-cruiser", () => {
  type Report = { summary: { violations: { from: string; rule: { name: string } }[] } };
  const cruise = async (config: string) => {
    const args = ["--config", config, "--output-type", "json", "proto", "recipe-services", "gateway", "clients"];
    const { summary } = await report<Report>("dependency-cruiser/bin/dependency-cruise.mjs", ...args);
    return summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`).sort();
  };

  it("refuses each import that goes the wrong way, and circles of types", async () => {
    await write("recipe-services/sims/src/helper.test.ts", "export const helper = 1;\n");
    await write(
      "recipe-services/sims/src/round.ts",
      `import type { Circle } from "./circle.js";\nexport type Round = Circle;\n`,
    );
    for (const [file, , code] of IMPORTS) await write(file, `${code}\n`);
    expect(await cruise(".dependency-cruiser.mjs")).toEqual(IMPORTS.map(([file, rule]) => `${file}: ${rule}`).sort());
    for (const [file] of IMPORTS) await rm(path.join(clone, file));
    await rm(path.join(clone, "recipe-services/sims/src/round.ts"));
  });

  it("refuses folders that import one another", async () => {
    const folder = "recipe-services/sims/src";
    await write(`${folder}/up/a.ts`, `import { b } from "../down/b.js";\nexport const a = b;\n`);
    await write(`${folder}/up/c.ts`, "export const c = 1;\n");
    await write(`${folder}/down/b.ts`, "export const b = 1;\n");
    await write(`${folder}/down/d.ts`, `import { c } from "../up/c.js";\nexport const d = c;\n`);
    expect(await cruise(".dependency-cruiser.mjs")).toEqual([]);
    const rule = "no-circles-of-folders";
    expect(await cruise("scripts/lint/folders.dependency-cruiser.mjs")).toEqual([
      `${folder}/down: ${rule}`,
      `${folder}/up: ${rule}`,
    ]);
    for (const name of ["up", "down"]) await rm(path.join(clone, folder, name), { recursive: true });
  });
});

describe("knip", () => {
  it("finds files, exports, exports of an index, and dependencies that nobody uses", async () => {
    await addPackage(`${KIT}/store`, { mongodb: "7.9.0" });
    await write(`${KIT}/store/src/index.ts`, `export { used } from "./used.js";\n`);
    await write(`${KIT}/store/src/used.ts`, "export const used = 1;\nexport const unused = 2;\n");
    await write(`${KIT}/store/src/dead.ts`, "export const dead = 1;\n");
    type Issue = { file: string } & Record<"files" | "exports" | "dependencies", { name: string }[]>;
    const { issues } = await report<{ issues: Issue[] }>("knip/bin/knip.js", "--no-config-hints", "--reporter", "json");
    const found = issues.flatMap(({ file, files, exports, dependencies }) =>
      [...files, ...exports, ...dependencies].map(({ name }) => `${file}: ${name}`),
    );
    expect(found.filter((line) => line.startsWith(`${KIT}/store/`)).sort()).toEqual([
      `${KIT}/store/package.json: mongodb`,
      `${KIT}/store/src/dead.ts: ${KIT}/store/src/dead.ts`,
      `${KIT}/store/src/index.ts: used`,
      `${KIT}/store/src/used.ts: unused`,
      `${KIT}/store/src/used.ts: used`,
    ]);
  });
});
