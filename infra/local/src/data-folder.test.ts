import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
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

  it("can be taken by the next process after release", () => {
    openDataFolder(folder).release();
    const script = `const { openDataFolder } = await import(${JSON.stringify(built)}); openDataFolder(${JSON.stringify(folder)});`;
    expect(spawnSync(process.execPath, ["--input-type=module", "-e", script]).status).toBe(0);
  });
});
