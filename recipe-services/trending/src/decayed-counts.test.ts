import { Random } from "@palate/numeric";
import { expect, test } from "vitest";
import { DecayedCounts, SUMS, WIDTH } from "./decayed-counts.js";

const HOUR = 3600;

/** Sum of 2^(-age / halfLife) over an item's events up to a moment. */
function faded(events: readonly [number, number][], item: number, moment: number, halfLife: number): number {
  const own = events.filter(([of, time]) => of === item && time <= moment);
  return own.reduce((sum, [, time]) => sum + 2 ** ((time - moment) / halfLife), 0);
}

function filled(events: readonly [number, number][]): DecayedCounts {
  const counts = new DecayedCounts(HOUR);
  for (const [item, time] of events) counts.add(item, time);
  return counts;
}

function sumsOf(counts: DecayedCounts, moment: number, item: number): Float64Array {
  const sums = new Float64Array(WIDTH);
  counts.at(moment).read(item, sums);
  return sums;
}

const random = new Random(3);
/** Ten thousand events of five items in thirty days, in order of time. */
const stream = Array.from({ length: 10_000 }, (_, k): [number, number] => [random.integer(5), 1.7e9 + 260 * k]);
const end = stream.at(-1)![1];

test("sums are what adding up the faded events one by one gives, in whatever order they come", () => {
  const shuffled = random.shuffle([...stream]);
  for (const counts of [filled(stream), filled(shuffled)]) {
    for (const moment of [end, end + 5 * HOUR, end + 200 * HOUR]) {
      for (let item = 0; item < 5; item++) {
        const sums = sumsOf(counts, moment, item);
        const of = (halfLife: number) => faded(stream, item, moment, halfLife);
        expect(sums[SUMS.short]! / of(HOUR)).toBeCloseTo(1, 6);
        expect(sums[SUMS.squared]! / of(HOUR / 2)).toBeCloseTo(1, 6);
        expect(sums[SUMS.long]! / of(8 * HOUR)).toBeCloseTo(1, 6);
        expect(sums[SUMS.rhythm]! / of(14 * 24 * HOUR)).toBeCloseTo(1, 6);
        expect(sums[SUMS.recent]! / of(24 * HOUR)).toBeCloseTo(1, 6);
        expect(counts.at(moment).short[item]).toBeCloseTo(of(HOUR), 5);
      }
    }
  }
});

test("totals are the sums of all items", () => {
  const { totals } = filled(stream).at(end);
  const sums = [0, 1, 2, 3, 4].map((item) => sumsOf(filled(stream), end, item));
  totals.forEach((total, place) =>
    expect(total).toBeCloseTo(
      sums.reduce((sum, own) => sum + own[place]!, 0),
      6,
    ),
  );
});

test("what is dated after the moment waits for its time", () => {
  const counts = filled([...stream, [0, end + 10 * HOUR]]);
  expect(counts.at(end).newest).toBe(end);
  expect(sumsOf(counts, end, 0)).toEqual(sumsOf(filled(stream), end, 0));
  expect(sumsOf(counts, end + 10 * HOUR, 0)[SUMS.short]).toBeGreaterThan(1);
  expect(counts.at(end + 10 * HOUR).newest).toBe(end + 10 * HOUR);
});

test("a wrong clock does not spoil what others count", () => {
  const wrong = Array.from({ length: 300 }, (): [number, number] => [4, end + 1e7]);
  const counts = filled([...wrong, ...stream]);
  expect(sumsOf(counts, end, 1)[SUMS.short]).toBeCloseTo(faded(stream, 1, end, HOUR), 6);
});

test("events late by days count for what they are", () => {
  const late: [number, number] = [2, end - 72 * HOUR];
  const moment = end + HOUR;
  const counts = filled([...stream, late]);
  expect(sumsOf(counts, moment, 2)[SUMS.long]! - sumsOf(filled(stream), moment, 2)[SUMS.long]!).toBeCloseTo(
    2 ** (-73 / 8),
    9,
  );
});

test("nothing is known of nothing", () => {
  const { short, newest, totals } = new DecayedCounts(HOUR).at(1.7e9);
  expect(short).toHaveLength(0);
  expect(newest).toBe(-Infinity);
  expect([...totals].every((total) => total === 0)).toBe(true);
});
