import type { BoundFilter } from "@palate/filter";
import { PromotionPlacement } from "@palate/proto/recipe";
import type { RankedItems } from "@palate/recipe";
import { describe, expect, it } from "vitest";
import { placesOf, promotedList } from "./promoted-list.js";
import type { BoundPromotion } from "./promotions.js";

const { PROMOTION_PLACEMENT_TOP, PROMOTION_PLACEMENT_BOTTOM, PROMOTION_PLACEMENT_EVEN, PROMOTION_PLACEMENT_RANDOM } =
  PromotionPlacement;

const promotion = (name: string, count: number, more: Partial<BoundPromotion> = {}): BoundPromotion => ({
  ...{ name, filter: {} as BoundFilter, placement: PROMOTION_PLACEMENT_RANDOM, positions: [] },
  count: () => count,
  ...more,
});
const ranked = (items: readonly number[]): RankedItems => ({
  items: Int32Array.from(items),
  scores: Float32Array.from(items, (item) => 1 / (item + 1)),
});
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** A list of pages of ten: 0, 1, 2, … among which items from 100 on are promoted. */
function list(
  promotions: readonly BoundPromotion[],
  wanted: number,
  ordinary = range(0, 90),
  promoted = range(100, 190),
) {
  const ask = (_: BoundPromotion, limit: number) => ranked(promoted.slice(0, limit));
  return promotedList({ ordinary: ranked(ordinary), promotions, ask, pageSize: 10, wanted, seed: 3 });
}

describe("places of promotions", () => {
  const at = (places: Int8Array, promotion: number) =>
    Array.from(places.keys()).filter((place) => places[place] === promotion);

  it("are first, last, spread evenly, or given", () => {
    const one = (placement: PromotionPlacement) => at(placesOf([promotion("a", 2, { placement })], 10, 1), 0);
    expect(one(PROMOTION_PLACEMENT_TOP)).toEqual([0, 1]);
    expect(one(PROMOTION_PLACEMENT_BOTTOM)).toEqual([8, 9]);
    expect(one(PROMOTION_PLACEMENT_EVEN)).toEqual([2, 7]);
    expect(at(placesOf([promotion("a", 3, { positions: [1, 5, 12] })], 10, 1), 0)).toEqual([0, 4]);
  });

  it("are random otherwise, as many as the share says, and the same for the same seed", () => {
    const drawn = range(0, 300).map((seed) => at(placesOf([promotion("a", 3)], 10, seed), 0));
    const counts = range(0, 10).map((place) => drawn.filter((places) => places.includes(place)).length);
    for (const places of drawn) expect(places).toHaveLength(3);
    for (const count of counts) expect(count).toBeGreaterThan(40);
    expect(at(placesOf([promotion("a", 3)], 10, 7), 0)).toEqual(drawn[7]);
  });

  it("are shared: given ranks first, then in the order of the promotions", () => {
    const top = promotion("a", 3, { placement: PROMOTION_PLACEMENT_TOP });
    const places = placesOf([top, promotion("b", 1, { positions: [2] }), promotion("c", 9)], 10, 1);
    expect(at(places, 0)).toEqual([0, 2, 3]);
    expect(at(places, 1)).toEqual([1]);
    expect(at(places, 2)).toHaveLength(6);
  });
});

describe("a list with promotions", () => {
  it("has promoted items in their order among the others in theirs, each told apart", () => {
    const { items, promotions, reasons, scores } = list([promotion("a", 2)], 10);
    const promoted = [...items].filter((item) => item >= 100);
    expect(promoted).toEqual([100, 101]);
    expect([...items].filter((item) => item < 100)).toEqual(range(0, 8));
    expect([...items].map((item) => (item >= 100 ? "a" : ""))).toEqual(promotions);
    expect(reasons).toEqual(promotions.map((name) => (name === "" ? "model" : "promoted")));
    expect(scores![items.indexOf(100)]).toBeCloseTo(1 / 101);
  });

  it("begins with every shorter one, so that pages have no gaps and no repeats", () => {
    const overlapping = [100, 3, 101, 0, 25, ...range(102, 140)];
    const long = list([promotion("a", 3)], 60, range(0, 90), overlapping);
    expect(new Set(long.items).size).toBe(60);
    for (const wanted of [1, 7, 10, 11, 35]) {
      const short = list([promotion("a", 3)], wanted, range(0, 90), overlapping);
      expect([...short.items]).toEqual([...long.items.subarray(0, wanted)]);
      expect(short.promotions).toEqual(long.promotions.slice(0, wanted));
    }
    for (const page of range(0, 6)) {
      expect(long.promotions.slice(10 * page, 10 * page + 10).filter((name) => name === "a")).toHaveLength(3);
    }
  });

  it("shows others where too few may be promoted, and ends with the page where the others do", () => {
    const few = list([promotion("a", 5)], 20, range(0, 90), [100, 101]);
    expect(few.items).toHaveLength(20);
    expect(few.promotions.filter((name) => name === "a")).toHaveLength(2);
    const short = list([promotion("a", 5)], 40, range(0, 3));
    expect([...short.items].filter((item) => item < 100)).toEqual([0, 1, 2]);
    expect([...short.items].filter((item) => item >= 100)).toEqual(range(100, 105));
    expect(list([promotion("a", 5)], 10, [], [])).toMatchObject({ items: new Int32Array(0), promotions: [] });
  });
});
