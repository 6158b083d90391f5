import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { NotPossible } from "./fuzzer.js";

const ENGINE = fileURLToPath(new URL("../../../infra/mongo/engine", import.meta.url));

/**
 * Has Go try messages on the parser of the embedded engine. The seed decides nothing: Go's fuzzing draws by coverage.
 * @throws NotPossible without Go
 */
export async function fuzzEngineMessages(_seed: number, rounds: number): Promise<string> {
  const target = ["-run", "^$", "-fuzz", "^FuzzParseRequest$", "-fuzztime", `${rounds}x`];
  const args = ["test", "-tags", "ferretdb_no_postgresql", "-trimpath", ...target, "."];
  const { code, output } = await runGo(args);
  if (code !== 0) throw new Error(output);
  return /execs: (\d+)[^\n]*\n(?:PASS|ok)/.exec(output)?.[0].split("\n")[0] ?? "nothing panicked";
}

function runGo(args: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, CGO_ENABLED: "0", GOWORK: "off" };
    const child = spawn("go", args, { cwd: ENGINE, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", (error) => reject(new NotPossible(`Go cannot be started: ${error.message}`)));
    child.on("close", (code) => resolve({ code, output }));
  });
}
