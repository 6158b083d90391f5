/** The checks that read the code without running it: `npm run lint` is these alone, `npm test` these and the tests. */
import console from "node:console";
import { join } from "node:path";
import process from "node:process";
import { root } from "./bootstrap.mjs";
import { capture, step } from "./steps.mjs";

const bin = (name) => join(root, "node_modules/.bin", name);
/** The packages; dependency-cruiser takes folders and leaves out by itself what its configuration excludes. */
const CODE = ["proto", "recipe-services", "gateway", "infra", "clients", "test"];

/** Exit code of a check that cannot be made here; the last line that it prints says why. */
export const SKIPPED = 3;

/** Each a program that succeeds where it finds nothing. `name` is what the user reads and may choose it by. */
export const checks = [
  { name: "buf lint", command: bin("buf"), args: ["lint"] },
  {
    name: "types of all code, tests included",
    command: process.execPath,
    args: [join(root, "node_modules/@typescript/native/bin/tsc"), "-p", "tsconfig.lint.json"],
  },
  { name: "eslint", command: bin("eslint"), args: ["."] },
  {
    name: "imports (dependency-cruiser)",
    command: bin("depcruise"),
    args: ["--config", ".dependency-cruiser.mjs", "--output-type", "err-long", ...CODE],
  },
  {
    name: "circles of folders (dependency-cruiser)",
    command: bin("depcruise"),
    args: ["--config", "scripts/lint/folders.dependency-cruiser.mjs", "--output-type", "err-long", ...CODE],
  },
  { name: "unused code (knip)", command: bin("knip"), args: ["--no-config-hints"] },
  { name: "prettier", command: bin("prettier"), args: ["--check", "."] },
  { name: "licences of packages", command: process.execPath, args: [join(root, "scripts/licences.mjs")] },
  { name: "known vulnerabilities (npm audit)", command: process.execPath, args: [join(root, "scripts/audit.mjs")] },
];

/**
 * Runs a program and shows its output where it fails.
 * @returns "passed", "failed", or "skipped" where it cannot be run here
 */
export async function outcomeOf({ name, command, args }) {
  const { code, output } = await step(name, () => capture(command, args, { cwd: root }));
  if (code === 0) return "passed";
  if (code === SKIPPED) {
    console.log(`${name}: ${output.trim().split("\n").at(-1)}`);
    return "skipped";
  }
  process.stdout.write(output);
  return "failed";
}
