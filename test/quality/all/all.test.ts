import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseOptions } from "../options.js";
import type { Outcome } from "../protocol.js";
import { PROTOCOLS, protocolNamed } from "../protocols/index.js";
import { findRecipes } from "../recipes.js";
import { ROWS } from "../rows/index.js";
import { NDCG, type Row } from "../rows/row.js";
import { renderResults } from "./markdown.js";
import { readResults, resultOf, withRun, writeResults, type RowResults } from "./row-results.js";
import { chosenRows, commandLineOf } from "./run-rows.js";
import { judgeRow } from "./verdict.js";

const row: Row = {
  name: "some-row",
  recipe: "aws-sims",
  data: "shop",
  protocol: "leave-one-out",
  minutes: 2,
  withinMinutes: 3,
  seeds: 2,
  gates: [{ metric: NDCG, atLeast: 0.1, aim: 0.2, beats: { reference: "popularity", factor: 2 } }],
};

function outcome(ndcg: number, more: Partial<Outcome> = {}): Outcome {
  return {
    recipe: "aws-sims",
    backend: "none",
    hyperparameters: { max_gap: "10" },
    data: "shop: 3 interactions",
    asked: "5 cases",
    cases: 5,
    trainingSeconds: 120,
    trainingCpuSeconds: 180,
    evaluationSeconds: 1,
    modelBytes: 1000,
    metrics: { [NDCG]: ndcg },
    references: { popularity: { [NDCG]: 0.04 } },
    curve: [
      { seconds: 4, metrics: { [NDCG]: ndcg / 2 } },
      { seconds: 100, metrics: { [NDCG]: ndcg } },
    ],
    ...more,
  };
}

const measuredOn = "2026-01-31";
const runOf = (seed: number, of: Outcome) => ({ seed, measuredOn, cores: 2, processor: "p", outcome: of });

function resultsOf(outcomes: readonly Outcome[], minutesScale = 1): RowResults {
  return outcomes.reduce<RowResults>((all, one, k) => withRun(all, row, minutesScale, k + 1, runOf(k + 1, one)), {});
}

const verdictOf = (results: RowResults) => judgeRow(row, resultOf(row, results));

