import { leaveOneOut } from "@palate/recipe";
import { sims } from "@palate/sims";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { loadFolder, withLatest, withoutRareItems } from "./load-folder.js";
import { measureOnSplit, repeatedCases } from "./measure.js";
import { parseOptions } from "./options.js";
import { renderReport } from "./report.js";
import { runQuality } from "./run.js";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "palate-quality-"));
  // User 7 comes first and out of order; three rows share a time; item 010 is known only by its interactions.
  const interactions = [
    "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,EVENT_VALUE",
    "7,c,30,view,",
    "7,a,10,buy,2.5",
    "7,b,20,view,",
    "08,b,5,view,",
    "08,010,5,view,",
    "08,a,5,view,",
  ];
  const items = ["ITEM_ID,TITLE,PRICE", "a,Apple,1.5", "b,Bread,", "unsold,Cake,3"];
  await writeFile(join(folder, "interactions.csv.gz"), gzipSync(`${interactions.join("\n")}\n`));
  await writeFile(join(folder, "items.csv.gz"), gzipSync(`${items.join("\n")}\n`));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("reading a folder", () => {
  it("sorts by user and time, keeps the file's order where times are equal, and ids as they are written", async () => {
    const { data } = await loadFolder(folder);
    expect(data.userIds).toEqual(["7", "08"]);
    expect(data.itemIds).toEqual(["a", "b", "unsold", "c", "010"]);
    expect([...data.offsets]).toEqual([0, 3, 6]);
    expect(Array.from(data.items, (item) => data.itemIds[item])).toEqual(["a", "b", "c", "b", "010", "a"]);
    expect([...data.timestamps]).toEqual([10, 20, 30, 5, 5, 5]);
    expect(Array.from(data.eventTypes, (type) => data.eventTypeNames[type])).toEqual([
      "buy",
      ...new Array<string>(5).fill("view"),
    ]);
    expect([...data.eventValues]).toEqual([2.5, NaN, NaN, NaN, NaN, NaN]);
    expect(data.itemAttributes).toEqual({
      TITLE: ["Apple", "Bread", "Cake", null, null],
      PRICE: [1.5, null, 3, null, null],
    });
  });

  it("drops rare items with their interactions", async () => {
    const kept = withoutRareItems((await loadFolder(folder)).data, 2);
    expect(kept.itemIds).toEqual(["a", "b"]);
    expect([...kept.offsets]).toEqual([0, 2, 4]);
    expect(Array.from(kept.items, (item) => kept.itemIds[item])).toEqual(["a", "b", "b", "a"]);
    expect([...kept.timestamps]).toEqual([10, 20, 5, 5]);
    expect(kept.itemAttributes["PRICE"]).toEqual([1.5, null]);
  });

  it("keeps the newest interactions of each user", async () => {
    const { data } = await loadFolder(folder);
    const kept = withLatest(data, 2);
    expect([...kept.offsets]).toEqual([0, 2, 4]);
    expect(Array.from(kept.items, (item) => kept.itemIds[item])).toEqual(["b", "c", "010", "a"]);
    expect(withLatest(data, 9).items).toEqual(data.items);
    expect(withLatest(data, undefined)).toBe(data);
  });

  it("names the file that is missing", async () => {
    await expect(loadFolder(join(folder, "nowhere"))).rejects.toThrow(/nowhere.interactions\.csv\.gz does not exist/);
  });
});

describe("the command line", () => {
  const parse = (line: string) => parseOptions(line.split(" "));

  it("takes defaults from the protocol", () => {
    expect(parse("--data d --recipe aws-sims")).toMatchObject({
      protocol: "leave-one-out",
      minItemInteractions: 5,
      seen: "filter",
      seed: 1,
    });
    expect(parse("--data d --recipe all --protocol amazon")).toMatchObject({ minItemInteractions: 0, seen: "recipe" });
  });

  it("says what is wrong and what would be right", () => {
    expect(() => parse("--recipe aws-sims")).toThrow("--data is required");
    expect(() => parse("--data d --recipe x --protocol random")).toThrow(/random: must be one of leave-one-out/);
    expect(() => parse("--data d --recipe x --minutes soon")).toThrow(/soon: must be a number/);
    expect(() => parse("--data d --recipe x --set gap")).toThrow(/NAME=VALUE/);
  });
});

describe("measuring", () => {
  it("gives the figures that counting by hand gives, and all that is needed to repeat them", async () => {
    // Left out: c of user 7 and a of user 08. Then b has two users, a and 010 one each, and c none.
    const command = `--data ${folder} --recipe aws-popularity-count --min-item-interactions 0 --seed 3`;
    const report = await runQuality(parseOptions(command.split(" ")), "", () => {});
    const [outcome] = report.outcomes;
    // User 7 has seen a and b, is given 010; user 08 has seen b and 010, is given a: one hit of two.
    expect(outcome!.metrics["hit_rate_at_10"]).toBe(0.5);
    expect(outcome!.metrics["normalized_discounted_cumulative_gain_at_10"]).toBe(0.5);
    expect(outcome!.references["popularity"]).toEqual(outcome!.metrics);
    expect(outcome!.cases).toBe(2);
    const text = renderReport(report);
    const named = ["6 interactions of 2 users with 5 items", "leave-one-out", "seed 3", "cores", command, "0.5000"];
    for (const part of [...named, "popularity, same cases"]) expect(text).toContain(part);
  });

  it("counts cases that ask for what was seen before", async () => {
    const { data } = await loadFolder(folder);
    const again = { ...data, items: data.items.with(2, data.items[0]!) };
    expect(repeatedCases(leaveOneOut(data))).toBe(0);
    expect(repeatedCases(leaveOneOut(again))).toBe(1);
  });

  it("passes hyperparameters on, and refuses those that the recipe does not have", async () => {
    const { data } = await loadFolder(folder);
    const split = leaveOneOut(data);
    const run = (set: string) =>
      measureOnSplit(sims, split, parseOptions(["--data", "d", "--recipe", "aws-sims", "--set", set]), () => {});
    expect((await run("max_gap=3")).hyperparameters["max_gap"]).toBe("3");
    await expect(run("max_gape=3")).rejects.toThrow(/max_gape/);
  });
});
