import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDataFolder } from "./data-folder.js";

const built = fileURLToPath(new URL("../dist/data-folder.js", import.meta.url));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "palate-data-folder-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program that takes the folder, says so, and waits. */
function holder() {
  const script = `const { openDataFolder } = await import(${JSON.stringify(built)});
    openDataFolder(${JSON.stringify(folder)}); console.log("taken"); setInterval(() => {}, 1000);`;
  return spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
}

describe("a data folder", () => {
  it("belongs to one running process, which the refusal names", async () => {
    const other = holder();
    await once(other.stdout!, "data");
    try {
      expect(() => openDataFolder(folder)).toThrow(new RegExp(`running already on .*process ${other.pid}`));
    } finally {
      other.kill("SIGKILL");
    }
  });

  it("is taken over from a process that was killed", async () => {
    const other = holder();
    await once(other.stdout!, "data");
    other.kill("SIGKILL");
    await once(other, "exit");
    const taken = openDataFolder(folder);
    expect(existsSync(taken.logs)).toBe(true);
    taken.release();
  });

  it("is taken over when the process number in its lock belongs to another program by now", () => {
    writeFileSync(path.join(folder, "palate.lock"), JSON.stringify({ pid: process.pid, startTime: "1" }));
    expect(() => openDataFolder(folder).release()).not.toThrow();
  });

  it("is taken over when its lock was cut short", () => {
    writeFileSync(path.join(folder, "palate.lock"), '{"pid": 1');
    expect(() => openDataFolder(folder).release()).not.toThrow();
  });

  it("is inherited by one of several that find a dead lock at the same moment", async () => {
    for (let round = 0; round < 3; round++) {
      const contested = mkdtempSync(path.join(folder, "contested-"));
      writeFileSync(path.join(contested, "palate.lock"), JSON.stringify({ pid: 999_999_999, startTime: "1" }));
      const at = Date.now() + 700;
      const script = `const { openDataFolder } = await import(${JSON.stringify(built)}); while (Date.now() < ${at});
        try { openDataFolder(${JSON.stringify(contested)}); console.log("taken"); setInterval(() => {}, 1000); }
        catch (error) { console.log(error.message); }`;
      const takers = [1, 2, 3].map(() =>
        spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] }),
      );
      const said = await Promise.all(takers.map(async (taker) => String((await once(taker.stdout!, "data"))[0])));
      for (const taker of takers) taker.kill("SIGKILL");
      expect(said.filter((words) => words.startsWith("taken"))).toHaveLength(1);
      expect(said.filter((words) => words.includes("running already"))).toHaveLength(2);
      expect(readdirSync(contested).filter((name) => name.startsWith("palate.lock"))).toEqual(["palate.lock"]);
    }
  });

  it("is inherited although an heir died before it was done", () => {
    writeFileSync(path.join(folder, "palate.lock"), JSON.stringify({ pid: 999_999_999, startTime: "1" }));
    writeFileSync(
      path.join(folder, "palate.lock.after-999999999-1"),
      JSON.stringify({ pid: 999_999_998, startTime: "2" }),
    );
    openDataFolder(folder).release();
    expect(readdirSync(folder).filter((name) => name.startsWith("palate.lock"))).toEqual([]);
  });

  it("is closed to other users, also one that was open before", () => {
    chmodSync(folder, 0o755);
    const taken = openDataFolder(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(taken.mongo).mode & 0o777).toBe(0o700);
    taken.release();
  });

  it("that cannot be made is refused with its path and the reason", () => {
    const file = path.join(folder, "file");
    writeFileSync(file, "");
    expect(() => openDataFolder(path.join(file, "data"))).toThrow(
      /cannot write to its data folder .*file\/data \(.*ENOTDIR/,
    );
  });

  it("can be taken by the next process after release", () => {
    openDataFolder(folder).release();
    const script = `const { openDataFolder } = await import(${JSON.stringify(built)}); openDataFolder(${JSON.stringify(folder)});`;
    expect(spawnSync(process.execPath, ["--input-type=module", "-e", script]).status).toBe(0);
  });
});