describe("every row", () => {
  it("has a name of its own and a command line that its protocol and recipe take", async () => {
    expect(new Set(ROWS.map(({ name }) => name)).size).toBe(ROWS.length);
    for (const one of ROWS) {
      const options = parseOptions(commandLineOf(one, 1, 1));
      const protocol = protocolNamed(options.protocol);
      expect(protocol.needsData, one.name).toBe(one.data !== undefined);
      expect(await findRecipes(options.recipes, protocol, PROTOCOLS), one.name).toHaveLength(1);
      expect(one.gates.length, one.name).toBeGreaterThan(0);
    }
  });

  it("is found by the beginning of its name, and who asks for none is told which there are", () => {
    expect(chosenRows(ROWS, ["sims-"]).length).toBeGreaterThan(1);
    expect(() => chosenRows(ROWS, ["nothing"])).toThrow(/nothing: no row's name begins so; known: .*sims-beauty/);
  });

  it("trains as long as the scale says", () => {
    expect(commandLineOf(row, 3, 0.5).join(" ")).toBe(
      "--data shop --recipe aws-sims --protocol leave-one-out --minutes 1 --seed 3",
    );
  });
});

describe("a verdict", () => {
  it("is passed when the mean of all seeds reaches every gate in time", () => {
    const { state, gates } = verdictOf(resultsOf([outcome(0.12), outcome(0.1)]));
    expect(state).toBe("passed");
    expect(gates[0]).toMatchObject({ passed: true, aimed: false, measured: { count: 2 } });
    expect(gates[0]!.measured!.mean).toBeCloseTo(0.11, 12);
    expect(gates[0]!.measured!.deviation).toBeCloseTo(Math.SQRT2 / 100, 12);
    expect(verdictOf(resultsOf([outcome(0.3), outcome(0.3)])).gates[0]!.aimed).toBe(true);
  });

  it("says what is missed", () => {
    const reasons = (results: RowResults) => {
      const { state, gates, reasons: own } = verdictOf(results);
      return [state, ...own, ...gates.flatMap((gate) => gate.reasons)];
    };
    const good = outcome(0.12);
    expect(verdictOf({}).state).toBe("not run");
    expect(reasons(resultsOf([outcome(0.09), outcome(0.09)]))).toEqual(["missed", "below 0.1"]);
    const strong = { references: { popularity: { [NDCG]: 0.07 } } };
    expect(reasons(resultsOf([outcome(0.12, strong), outcome(0.12, strong)]))).toEqual([
      "missed",
      "not 2 times popularity (0.0700)",
    ]);
    expect(reasons(resultsOf([good]))).toEqual(["incomplete", "1 of 2 seeds"]);
    expect(reasons(resultsOf([good, outcome(0.12, { trainingSeconds: 300 })]))).toEqual([
      "missed",
      "took 3.5 minutes, more than 3",
    ]);
    expect(reasons(resultsOf([good, good], 0.1))).toEqual(["incomplete", "trained 0.1 times as long as the row says"]);
    expect(reasons(withRun(resultsOf([good]), row, 1, 2, { failure: "out of memory" }))).toEqual([
      "missed",
      "seed 2: out of memory",
      "1 of 2 seeds",
    ]);
  });

  it("can ask for a difference that is more than chance", () => {
    const careful: Row = {
      ...row,
      gates: [{ metric: NDCG, beats: { reference: "popularity", beyondInterval: true } }],
    };
    const state = (low: number) => {
      const differences = { popularity: { [NDCG]: [low, 0.2] as const } };
      return judgeRow(careful, resultsOf([outcome(0.1, { differences }), outcome(0.1, { differences })])["some-row"])
        .state;
    };
    expect(state(0.01)).toBe("passed");
    expect(state(-0.01)).toBe("missed");
  });

  it("can be content with as much as something beside, and like it to be a share more", () => {
    const reference = { reference: "default", orEqual: true, aimFactor: 1.03 };
    const tuned: Row = { ...row, gates: [{ metric: NDCG, beats: reference }] };
    const judged = (reached: number) => {
      const references = { default: { [NDCG]: 0.1 } };
      return judgeRow(
        tuned,
        resultsOf([outcome(reached, { references }), outcome(reached, { references })])["some-row"],
      );
    };
    expect(judged(0.1)).toMatchObject({ state: "passed", gates: [{ aimed: false }] });
    expect(judged(0.104)).toMatchObject({ state: "passed", gates: [{ aimed: true }] });
    expect(judged(0.0999)).toMatchObject({ state: "missed", gates: [{ reasons: ["not beyond default (0.100)"] }] });
    expect(renderResults([tuned], {})).toContain("| NDCG@10 at least default | NDCG@10 1.03 × default |");
  });
});

describe("what was measured", () => {
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "palate-rows-"))));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("is kept row by row, the newest run of each seed, and nothing of a row that has changed", async () => {
    const file = join(folder, "results.json");
    expect(await readResults(file)).toEqual({});
    const results = withRun(resultsOf([outcome(0.1), outcome(0.1)]), row, 1, 1, runOf(1, outcome(0.3)));
    await writeResults(file, results);
    const again = await readResults(file);
    expect(again).toEqual(results);
    expect(resultOf(row, again)?.runs.map((run) => run.outcome.metrics[NDCG])).toEqual([0.3, 0.1]);
    expect(resultOf({ ...row, minutes: 5 }, again)).toBeUndefined();
  });

  it("is a page with conditions, references, curves and misses, and with what was not run", () => {
    const other = { ...row, name: "other-row", recipe: "aws-popularity-count" };
    const page = renderResults([row, other], resultsOf([outcome(0.09), outcome(0.07)]));
    for (const part of [
      "| not run |",
      "**below 0.1; not 2 times popularity (0.0400)**",
      "0.0800 ± 0.0141",
      "popularity 0.0400",
      "seeds 1, 2; 2 cores (p); backend none",
      "`npm run quality -- --data shop --recipe aws-sims --protocol leave-one-out --minutes 2 --seed 1`",
      "Quality over training time",
      "| 0.0400 | 0.0400 | 0.0400 | 0.0400 | 0.0800 |  |",
    ])
      expect(page).toContain(part);
  });
});
