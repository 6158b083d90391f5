import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const program = fileURLToPath(new URL("../../infra/local/dist/main.js", import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "palate-demo-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the demo as `npm run demo -- --once` does once everything is built. */
function demo(): Promise<{ code: number | null; shown: string; progress: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, "demo", "--once", "--data", folder, "--port", "0"], {
      env: { ...process.env, NO_COLOR: "1" },
    });
    let [shown, progress] = ["", ""];
    child.stdout.on("data", (chunk) => (shown += chunk));
    child.stderr.on("data", (chunk) => (progress += chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, shown, progress }));
  });
}

/** Process ids that a data folder's logs mention. */
async function loggedPids(): Promise<number[]> {
  const names = ["datasets", "popularity", "sims", "user-personalization", "gateway"];
  const logs = await Promise.all(names.map((name) => readFile(path.join(folder, "logs", `${name}.log`), "utf8")));
  const pids = logs.flatMap((log) => [...log.matchAll(/"pid":(\d+)/g)].map(([, pid]) => Number(pid)));
  return [...new Set(pids)];
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("the demo", () => {
  it("imports, trains, recommends, shows an event's effect, and leaves nothing running", async () => {
    const { code, shown, progress } = await demo();
    expect(code, progress).toBe(0);
    expect(shown.match(/^Customer \d+, \d+ purchases$/gm)).toHaveLength(3);
    for (const heading of ["Bought lately", "For you", "Like the last one bought", "Popular"])
      expect(shown).toContain(heading);
    expect(shown).toMatch(/ms later the answer had changed/);
    expect(shown).toMatch(/http:\/\/127\.0\.0\.1:\d+\//);
    const pids = await loggedPids();
    expect(pids.length).toBeGreaterThanOrEqual(5);
    expect(pids.filter(isAlive)).toEqual([]);
  }, 400_000);

  it("finds everything there the second time", async () => {
    const { code, shown, progress } = await demo();
    expect(code, progress).toBe(0);
    expect(progress).not.toMatch(/rows,|NDCG/);
    expect(shown.match(/^Customer \d+, \d+ purchases$/gm)).toHaveLength(3);
    expect(shown).toMatch(/ms later the answer had changed/);
  }, 120_000);
});
