import { expect, test } from "vitest";
import { replicaViewOf } from "../data/static-replica.js";
import { trainingDataOf } from "../data/training-rows.js";
import { evaluateInDetail } from "./evaluate-in-detail.js";
import { popularAnswers } from "./evaluate.js";
import { metricMeaning, metricOrder } from "./metric-meanings.js";
import { leaveOneOut } from "./splits.js";

test("every metric of lists has a meaning of its own, with its length filled in", () => {
  const data = trainingDataOf(
    ["abcd", "bcda"].flatMap((user) => [...user].map((item, timestamp) => ({ user, item, timestamp }))),
  );
  const { fit, cases } = leaveOneOut(data);
  const replica = replicaViewOf(fit);
  const keys = Object.keys(
    evaluateInDetail(replica, popularAnswers(replica), cases, { rewards: [1, 1, 1, 1] }).metrics,
  );
  expect(keys.length).toBeGreaterThan(20);
  const meanings = keys.map(metricMeaning);
  for (const { label, meaning } of meanings) {
    expect(meaning, label).not.toBe("");
    expect(label + meaning).not.toContain("{k}");
  }
  expect(new Set(meanings.map(({ label }) => label)).size).toBe(keys.length);
});

test("a metric that nobody explained is named by its key", () => {
  expect(metricMeaning("my_own_at_3")).toEqual({ label: "my own at 3", meaning: "", better: "neither" });
});

test("what is found comes first, shorter lists before longer ones, unknown metrics last", () => {
  const given = [
    "unknown",
    "coverage",
    "precision_at_25",
    "precision_at_5",
    "normalized_discounted_cumulative_gain_at_10",
  ];
  expect(metricOrder(given)).toEqual([
    "normalized_discounted_cumulative_gain_at_10",
    "precision_at_5",
    "precision_at_25",
    "coverage",
    "unknown",
  ]);
});
