import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LogFile, type LogRotation } from "./log-file.js";

let folder: string;
let problems: string[];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "palate-log-"));
  problems = [];
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

const open = (where: string, rotation?: LogRotation) =>
  new LogFile({
    folder: where,
    name: "sims",
    onProblem: (message) => problems.push(message),
    ...(rotation && { rotation }),
  });

describe("a log", () => {
  it("is set aside while its process runs, goes on in a new file, and loses no line of those kept", () => {
    const log = open(folder, { maxBytes: 30, kept: 2 });
    for (let line = 0; line < 12; line++) log.write(`line number ${String.fromCharCode(97 + line)}`);
    log.close();
    // 14 bytes a line: the third goes beyond 30, so each file has three lines.
    const lines = (file: string) => readFileSync(file, "utf8").replaceAll(/line number |\n/g, "");
    expect([`${log.path}.2`, `${log.path}.1`, log.path].map(lines)).toEqual(["def", "ghi", "jkl"]);
    expect(existsSync(`${log.path}.3`)).toBe(false);
    expect(problems).toEqual([]);
  });

  it("of which none are kept begins anew", () => {
    const log = open(folder, { maxBytes: 30, kept: 0 });
    for (let line = 0; line < 4; line++) log.write(`line number ${line}`);
    log.close();
    expect(readdirSync(folder)).toEqual(["sims.log"]);
    expect(readFileSync(log.path, "utf8")).toBe("line number 3\n");
  });

  it("that cannot be written drops lines, says so once, and goes on when it can be", () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const later = path.join(folder, "later");
    const log = open(later);
    log.write("one");
    log.write('{"level":40,"msg":"two"}');
    expect(problems).toEqual([
      expect.stringMatching(/^the log cannot be written \(ENOENT.*\); its lines are dropped until it can be$/),
      "two",
    ]);
    mkdirSync(later);
    vi.advanceTimersByTime(5_000);
    log.write("three");
    log.close();
    expect(readFileSync(log.path, "utf8")).toBe("(2 lines are missing: the log could not be written)\nthree\n");
    expect(log.tail).toEqual(["one", '{"level":40,"msg":"two"}', "three"]);
  });
});
