/**
 * `npm test`: makes the clone ready, then runs every check and test, and ends with "N passed, N failed". Each check counts
 * as one. Arguments go to vitest and leave the other checks out: `npm test -- infra/local`.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import console from "node:console";
import { bootstrap, root } from "./bootstrap.mjs";
import { checks, outcomeOf } from "./checks.mjs";
import { prepareEngine } from "./engine.mjs";
import { capture, show, step } from "./steps.mjs";

const engineFolder = join(root, "infra/mongo/engine");
/** The flags of the engine's own build, so that what its tests compile is found in Go's cache. */
const goFlags = ["-tags", "ferretdb_no_postgresql", "-trimpath"];

const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

function count(name, { passed = 0, failed = 0, skipped = 0 }) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
  if (failed > 0) failures.push(`${name} (${failed})`);
}

/** A program whose success is one check. */
async function check(program) {
  count(program.name, { [await outcomeOf(program)]: 1 });
}

async function goTests() {
  const name = "Go tests of the embedded engine";
  const env = { CGO_ENABLED: "0", GOWORK: "off" };
  const args = ["test", ...goFlags, "-json", "./..."];
  const { code, output } = await step(name, () => capture("go", args, { cwd: engineFolder, env })).catch((error) => {
    return { code: 1, output: `${error.message}\n` };
  });
  const result = { passed: 0, failed: 0, skipped: 0 };
  const field = { pass: "passed", fail: "failed", skip: "skipped" };
  for (const line of output.split("\n")) {
    if (!line.startsWith("{")) continue;
    const { Action: action, Test: test } = JSON.parse(line);
    // A subtest has a "/" in its name and is counted with its test.
    if (test && !test.includes("/") && field[action]) result[field[action]]++;
  }
  if (code !== 0) console.log(goOutput(output));
  if (code !== 0 && result.failed === 0) result.failed = 1; // it did not compile, say
  count(name, result);
}

function goOutput(output) {
  const text = (line) => (line.startsWith("{") ? (JSON.parse(line).Output ?? "") : `${line}\n`);
  return output.split("\n").map(text).join("");
}

async function vitest(args) {
  const folder = mkdtempSync(join(tmpdir(), "palate-test-"));
  const report = join(folder, "report.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const code = await show(
      process.execPath,
      [join(root, "node_modules/vitest/vitest.mjs"), "run", ...reporters, ...args],
      {
        cwd: root,
      },
    );
    const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
    const unloadable = testResults.filter(
      (file) => file.status === "failed" && file.assertionResults.length === 0,
    ).length;
    const failed = numFailedTests + unloadable;
    count("vitest", {
      passed: numPassedTests,
      failed: code !== 0 && failed === 0 ? 1 : failed,
      skipped: numPendingTests,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function nativeBackend() {
  const { output } = await step("setting up the native tensor backend", () =>
    capture(process.execPath, [join(root, "infra/native/setup.mjs")], { cwd: root }),
  );
  console.log(output.trim());
}

const filters = process.argv.slice(2);
try {
  // Before the clone is made ready, for that writes what is missing.
  if (filters.length === 0) {
    const args = [join(root, "scripts/workspaces.mjs"), "--check"];
    await check({ name: "workspaces", command: process.execPath, args });
  }
  await bootstrap({ tests: true });
  if (filters.length === 0) {
    await nativeBackend();
    for (const program of checks) await check(program);
    await goTests();
  }
  await prepareEngine();
  await vitest(filters);
} catch (error) {
  console.error(`\n${error.message}`);
  count("set-up", { failed: 1 });
}

if (total.skipped > 0) console.log(`\n${total.skipped} skipped`);
if (failures.length > 0) console.log(`\nfailed: ${failures.join(", ")}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
