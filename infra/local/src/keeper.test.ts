import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Keeper, type KeeperEvent } from "./keeper.js";
import { LogFile } from "./log-file.js";
import { launchNode } from "./node-process.js";

let folder: string;
let keeper: Keeper | undefined;
let problems: string[];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "palate-keeper-"));
  problems = [];
});
afterEach(async () => {
  await keeper?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Keeps a program that is ready as soon as it has written its process number into a file. */
function keep(body: string, report: (event: KeeperEvent) => void = () => {}): Keeper {
  const main = path.join(folder, "main.mjs");
  const mark = path.join(folder, "mark");
  writeFileSync(
    main,
    `import { writeFileSync, rmSync } from "node:fs";\n${body.replaceAll("MARK", JSON.stringify(mark))}`,
  );
  const log = new LogFile({ folder, name: "program", onProblem: (message) => problems.push(message) });
  const launch = () => {
    rmSync(mark, { force: true });
    const answering = path.join(folder, "answers");
    const responds = async () => existsSync(answering);
    writeFileSync(answering, "");
    return launchNode({ main, env: process.env, log, graceMs: 500, check: async () => existsSync(mark), responds });
  };
  return (keeper = new Keeper("program", launch, report, { lookMs: 20 }));
}

const HEALTHY = `writeFileSync(MARK, ""); process.on("disconnect", () => process.exit(0));`;

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("a kept process", () => {
  it("is killed and started again when it hangs", async () => {
    const events: KeeperEvent[] = [];
    const kept = keep(HEALTHY, (event) => events.push(event));
    await kept.start();
    const before = kept.pid!;
    rmSync(path.join(folder, "answers"));
    await vi.waitFor(() => expect(events.filter(({ kind }) => kind === "ready")).toHaveLength(2), 10_000);
    expect(events.map(({ kind }) => kind)).toEqual(["ready", "hung", "ended", "ready"]);
    expect(isAlive(before)).toBe(false);
    expect(kept.pid).not.toBe(before);
  });

  it("comes back with another process id each time it is killed", async () => {
    const events: KeeperEvent[] = [];
    const kept = keep(HEALTHY, (event) => events.push(event));
    await kept.start();
    for (let round = 1; round <= 2; round++) {
      const before = kept.pid!;
      process.kill(before, "SIGKILL");
      await vi.waitFor(() => expect(events.filter(({ kind }) => kind === "ready")).toHaveLength(round + 1), 10_000);
      expect(kept.pid).not.toBe(before);
    }
    expect(events.find((event) => event.kind === "ended")).toMatchObject({ ending: { how: "signal SIGKILL" } });
  });

  it("stays away once stopped, and starts again when asked", async () => {
    const kept = keep(HEALTHY);
    await kept.start();
    const first = kept.pid!;
    await kept.stop();
    expect(isAlive(first)).toBe(false);
    expect(kept.pid).toBeUndefined();
    await kept.start();
    expect(kept.pid).toBeGreaterThan(0);
  });

  it("that will not end by itself is killed after its grace", async () => {
    const kept = keep(`${HEALTHY} process.on("SIGTERM", () => {});`);
    await kept.start();
    const pid = kept.pid!;
    await kept.stop();
    expect(isAlive(pid)).toBe(false);
  });

  it("that ends while it starts is refused with what it said", async () => {
    const kept = keep(`console.error("PALATE_LISTEN is no address"); process.exit(3);`);
    await expect(kept.start()).rejects.toThrow(
      /program ended while it started \(exit code 3\)[^]*PALATE_LISTEN is no address/,
    );
  });

  it("has its warnings passed on, and nothing less severe", async () => {
    const kept = keep(
      `${HEALTHY} console.error(JSON.stringify({ level: 40, msg: "running low" })); console.error(JSON.stringify({ level: 30, msg: "fine" }));`,
    );
    await kept.start();
    await vi.waitFor(() => expect(problems).toEqual(["running low"]), 10_000);
  });
});
