import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LogFile } from "./log-file.js";

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

const open = (where: string, maxBytes?: number) =>
  new LogFile({
    folder: where,
    name: "sims",
    onProblem: (message) => problems.push(message),
    ...(maxBytes && { maxBytes }),
  });

describe("a log", () => {
  it("is set aside while its process runs, and goes on in a new file", () => {
    const log = open(folder, 30);
    for (let line = 0; line < 9; line++) log.write(`line number ${line}`);
    log.close();
    // 14 bytes a line: the third goes beyond 30, so each file has three lines.
    expect(readFileSync(log.path, "utf8")).toBe("line number 6\nline number 7\nline number 8\n");
    expect(readFileSync(`${log.path}.1`, "utf8")).toBe("line number 3\nline number 4\nline number 5\n");
    expect(problems).toEqual([]);
  });

  it("that cannot be written drops lines, says so once, and goes on when it can be", () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const later = path.join(folder, "later");
    const log = open(later);
    log.write("one");
    log.write('{"level":40,"msg":"two"}');
    expect(problems).toEqual([
      expect.stringMatching(/^the log cannot be written \(ENOENT.*\); its lines are dropped until it can be$/),
      "two",
    ]);
    mkdirSync(later);
    vi.setSystemTime(Date.now() + 5_000);
    log.write("three");
    log.close();
    expect(readFileSync(log.path, "utf8")).toBe("(2 lines are missing: the log could not be written)\nthree\n");
    expect(log.tail).toEqual(["one", '{"level":40,"msg":"two"}', "three"]);
  });
});
