import { Random } from "@palate/numeric";
import type { Hyperparameter } from "@palate/recipe";
import { describe, expect, it } from "vitest";
import { propose } from "./parzen.js";
import { searchSpace, startOf, valuesAt } from "./search-space.js";
import { search, type TrialOutcome, type TrialPlan } from "./search.js";
import { costOf, roundsOf } from "./successive-halving.js";

const common = { description: "", tunable: true } as const;
const rate: Hyperparameter = {
  ...common,
  name: "rate",
  type: "continuous",
  default: 0.01,
  minimum: 0.0001,
  maximum: 1,
};
const width: Hyperparameter = { ...common, name: "width", type: "integer", default: 40, minimum: 20, maximum: 60 };
const body: Hyperparameter = { ...common, name: "body", type: "categorical", default: "b", choices: ["a", "b", "c"] };
const fixed: Hyperparameter = {
  ...common,
  name: "fixed",
  type: "integer",
  default: 1,
  minimum: 1,
  maximum: 9,
  tunable: false,
};
const parameters = [rate, width, body, fixed];
const everything = { numeric: [], categorical: [] };

describe("searchSpace", () => {
  it("takes everything tunable when no range is given, far bounds by their logarithm", () => {
    const space = searchSpace(parameters, everything);
    expect(space.map(({ name }) => name)).toEqual(["rate", "width", "body"]);
    // 0.01 is half of the way from 0.0001 to 1 in powers of ten; 40 is half of the way from 20 to 60.
    expect(startOf(space)).toEqual([expect.closeTo(0.5, 9), 0.5, 1]);
    expect(valuesAt(space, [0.75, 0.26, 2])).toEqual({ rate: "0.1", width: "30", body: "c" });
    expect(valuesAt(space, startOf(space))).toEqual({ rate: "0.01", width: "40", body: "b" });
  });

  it("names every range that cannot be", () => {
    const ranges = {
      numeric: [
        { name: "width", minimum: 10, maximum: 30 },
        { name: "fixed", minimum: 1, maximum: 2 },
        { name: "body", minimum: 0, maximum: 1 },
      ],
      categorical: [{ name: "rate", values: [] }],
    };
    expect(() => searchSpace(parameters, ranges)).toThrow(
      /width: range 10 to 30 must lie within 20 to 60; fixed: cannot be tuned; tunable: rate, width, body; body: takes one of a, b, c; give its values, not a range; rate: has no values/,
    );
  });
});

describe("roundsOf", () => {
  it("gives a ninth, a third and all of the time to fewer and fewer", () => {
    expect(roundsOf(16, true)).toEqual([
      { configurations: 16, budget: 1 / 9 },
      { configurations: 6, budget: 1 / 3 },
      { configurations: 2, budget: 1 },
    ]);
    expect(roundsOf(5, false)).toEqual([{ configurations: 5, budget: 1 }]);
    expect(costOf(roundsOf(16, true))).toBeCloseTo(16 / 9 + 7 / 3 + 3, 9);
  });
});

/** A landscape with its top at rate 0.1, width 50, body c; more budget shows it more clearly. */
function height({ values, budget }: TrialPlan): number {
  const byRate = -((Math.log10(Number(values["rate"])) + 1) ** 2);
  const byWidth = -(((Number(values["width"]) - 50) / 10) ** 2);
  return budget * (byRate + byWidth + (values["body"] === "c" ? 0 : -1));
}
const outcome = (plan: TrialPlan): TrialOutcome => ({ ...plan, objective: height(plan) });

describe("search", () => {
  const space = searchSpace(parameters, everything);
  const options = { space, trials: 40, parallel: 2, seed: 7, budgeted: true };

  it("finds what is better than the default, which it tries first", async () => {
    const plans: TrialPlan[] = [];
    const shares: number[] = [];
    const found = await search(
      options,
      async (plan) => {
        plans.push(plan);
        return outcome(plan);
      },
      (share) => shares.push(share),
    );
    expect(plans[0]).toEqual({ number: 1, values: { rate: "0.01", width: "40", body: "b" }, budget: 1 / 9 });
    // 40, then 14 and the default, then 5 and the default.
    expect(plans.filter(({ budget }) => budget === 1 / 9)).toHaveLength(40);
    expect(plans.filter(({ budget }) => budget === 1).length).toBeGreaterThanOrEqual(5);
    const reached = height({ ...found, budget: 1 });
    expect(reached).toBeGreaterThan(height({ number: 1, values: plans[0]!.values, budget: 1 }));
    expect(reached).toBeGreaterThan(-0.6);
    expect(shares.at(-1)).toBeCloseTo(1, 9);
  });

  it("proposes better configurations than draws around the default are", () => {
    const random = new Random(3);
    const seen = Array.from({ length: 30 }, (_, number) => {
      const point = propose(space, [], random);
      return { point, objective: height({ number, values: valuesAt(space, point), budget: 1 }) };
    });
    const mean = (observations: typeof seen): number => {
      let sum = 0;
      for (let draw = 0; draw < 200; draw++)
        sum += height({ number: 1, values: valuesAt(space, propose(space, observations, random)), budget: 1 });
      return sum / 200;
    };
    expect(mean(seen)).toBeGreaterThan(mean([]) + 0.5);
  });

  it("repeats itself with the same seed, whatever finishes first", async () => {
    const trace = async (delays: boolean): Promise<string[]> => {
      const plans: string[] = [];
      await search({ ...options, trials: 12 }, async (plan) => {
        plans.push(JSON.stringify(plan));
        if (delays) await new Promise((resolve) => setTimeout(resolve, plan.number % 2 === 0 ? 0 : 3));
        return outcome(plan);
      });
      return plans;
    };
    expect(await trace(true)).toEqual(await trace(false));
  });

  it("stays with the default unless another gains its share, however small the objective and whatever its sign", async () => {
    for (const [size, sign] of [
      [0.06, 1],
      [1000, -1],
    ] as const) {
      // The default reaches `size`, or minus that; the best of the others 2 % more.
      const run = async (plan: TrialPlan): Promise<TrialOutcome> => {
        const gain = plan.number === 1 ? 0 : 0.02 / (1 + Math.abs(Number(plan.values["width"]) - 50));
        return { ...plan, objective: size * (sign + gain) };
      };
      expect((await search({ ...options, minGain: 0.03 }, run)).number).toBe(1);
      expect((await search({ ...options, minGain: 0.01 }, run)).values["width"]).toBe("50");
    }
  });

  it("goes on without configurations that fail, the default included", async () => {
    const found = await search({ ...options, trials: 9 }, async (plan) => ({
      ...plan,
      objective: plan.number === 1 || plan.number % 2 === 0 ? null : height(plan),
    }));
    expect(found.number % 2).toBe(1);
    expect(found.number).not.toBe(1);
  });

  it("tries the default alone where nothing can be varied", async () => {
    let trials = 0;
    const found = await search({ ...options, space: [] }, async (plan) => {
      trials++;
      return { ...plan, objective: 1 };
    });
    expect([trials, found]).toEqual([1, { number: 1, values: {} }]);
  });
});
