import { expect, test } from "vitest";
import { DecayedCounts } from "./decayed-counts.js";
import { trendsAt, type RiseOptions } from "./model.js";

const HOUR = 3600;
const START = 1_700_006_400; // a full hour
const options: RiseOptions = { intervalSeconds: HOUR, minimumSupport: 5, minimumRise: 1.2, dispersion: 0 };

/** Counts of hours: `hours[item][hour]` events, spread evenly over the hour. */
function countsOf(hours: readonly (readonly number[])[]): DecayedCounts {
  const counts = new DecayedCounts(HOUR);
  const length = Math.max(...hours.map((own) => own.length));
  for (let hour = 0; hour < length; hour++) {
    hours.forEach((own, item) => {
      const count = own[hour] ?? 0;
      for (let k = 0; k < count; k++) counts.add(item, START + hour * HOUR + Math.floor(((k + 0.5) * HOUR) / count));
    });
  }
  return counts;
}

const steady = (count: number, hours = 40): number[] => new Array<number>(hours).fill(count);
const atHour = (hour: number): number => START + hour * HOUR;

/** Items that rise after so many hours. */
function rising(hours: readonly (readonly number[])[], at = 40, change: Partial<RiseOptions> = {}): number[] {
  const trends = trendsAt(countsOf(hours).at(atHour(at)), { ...options, ...change });
  return [...trends.items.subarray(0, trends.rising)];
}

test("what keeps its rate does not rise, what gets five times its rate does", () => {
  const crowd = [steady(50), steady(20), steady(8), steady(3)];
  expect(rising(crowd)).toEqual([]);
  expect(rising([...crowd, [...steady(10, 39), 50]])).toEqual([4]);
});

test("the larger of two equal rises comes first", () => {
  const crowd = [steady(50), steady(50)];
  expect(rising([...crowd, [...steady(4, 38), 20, 20], [...steady(16, 38), 80, 80]])).toEqual([3, 2]);
});

test("what rises together with everything else does not rise", () => {
  const louder = (rate: number): number[] => [...steady(rate, 38), 5 * rate, 5 * rate];
  expect(rising([louder(40), louder(20), louder(10), louder(30)])).toEqual([]);
});

test("a new item rises once it has enough interactions", () => {
  const crowd = [steady(50), steady(20), steady(8)];
  const fresh = (count: number): number[] => [...steady(0, 39), count];
  expect(rising([...crowd, fresh(12)])).toEqual([3]);
  expect(rising([...crowd, fresh(4)])).toEqual([]);
  expect(rising([...crowd, fresh(12)], 40, { minimumSupport: 20 })).toEqual([]);
});

test("what stays at its new rate becomes usual", () => {
  const up = [...steady(10, 40), ...steady(50, 60)];
  const crowd = [steady(50, 100), steady(60, 100)];
  const early = [...crowd, up].map((own) => own.slice(0, 42));
  expect(rising(early, 42)).toEqual([2]);
  expect(rising([...crowd, up], 100)).toEqual([]);
});

test("counts that vary by themselves need more to rise", () => {
  const crowd = [steady(50), steady(60)];
  const up = [...steady(20, 39), 60];
  expect(rising([...crowd, up])).toEqual([2]);
  expect(rising([...crowd, up], 40, { dispersion: 0.3 })).toEqual([]);
  expect(rising([...crowd, up], 40, { minimumRise: 3 })).toEqual([]);
});

test("a rhythm of its own is no rise, the same interactions at the wrong hour are", () => {
  const days = 15;
  const wave = (peak: number) => (hour: number) =>
    Math.round(20 * (1 + 0.8 * Math.cos((Math.PI * (hour - peak)) / 12)));
  const items = [0, 4, 8, 12, 16, 20].map((peak) => Array.from({ length: days * 24 }, (_, hour) => wave(peak)(hour)));
  const shifted = items[0]!.map((count, hour) => (hour < (days - 1) * 24 ? count : wave(12)(hour)));
  for (let hour = 2; hour <= 24; hour += 2) {
    const end = (days - 1) * 24 + hour;
    const upTo = (own: readonly number[]): number[] => own.slice(0, end);
    expect(rising(items.map(upTo), end), `${hour} o'clock`).toEqual([]);
    if (hour === 12) expect(rising([...items.slice(1), shifted].map(upTo), end)).toEqual([5]);
  }
});

test("nothing when the last two intervals are empty, whatever was before", () => {
  const burst = [[...steady(10, 39), 50], steady(50)];
  expect(trendsAt(countsOf(burst).at(atHour(41.9)), options).items.length).toBeGreaterThan(0);
  expect(trendsAt(countsOf(burst).at(atHour(42)), options).items).toHaveLength(0);
});

test("after the rising items come those with most interactions lately, without a score", () => {
  const { items, scores } = trendsAt(
    countsOf([steady(20), steady(50), [...steady(4, 38), 20, 20]]).at(atHour(40)),
    options,
  );
  expect([...items]).toEqual([2, 1, 0]);
  expect(scores[0]).toBeGreaterThan(0);
  expect([...scores.subarray(1)]).toEqual([0, 0]);
});

test("at the very beginning nothing rises, and nothing breaks", () => {
  expect(rising([[10], [20]], 1)).toEqual([]);
  expect(rising([[30]], 1)).toEqual([]);
});
