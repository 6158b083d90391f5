import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fuzzCommand } from "./command.js";
import { NotPossible, type Fuzzer } from "./fuzzer.js";
import { FUZZERS } from "./registry.js";

let printed: string;
beforeEach(() => {
  printed = "";
  const print = (text: unknown) => void (printed += `${String(text)}\n`);
  vi.spyOn(console, "log").mockImplementation(print);
  vi.spyOn(console, "error").mockImplementation(print);
});
afterEach(() => vi.restoreAllMocks());

/** Those that take minutes: one kills processes, one has Go compile the engine anew. They have tests of their own. */
const SLOW = ["kills", "restarts-on-a-full-disk", "engine-messages"];

/** Some start real services and train a model first. */
const STARTS_PROCESSES_MS = 300_000;

describe("npm run fuzz", () => {
  it.each(FUZZERS.filter(({ name }) => !SLOW.includes(name)))(
    "runs $name for a few rounds",
    async (fuzzer) => {
      const rounds = String(fuzzer.fewRounds);
      expect(await fuzzCommand(["--only", fuzzer.name, "--seed", "7", "--rounds", rounds], FUZZERS)).toBe(0);
      expect(printed).toMatch(new RegExp(`${fuzzer.name} +│ 7 +│ ${fuzzer.fewRounds.toLocaleString("en")} .*held: `));
    },
    STARTS_PROCESSES_MS,
  );

  it("lists every fuzzer", async () => {
    expect(await fuzzCommand(["--list"], FUZZERS)).toBe(0);
    for (const { name } of FUZZERS) expect(printed).toContain(name);
  });

  it("says of a command line that is wrong what would be right", async () => {
    expect(await fuzzCommand(["--only", "nothing"], FUZZERS)).toBe(2);
    expect(await fuzzCommand(["--rounds", "many"], FUZZERS)).toBe(2);
    expect(await fuzzCommand(["--rounds", "1", "--seconds", "1"], FUZZERS)).toBe(2);
    expect(printed).toMatch(/no such fuzzer; there are filter-text, .*\n.*many is not a whole number.*\n.*exclude/);
  });
});

describe("a fuzzer that fails", () => {
  const fuzzer = (run: Fuzzer["run"]): Fuzzer => ({
    ...{ name: "brittle", checks: "nothing breaks", round: "a blow", rounds: 10, fewRounds: 2 },
    run,
  });
  const sound = { ...fuzzer(async () => "all fine"), name: "sound" };

  it("is reported with the command that fails again, and the others run all the same", async () => {
    const brittle = fuzzer(async (seed, rounds) => {
      if (seed + rounds > 5) throw new Error("it broke");
      return "fine so far";
    });
    expect(await fuzzCommand(["--seed", "1", "--seconds", "600"], [brittle])).toBe(1);
    expect(printed).toContain(
      "brittle failed: it broke\nTo see it again: npm run fuzz -- --only brittle --seed 5 --rounds 2",
    );
    expect(await fuzzCommand(["--only", "brittle", "--seed", "5", "--rounds", "2"], [brittle])).toBe(1);
    expect(await fuzzCommand(["--seed", "1", "--rounds", "2"], [brittle])).toBe(0);
    printed = "";
    expect(await fuzzCommand(["--seed", "9"], [brittle, sound])).toBe(1);
    expect(printed).toMatch(/brittle +│ 9 +│ 10 .*failed.*\n.*\n*.*sound +│ 9 .*held: all fine/);
  });

  it("names the one seed in which it fails, where it knows that", async () => {
    const knowing = fuzzer(async () => {
      throw Object.assign(new Error("it broke"), { seed: 8 });
    });
    expect(await fuzzCommand(["--seed", "1"], [knowing])).toBe(1);
    expect(printed).toContain("npm run fuzz -- --only brittle --seed 8 --rounds 1\n");
  });

  it("has not failed where it cannot run", async () => {
    const impossible = fuzzer(async () => {
      throw new NotPossible("Go cannot be started");
    });
    expect(await fuzzCommand([], [impossible, sound])).toBe(0);
    expect(printed).toContain("skipped: Go cannot be started");
  });
});
