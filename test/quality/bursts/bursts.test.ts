import { trendingNow } from "@palate/trending";
import { describe, expect, it } from "vitest";
import { parseOptions } from "../options.js";
import { PROTOCOLS, protocolNamed } from "../protocols/index.js";
import { measureBursts } from "../protocols/planted-bursts.js";
import { findRecipes } from "../recipes.js";
import { simpleDetectors } from "./detectors.js";
import { bestCut, judge, type Named } from "./judge.js";
import { plantedStream } from "./stream.js";

const SMALL = { items: 200, quiet: 168, tested: 60, bursts: 40 };
const HOUR = 3600;

describe("a planted stream", () => {
  const stream = plantedStream(1, HOUR, SMALL);

  it("is in order of time, within its intervals, and the same again with the same seed", () => {
    expect(stream.timestamps).toEqual(stream.timestamps.slice().sort());
    expect(stream.timestamps[0]).toBeGreaterThanOrEqual(stream.start);
    expect(stream.timestamps.at(-1)).toBeLessThan(stream.start + (SMALL.quiet + SMALL.tested) * HOUR);
    expect(plantedStream(1, HOUR, SMALL)).toEqual(stream);
    expect(plantedStream(2, HOUR, SMALL).timestamps.length).not.toBe(stream.timestamps.length);
  });

  it("has five times an item's usual interactions in each burst", () => {
    expect(stream.bursts).toHaveLength(SMALL.bursts);
    let during = 0;
    let usual = 0;
    for (const { item, first, end } of stream.bursts) {
      stream.items.forEach((other, k) => {
        if (other !== item) return;
        const hour = Math.floor((stream.timestamps[k]! - stream.start) / HOUR);
        if (hour >= first && hour < end) during++;
        // The same hours of the days before, when nothing was planted.
        for (let days = 1; days <= 4; days++) {
          const day = days + Math.ceil((first + 6 - SMALL.quiet) / 24);
          if (hour >= first - 24 * day && hour < end - 24 * day) usual += 1 / 4;
        }
      });
    }
    expect(during / usual).toBeGreaterThan(4.5);
    expect(during / usual).toBeLessThan(5.5);
  });
});

describe("judging", () => {
  const [early, late] = plantedStream(1, HOUR, SMALL).bursts;
  const stream = { ...plantedStream(1, HOUR, SMALL), bursts: [early!, late!] };
  const named = (item: number, interval: number, score = 1): Named => ({ item, interval, score });

  it("finds a burst named within its first two intervals, and none named later", () => {
    const { item, first, end } = early!;
    expect(judge(stream, [named(item, first + 1)])).toEqual({ found: 0.5, false: 0, named: 1 });
    expect(judge(stream, [named(item, first + 2), named(item, end + 1)])).toEqual({ found: 0, false: 0, named: 2 });
  });

  it("counts as false what does not burst, has not begun to, or has ended more than two intervals ago", () => {
    const { item, first, end } = early!;
    const all = [named(item, first), named(item, first - 1), named(item, end + 2), named(199 - item, first)];
    expect(judge(stream, all)).toEqual({ found: 0.5, false: 0.75, named: 4 });
  });

  it("cuts where most is found with few enough false", () => {
    const list = [named(early!.item, early!.first, 3), named(late!.item, 0, 2), named(late!.item, late!.first, 1)];
    expect(bestCut(stream, list, 0.05)).toEqual({ found: 0.5, false: 0, named: 1 });
    expect(bestCut(stream, list, 0.5)).toEqual({ found: 1, false: 1 / 3, named: 3 });
  });
});

it("simple detectors score an item that jumps higher than one that does not", () => {
  for (const detector of simpleDetectors(2)) {
    for (let k = 0; k < 30; k++) detector.next(Int32Array.of(10, 10));
    const [jumped, stayed] = detector.next(Int32Array.of(50, 10));
    expect(jumped, detector.name).toBeGreaterThan(stayed!);
  }
});

describe("protocol planted-bursts", () => {
  const parse = (line: string) => parseOptions(line.split(" "));

  it("needs no folder, and measures only recipes that say what rises", async () => {
    const options = parse("--recipe all --protocol planted-bursts");
    expect(options.data).toBe("");
    const bursts = protocolNamed(options.protocol);
    const names = (await findRecipes(options.recipes, bursts, PROTOCOLS)).map(({ descriptor }) => descriptor.name);
    expect(names).toEqual(["aws-trending-now"]);
    await expect(findRecipes(["aws-sims"], bursts, PROTOCOLS)).rejects.toThrow(
      /cannot measure aws-sims; it takes leave-one-out/,
    );
  });

  it("trending-now finds nearly all bursts within two intervals, hardly any false, more than simple detectors", async () => {
    const options = parse("--recipe aws-trending-now --protocol planted-bursts --seed 11");
    const hourly = { ...options, hyperparameters: { trend_discovery_frequency: "1 hour" } };
    for (const seed of [11, 12]) {
      const { metrics, references } = await measureBursts(trendingNow, { ...hourly, seed }, () => {}, SMALL);
      expect(metrics["found_share"]).toBeGreaterThanOrEqual(0.9);
      expect(metrics["false_share"]).toBeLessThan(0.05);
      expect(Object.keys(references)).toContain("z-score");
      for (const [name, { found_share: found }] of Object.entries(references))
        expect(found, name).toBeLessThan(metrics["found_share"]!);
    }
  });
});
