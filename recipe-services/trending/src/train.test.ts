import { resolveHyperparameters, trainingDataOf, type Checkpoint, type Progress } from "@palate/recipe";
import { expect, test } from "vitest";
import { fromArtifact } from "./artifact.js";
import { trendingNow } from "./index.js";

const HOUR = 3600;

/** Ten days of a hundred items with steady rates; every six hours another one climbs, hour by hour, and stays high. */
const rows = Array.from({ length: 240 }, (_, hour) =>
  Array.from({ length: 100 }, (_, item) => {
    const climbed = Math.min(6, Math.max(0, hour - 6 * item));
    const count = (2 + (item % 3)) * (1 + 2 * climbed);
    return Array.from({ length: count }, (_, k) => ({
      user: `u${(hour * 31 + item * 17 + k * 7) % 400}`,
      item: `i${item}`,
      timestamp: 1_700_006_400 + hour * HOUR + Math.floor(((k + 0.5) * HOUR) / count),
    }));
  }).flat(),
).flat();
const data = trainingDataOf(rows);

async function trained(hyperparameters: Readonly<Record<string, string>>) {
  const checkpoints: Checkpoint[] = [];
  const progress: Progress[] = [];
  const held = trendingNow.evaluation.holdOut(data, { seed: 1 });
  const result = await trendingNow.train({
    everything: data,
    fit: held.fit,
    hyperparameters: resolveHyperparameters(trendingNow.descriptor.hyperparameters, hyperparameters),
    seed: 1,
    backend: "auto",
    signal: new AbortController().signal,
    report: (step) => progress.push(step),
    publish: async (checkpoint) => void checkpoints.push(checkpoint),
  });
  return { checkpoint: checkpoints[0]!, checkpoints, progress, result, held };
}

test("stores the settings, and nothing that grows with the data", async () => {
  const { checkpoint, checkpoints, progress, result } = await trained({
    trend_discovery_frequency: "1 hour",
    minimum_support: "3",
  });
  expect(checkpoints).toHaveLength(1);
  expect(result).toEqual({ backend: "none" });
  expect(progress.at(-1)?.fraction).toBe(1);
  expect(fromArtifact(checkpoint.deployed)).toMatchObject({
    intervalSeconds: HOUR,
    minimumSupport: 3,
    minimumRise: 1.2,
  });
  expect(trendingNow.trendInterval!(checkpoint.deployed)).toBe(HOUR);
  const elements = [...checkpoint.deployed.tensors.values()].reduce((sum, { data: { length } }) => sum + length, 0);
  expect(elements).toBe(1);
});

test("is measured by trend prediction accuracy beside the usual metrics, and beats popularity in it", async () => {
  const { checkpoint, held } = await trained({ trend_discovery_frequency: "1 hour" });
  const { metrics, baseline } = held.measure(checkpoint.evaluation);
  for (const key of ["coverage", "precision_at_5", "trend_prediction_accuracy"]) {
    expect(metrics[key], key).toBeGreaterThanOrEqual(0);
    expect(baseline[key], key).toBeGreaterThanOrEqual(0);
  }
  expect(metrics["trend_prediction_accuracy"]).toBeGreaterThan(baseline["trend_prediction_accuracy"]! + 0.2);
});
