import { ResourceStatus, SolutionVersion, TrialStatus } from "@palate/proto/recipe";
import type { RecipeDescriptor } from "@palate/recipe";
import { describe, expect, it } from "vitest";
import { versionReport } from "./version-report.js";

const NDCG = "normalized_discounted_cumulative_gain_at_10";

const recipe: RecipeDescriptor = {
  name: "aws-next-best-action",
  type: "PERSONALIZED_ACTIONS",
  description: "Says what to do next.",
  hyperparameters: [
    {
      name: "dropout",
      type: "continuous",
      default: 0.2,
      minimum: 0,
      maximum: 1,
      tunable: true,
      description: "Left out.",
    },
  ],
  formatVersion: 1,
};

const quintile = (items: number, recallAt25: number) => ({
  items,
  truths: 100,
  recallAt10: recallAt25 / 2,
  recallAt25,
  recommendedShare: 0.2,
});

const full = SolutionVersion.fromPartial({
  datasetGroup: "shop",
  solution: "for-you",
  versionId: "0123abcd",
  recipe: "aws-next-best-action",
  status: ResourceStatus.RESOURCE_STATUS_ACTIVE,
  hyperparameters: { dropout: "0.4" },
  seed: 42,
  metrics: { [NDCG]: 0.2, coverage: 0.5, log_loss: 0.3 },
  baselineMetrics: { [NDCG]: 0.05, coverage: 0.1, log_loss: 0.6 },
  evaluation: {
    cases: 2000,
    primaryMetric: NDCG,
    baseline: "the most popular items",
    intervals: { [NDCG]: { low: 0.18, high: 0.22 } },
    baselineIntervals: { [NDCG]: { low: 0.04, high: 0.06 } },
    differences: {
      [NDCG]: { low: 0.13, high: 0.17 },
      coverage: { low: 0.3, high: 0.5 },
      log_loss: { low: -0.4, high: -0.2 },
    },
    quintiles: [quintile(20, 0.5), quintile(60, 0.4), quintile(150, 0.3), quintile(400, 0.2), quintile(2000, 0.1)],
    baselineQuintiles: [quintile(20, 0.7), quintile(60, 0.1), quintile(150, 0), quintile(400, 0), quintile(2000, 0)],
    calibration: [0.05, 0.1, 0.2, 0.35, 0.6].map((predicted) => ({
      predicted,
      observed: predicted * 0.95,
      count: 400,
    })),
    parts: [{ name: "send-voucher", metrics: { area_under_the_curve: 0.81 } }],
  },
  checkpointHistory: [3, 20, 60, 120].map((seconds, k) => ({
    number: k + 1,
    seconds,
    metrics: { [NDCG]: 0.17 + 0.01 * k },
  })),
  progress: {
    phase: "storing",
    fraction: 1,
    message: "Done.",
    curve: Array.from({ length: 30 }, (_, k) => ({ seconds: 4 * k, series: "loss", value: 8 / (1 + k / 8) })),
  },
  trials: [1, 2, 3, 4].map((number) => ({
    number,
    recipe: "aws-next-best-action",
    hyperparameters: { dropout: String(number / 10) },
    budget: number === 3 ? 1 : 0.25,
    status: number === 2 ? TrialStatus.TRIAL_STATUS_FAILED : TrialStatus.TRIAL_STATUS_COMPLETED,
    objective: 0.1 * number,
    seconds: 12,
    failureReason: number === 2 ? "too large" : "",
    chosen: number === 3,
  })),
  dataStatistics: { users: 6040, items: 3706, interactions: 1_000_209, cursor: "c1", warnings: ["Few users."] },
  backend: "native",
  trainingSeconds: 130,
  checkpoints: 4,
  sha256: "ab".repeat(32),
  modelBytes: 23_400_000,
  createdAtMs: 1_700_000_000_000,
  updatedAtMs: 1_700_000_130_000,
});

/** The page's text without markup. */
const textOf = (page: string) => page.replaceAll(/<style>.*?<\/style>|<[^>]+>/gs, " ").replaceAll(/\s+/g, " ");

describe("the report of a solution version", () => {
  it("says how good it is, how sure that is, and what it was made of", () => {
    const text = textOf(versionReport(full, recipe));
    for (const part of [
      "for-you · 0123abcd",
      "0.2000 0.1800 to 0.2200",
      "4 ×",
      "2 000 questions",
      "what the most popular items would have reached",
      "Few users.",
      "1 000 209",
      "send-voucher",
      "0.8100",
      "25 % of the time",
      "too large",
      "chosen",
      "Left out.",
      "2 min 10 s",
      "23.4 MB",
    ])
      expect(text).toContain(part);
  });

  it("marks a sure difference as good or bad by what is wanted, and not where that is open", () => {
    const page = versionReport(full, recipe);
    expect(page).toMatch(/class="good">\+0\.1300 to \+0\.1700/);
    expect(page).toMatch(/class="good">-0\.4000 to -0\.2000/);
    expect(page).toMatch(/class="">\+0\.3000 to \+0\.5000/);
  });

  it("leaves out what there is nothing to say about, down to a training that failed at once", () => {
    const bare = SolutionVersion.fromPartial({
      solution: "for-you",
      versionId: "0123abcd",
      status: ResourceStatus.RESOURCE_STATUS_CREATE_FAILED,
      failureReason: "No interactions.",
    });
    const text = textOf(versionReport(bare, undefined));
    expect(text).toContain("No interactions.");
    expect(text).toContain("Nothing has been measured yet.");
    for (const title of ["Calibration", "Trials", "Popular and rare items", "Part by part", "NaN", "undefined"])
      expect(text).not.toContain(title);
  });

  it("lets no name, value or message become markup", () => {
    const evil = `<script>alert("x")</script>'&`;
    const hostile = SolutionVersion.fromPartial({
      ...full,
      solution: evil,
      datasetGroup: evil,
      recipe: evil,
      failureReason: evil,
      hyperparameters: { [evil]: evil },
      metrics: { ...full.metrics, [evil]: 1 },
      evaluation: { ...full.evaluation!, baseline: evil, parts: [{ name: evil, metrics: { [evil]: 1 } }] },
      dataStatistics: { ...full.dataStatistics!, warnings: [evil], cursor: evil },
    });
    const page = versionReport(hostile, recipe);
    expect(page).not.toContain("<script");
    expect(page).toContain("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39;&amp;");
  });

  it("needs nothing from anywhere", () => {
    const page = versionReport(full, recipe);
    expect(page).not.toMatch(/(?:src|href)="(?!#|data:)/);
    expect(page).not.toMatch(/url\(|@import|<script/);
    expect(page).toContain("default-src &#39;none&#39;".replaceAll("&#39;", "'"));
  });
});
