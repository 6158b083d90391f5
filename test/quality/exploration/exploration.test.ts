import { recipes } from "@palate/user-personalization";
import { describe, expect, it } from "vitest";
import { parseOptions } from "../options.js";
import { measureExploration } from "../protocols/exploration.js";
import { makeMarket } from "./market.js";

const SMALL = { users: 120, warmItems: 200, newItems: 30, categories: 6, eventsPerUser: 20 };

describe("a made-up market", () => {
  it("is the same with the same seed, and has new items that nobody has had", () => {
    const [market, again, other] = [makeMarket(SMALL, 1), makeMarket(SMALL, 1), makeMarket(SMALL, 2)];
    expect(again.data).toEqual(market.data);
    expect(other.data.items).not.toEqual(market.data.items);
    expect(market.itemCount).toBe(230);
    expect([...market.data.items].some((item) => market.isNew(item))).toBe(false);
    const chances = Array.from({ length: 230 }, (_, item) => market.chance(0, item));
    expect(Math.min(...chances)).toBeGreaterThan(0);
    expect(Math.max(...chances)).toBeLessThan(1);
  });

  it("shows what exploration brings and costs", async () => {
    const recipe = recipes.find(({ descriptor }) => descriptor.name === "aws-user-personalization")!;
    const line = "--recipe aws-user-personalization --protocol exploration --set training_seconds=0";
    const { metrics, references } = await measureExploration(
      recipe,
      parseOptions(line.split(" ")),
      () => {},
      SMALL,
      250,
    );
    expect(metrics["new_share_0"]).toBe(0);
    expect(metrics["new_share_0.7"]).toBeGreaterThan(metrics["new_share_0.1"]!);
    expect(metrics["coverage_0.7"]).toBeGreaterThan(metrics["coverage_0"]!);
    expect(metrics["ndcg_without"]).toBeGreaterThan(0);
    const regrets = Object.values(references).map((one) => one["regret_0.3"]!);
    expect(metrics["regret_to_epsilon_greedy"]).toBeCloseTo(metrics["regret_0.3"]! / Math.min(...regrets), 9);
  });
});
