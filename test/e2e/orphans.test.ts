import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "../support/palate.js";

const program = fileURLToPath(new URL("../../infra/local/dist/main.js", import.meta.url));
let folder: string;
let running: ChildProcess[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "palate-orphans-"));
  running = [];
});
afterEach(async () => {
  for (const child of running) if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
  await eventually(() => running.every((child) => child.exitCode !== null || child.signalCode !== null));
  await rm(folder, { recursive: true, force: true });
});

/** Starts Palate as npm start does; resolves once it is up, to what it wrote so far. */
function start(): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [program, "up", "--data", folder, "--port", "0"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.push(child);
  let output = "";
  child.stderr?.on("data", (chunk) => (output += chunk));
  return { child, output: () => output };
}

/** Processes whose parent is this one. */
function childrenOf(parent: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === parent;
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Whether a process runs; one that has ended but was not yet collected does not. */
function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3) !== "Z";
  } catch {
    return false;
  }
}

describe.skipIf(!existsSync("/proc/self/stat"))("a Palate whose launcher is gone", () => {
  it("killed: every process ends by itself, and the next start takes the data folder over", async () => {
    const first = start();
    await eventually(() => first.output().includes("Palate is up"), 120_000);
    const children = childrenOf(first.child.pid!);
    expect(children.length).toBeGreaterThanOrEqual(5);
    first.child.kill("SIGKILL");
    await eventually(() => !children.some(isRunning), 30_000);

    const second = start();
    await eventually(() => second.output().includes("Palate is up"), 120_000);
  }, 300_000);

  it("in use: a second start on the same folder says so and leaves the first alone", async () => {
    const first = start();
    await eventually(() => first.output().includes("Palate is up"), 120_000);
    const second = start();
    await eventually(() => second.child.exitCode !== null);
    expect(second.child.exitCode).toBe(1);
    expect(second.output()).toMatch(new RegExp(`running already on .*process ${first.child.pid}`));
    expect(first.child.exitCode).toBeNull();
  }, 200_000);

  it("asked to stop: ends with code 0 and leaves nothing running", async () => {
    const { child, output } = start();
    await eventually(() => output().includes("Palate is up"), 120_000);
    const children = childrenOf(child.pid!);
    child.kill("SIGTERM");
    await eventually(() => child.exitCode !== null, 60_000);
    expect(child.exitCode).toBe(0);
    expect(children.filter(isRunning)).toEqual([]);
  }, 200_000);

  it.each(["SIGINT", "SIGKILL"] as const)(
    "stopped by %s while it starts: leaves nothing running",
    async (signal) => {
      const { child } = start();
      // The engine, datasets and the first recipe services.
      await eventually(() => childrenOf(child.pid!).length >= 4, 120_000);
      const children = childrenOf(child.pid!);
      child.kill(signal);
      await eventually(
        () => !children.some(isRunning) && (child.exitCode !== null || child.signalCode !== null),
        60_000,
      );
      if (signal === "SIGINT") {
        expect(child.exitCode).toBe(130);
        expect(existsSync(path.join(folder, "palate.lock"))).toBe(false);
      }
    },
    200_000,
  );

  it("started by npm, which is gone: everything ends", async () => {
    const script = `"${process.execPath}" "${program}" up --data "${folder}" --port 0`;
    // As npm does: a shell between, which a signal ends without a word to what it started.
    const shell = spawn("sh", ["-c", `${script} & wait`], {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, npm_lifecycle_event: "start" },
    });
    running.push(shell);
    let output = "";
    shell.stderr?.on("data", (chunk) => (output += chunk));
    await eventually(() => output.includes("Palate is up"), 120_000);
    const [launcher] = childrenOf(shell.pid!);
    const children = childrenOf(launcher!);
    shell.kill("SIGTERM");
    await eventually(() => ![launcher!, ...children].some(isRunning), 60_000);
    expect(existsSync(path.join(folder, "palate.lock"))).toBe(false);
  }, 200_000);
});
