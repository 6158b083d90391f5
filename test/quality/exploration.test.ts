import { trainingDataOf } from "@palate/recipe";
import { userPersonalization } from "@palate/user-personalization";
import { describe, expect, it } from "vitest";
import { makeMarket } from "./exploration/market.js";
import { parseOptions } from "./options.js";
import { coldHalf } from "./protocols/cold-half.js";
import { measureExploration } from "./protocols/exploration.js";
import { lastTenthSplit } from "./protocols/last-tenth.js";

const SMALL = { users: 60, warmItems: 80, newItems: 30, categories: 4, eventsPerUser: 15 };

describe("the made-up market of protocol exploration", () => {
  it("has users who had warm items only, more of those that they like", () => {
    const { data, isNew, chance, itemCount } = makeMarket(SMALL, 3);
    expect(data.items.some(isNew)).toBe(false);
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const had = data.userIds.map((_, user) =>
      mean([...data.items.subarray(data.offsets[user], data.offsets[user + 1])].map((item) => chance(user, item))),
    );
    const warm = Array.from({ length: itemCount }, (_, item) => item).filter((item) => !isNew(item));
    const any = data.userIds.map((_, user) => mean(warm.map((item) => chance(user, item))));
    expect(mean(had)).toBeGreaterThan(1.2 * mean(any));
  });

  it("shows new items the more the higher the weight, none of them without", async () => {
    const options = parseOptions([
      ...["--recipe", "aws-user-personalization", "--protocol", "exploration"],
      ...["--set", "training_seconds=0"],
    ]);
    const { metrics, references } = await measureExploration(userPersonalization, options, () => {}, SMALL, 300);
    expect(metrics["new_share_0.7"]).toBeGreaterThan(metrics["new_share_0.3"]!);
    expect(metrics["new_share_0.3"]).toBeGreaterThan(metrics["new_share_0"]!);
    expect(Object.keys(references)).toContain("epsilon-greedy 0.05");
  });
});

const rows = Array.from({ length: 12 }, (_, user) =>
  Array.from({ length: 5 + 2 * user }, (__, k) => ({
    user: `u${user}`,
    item: `i${(user + k) % 20}`,
    timestamp: 1000 + k,
  })),
).flat();

describe("protocol last-tenth", () => {
  it("holds out what ranks above nine tenths: one of ten or fewer, two of eleven to twenty", () => {
    const data = trainingDataOf(rows);
    const { fit, cases } = lastTenthSplit(data);
    const lengths = cases.map(({ user }) => data.offsets[user + 1]! - data.offsets[user]!);
    const kept = cases.map(({ user }) => fit.offsets[user + 1]! - fit.offsets[user]!);
    expect(lengths.map((length, k) => length - kept[k]!)).toEqual(lengths.map((length) => Math.ceil(length / 10)));
  });
});

describe("protocol cold-half", () => {
  it("leaves no interaction with a cold item to learn from, and asks for those alone", () => {
    const data = trainingDataOf(rows);
    const { fit, cases, cold } = coldHalf(data, 1);
    expect(cold.reduce((sum, one) => sum + one, 0)).toBe(10);
    expect(fit.items.some((item) => cold[item] === 1)).toBe(false);
    expect(fit.items.length).toBeGreaterThan(0);
    expect(cases.length).toBeGreaterThan(0);
    expect(cases.every(({ truth }) => truth.every((item) => cold[item] === 1))).toBe(true);
  });
});
