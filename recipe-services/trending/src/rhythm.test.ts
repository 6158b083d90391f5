import { expect, test } from "vitest";
import { basisAt, COEFFICIENTS, exposure, FLAT, periodOf, rhythmOf, weightedPast } from "./rhythm.js";

const HOUR = 3600;
const DAY = 24 * HOUR;

test("the past weighs what its integral says", () => {
  const [now, halfLife, step] = [123_456, 5 * HOUR, 60];
  const summed = new Float64Array(COEFFICIENTS);
  const basis = new Float64Array(COEFFICIENTS);
  for (let age = step / 2; age < 60 * halfLife; age += step) {
    basisAt(now - age, DAY, basis);
    for (let k = 0; k < COEFFICIENTS; k++) summed[k]! += step * 2 ** (-age / halfLife) * basis[k]!;
  }
  const past = weightedPast(now, halfLife, DAY);
  for (let k = 0; k < COEFFICIENTS; k++) expect(past[k]! / past[0]!).toBeCloseTo(summed[k]! / past[0]!, 4);
});

test("events of evenings make evenings busy, and mornings quiet", () => {
  const sums = new Float64Array(COEFFICIENTS);
  const basis = new Float64Array(COEFFICIENTS);
  for (let day = 0; day < 20; day++) {
    for (let minute = 18 * 60; minute < 24 * 60; minute++) {
      basisAt(day * DAY + minute * 60, DAY, basis);
      for (let k = 0; k < COEFFICIENTS; k++) sums[k]! += basis[k]!;
    }
  }
  const rhythm = rhythmOf(sums, FLAT, 0);
  const during = (hour: number): number => exposure(rhythm, weightedPast(30 * DAY + hour * HOUR, HOUR, DAY));
  expect(during(23) / during(13)).toBeGreaterThan(5);
  const level = (hour: number): number => exposure(FLAT, weightedPast(30 * DAY + hour * HOUR, HOUR, DAY));
  expect(level(23)).toBeCloseTo(level(13), 9);
});

test("few events hardly change a rhythm, many make it their own", () => {
  const towards = FLAT.slice();
  towards[1] = 0.5;
  const sums = (events: number) => FLAT.map((_, k) => (k === 0 ? events : 0));
  expect(rhythmOf(sums(1), towards, 100)[1]).toBeCloseTo(0.5, 2);
  expect(rhythmOf(sums(100), towards, 100)[1]).toBe(0.25);
  expect(rhythmOf(sums(1e6), towards, 100)[1]).toBeCloseTo(0, 3);
});

test("intervals that level days out go by the week", () => {
  expect(periodOf(3 * HOUR)).toBe(DAY);
  expect(periodOf(DAY)).toBe(7 * DAY);
});
