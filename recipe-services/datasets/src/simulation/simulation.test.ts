import { describe, expect, it } from "vitest";
import { runSimulations } from "./run-simulations.js";
import { simulate } from "./simulate.js";
import type { Defects } from "./world.js";

/** Seeds in which each defect must be found; the search ends with the first that shows it. */
const MANY = 600;

it("nothing acknowledged is lost, counts twice or reaches readers out of order, whatever fails meanwhile", async () => {
  const figures = await runSimulations(1, 500);
  // Else the runs would say little.
  expect(figures.acknowledged / figures.runs).toBeGreaterThan(10);
  expect(figures.compactions / figures.runs).toBeGreaterThan(2);
  expect(figures.kills / figures.runs).toBeGreaterThan(1);
}, 240_000);

it.each([
  [8, "an instance that entered the log anew gave its readers an empty snapshot meanwhile"],
  [90, "an instance that slept over its own compaction removed the files that it had written"],
  [356, "an instance that was a moment behind refused what was possible again"],
  [3364, "an instance that slept while it read event ids refused an event: the files had been compacted"],
  [20380, "a request that came just as the queue had written the last one was not written"],
  [6035, "an instance that slept between looking and writing acknowledged what nobody reads"],
])("nothing of what once went wrong in seed %d does: %s", async (seed) => {
  await runSimulations(seed, 1);
});

it("a seed takes the same steps every time, and others take others", async () => {
  const traceOf = async (seed: number): Promise<string[]> => {
    const lines: string[] = [];
    await simulate(seed, {}, (line) => lines.push(line));
    return lines;
  };
  const first = await traceOf(11);
  expect(await traceOf(11)).toEqual(first);
  expect(await traceOf(12)).not.toEqual(first);
});

const DEFECTS: readonly (readonly [string, Defects, RegExp])[] = [
  [
    "acknowledges before it writes",
    {
      documents: (right) => ({
        ...right,
        insert: async (document) => {
          setTimeout(() => void right.insert(document), 5);
          return { outcome: "written" };
        },
      }),
    },
    /./,
  ],
  [
    "lets two writers have the same number",
    {
      documents: (right) => ({
        ...right,
        insert: async (document) => {
          const found = await right.find(document.id);
          return found ? { outcome: "written" } : right.insert(document);
        },
      }),
    },
    /./,
  ],
  [
    "deletes a document too many",
    {
      documents: (right) => ({
        ...right,
        remove: async (id) => {
          await right.remove(id);
          await right.remove(String(Number(id) + 1).padStart(id.length, "0"));
        },
      }),
    },
    /./,
  ],
  ["forgets event ids at a restart", { remembered: () => ({ eventIds: [], sessions: [] }) }, /counts a second time/],
  [
    "loses the rows of the file that a compaction goes on with",
    {
      files: (right) => ({
        ...methods(right),
        write: (logId, dataset, run) => right.write(logId, dataset, { ...run, base: undefined }),
      }),
    },
    /got a snapshot/,
  ],
  [
    "writes commits into files in another order",
    {
      files: (right) => ({
        ...methods(right),
        write: (logId, dataset, run) =>
          right.write(logId, dataset, {
            ...run,
            commits: [...run.commits.slice(0, -1).reverse(), ...run.commits.slice(-1)],
          }),
      }),
    },
    /got a snapshot/,
  ],
];

/** The methods of files, which do not come along when an object is spread. */
function methods(right: Parameters<NonNullable<Defects["files"]>>[0]): typeof right {
  return {
    write: (logId, dataset, run) => right.write(logId, dataset, run),
    remove: (logId, id) => right.remove(logId, id),
    removeLater: (logId, ids) => right.removeLater(logId, ids),
    open: (logId, manifest, commits) => right.open(logId, manifest, commits),
  };
}

describe("the simulation finds a store that", () => {
  it.each(DEFECTS)("%s", async (_what, defects, violation) => {
    await expect(runSimulations(1, MANY, defects)).rejects.toThrow(violation);
  });
});
