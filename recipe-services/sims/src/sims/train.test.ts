import { resolveHyperparameters, trainingDataOf, type Progress } from "@palate/recipe";
import { expect, test } from "vitest";
import { descriptor } from "./recipe.js";
import { train } from "./train.js";

/** Enough to be busy for several slices. */
const large = trainingDataOf(
  Array.from({ length: 400_000 }, (_, row) => ({
    user: `u${row % 2000}`,
    item: `i${(row * 7919 + (row >> 5)) % 3000}`,
    timestamp: row,
  })),
);

function start(
  signal: AbortSignal,
  report: (progress: Progress) => void,
): { ended: Promise<unknown>; models: number[] } {
  const models: number[] = [];
  const ended = train({
    everything: large,
    fit: large,
    hyperparameters: resolveHyperparameters(descriptor.hyperparameters, {}),
    seed: 1,
    backend: "auto",
    signal,
    report,
    publish: async ({ deployed }) => {
      models.push(deployed.tensors.size);
    },
  });
  return { ended, models };
}

test("stops between slices when aborted, and publishes nothing", async () => {
  const stop = new AbortController();
  const { ended, models } = start(stop.signal, () => stop.abort());
  await expect(ended).rejects.toThrow(/abort/i);
  expect(models).toEqual([]);
});

test("reports progress that never falls and ends at 1, and publishes one model", async () => {
  const fractions: number[] = [];
  const { ended, models } = start(new AbortController().signal, ({ fraction }) => fractions.push(fraction));
  expect(await ended).toEqual({ backend: "none" });
  expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  expect(fractions.at(-1)).toBe(1);
  expect(models).toHaveLength(1);
});
