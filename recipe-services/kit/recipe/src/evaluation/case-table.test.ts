import { Random } from "@palate/numeric";
import { expect, test } from "vitest";
import { CaseTable } from "./case-table.js";

function tableOf(values: readonly number[]): CaseTable {
  const table = new CaseTable();
  for (const value of values) table.add({ value });
  return table;
}

const random = new Random(3);
const drawn = Array.from({ length: 400 }, () => random.normal());

test("means are over the cases that have the metric", () => {
  const table = new CaseTable();
  table.add({ a: 1 });
  table.add({ a: 3, b: 4 });
  table.add({ a: 5, b: Number.NaN });
  table.addColumn("c", [0, 0, 6]);
  expect(table.means()).toEqual({ a: 3, b: 4, c: 2 });
  expect(() => table.addColumn("d", [1])).toThrow(RangeError);
  expect(new CaseTable().means()).toEqual({});
});

test("an interval is about twice two standard errors wide and the same with the same seed", () => {
  const table = tableOf(drawn);
  const { value } = table.intervals(1);
  const mean = table.means()["value"]!;
  const error = Math.sqrt(drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / drawn.length / drawn.length);
  expect((mean - value![0]) / error).toBeCloseTo(1.96, 0);
  expect((value![1] - mean) / error).toBeCloseTo(1.96, 0);
  expect(table.intervals(1)).toEqual(table.intervals(1));
  expect(table.intervals(2)).not.toEqual(table.intervals(1));
});

test("missing values widen an interval as fewer cases would", () => {
  const width = ([low, high]: readonly [number, number]) => high - low;
  const whole = tableOf(drawn).intervals(1)["value"]!;
  const quarter = tableOf(drawn.map((value, k) => (k % 4 === 0 ? value : Number.NaN))).intervals(1)["value"]!;
  expect(width(quarter) / width(whole)).toBeCloseTo(2, 0);
});

test("differences are taken case by case: a small sure one stands out of a large common spread", () => {
  const better = tableOf(drawn.map((value) => 10 * value + 0.5));
  const worse = tableOf(drawn.map((value) => 10 * value));
  const [low, high] = better.differences(worse, 1)["value"]!;
  expect(low).toBeCloseTo(0.5, 9);
  expect(high).toBeCloseTo(0.5, 9);
  expect(better.intervals(1)["value"]![0]).toBeLessThan(worse.intervals(1)["value"]![1]);
  expect(() => better.differences(tableOf([1]), 1)).toThrow(RangeError);
});
