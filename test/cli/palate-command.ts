import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

const BIN = path.join(fileURLToPath(new URL("../..", import.meta.url)), "clients/cli/bin/palate.js");

/** What a command came to. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is run. */
interface CommandOptions {
  /** The gateway's address; default the command's own default. */
  readonly url?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Starts `palate` with these arguments in a process of its own, as a shell does. */
export function spawnPalate(args: readonly string[], { url, env = {}, cwd }: CommandOptions = {}) {
  const address = url === undefined ? {} : { PALATE_URL: url };
  return spawn(process.execPath, [BIN, ...args], { env: { ...process.env, ...address, ...env }, cwd });
}

/** Runs `palate` and waits for its end; `input` is piped into it. */
export function palate(args: readonly string[], options: CommandOptions & { input?: string } = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawnPalate(args, options);
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk) => (stdout += String(chunk)));
    child.stderr.on("data", (chunk) => (stderr += String(chunk)));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
    child.stdin.on("error", () => {}); // it may have ended without reading
    child.stdin.end(options.input ?? "");
  });
}

/** Runs `palate … --json`, which has to go well, and returns its document. */
export async function palateJson<Document>(
  args: readonly string[],
  options: CommandOptions & { input?: string } = {},
): Promise<Document> {
  const { code, stdout, stderr } = await palate([...args, "--json"], options);
  if (code !== 0) throw new Error(`palate ${args.join(" ")} ended with ${code}: ${stdout}${stderr}`);
  return JSON.parse(stdout) as Document;
}
