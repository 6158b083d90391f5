import { Random } from "@palate/numeric";
import { resolveHyperparameters, trainingDataOf } from "@palate/recipe";
import { expect, test } from "vitest";
import { setTimeout as wait } from "node:timers/promises";
import { CountingHelpers } from "./counting-helpers.js";
import { DONE } from "./sims/counting-work.js";
import { similarItems } from "./sims/model.js";
import type { SimilarItems } from "./sims/similarity.js";
import { descriptor, similarityOptions } from "./sims/recipe.js";

const random = new Random(1);
const data = trainingDataOf(
  Array.from({ length: 60_000 }, (_, row) => ({
    user: `u${row % 1500}`,
    item: `i${Math.floor(2000 * random.uniform() ** 2)}`,
    timestamp: row * random.integer(100),
  })),
);
const options = similarityOptions(resolveHyperparameters(descriptor.hyperparameters, { max_gap: "50" }));

test("lists do not depend on how many threads count them", async () => {
  const finish = (work: Generator<number, SimilarItems>): SimilarItems => {
    for (let step = work.next(); ; step = work.next()) if (step.done) return step.value;
  };
  const alone = finish(similarItems(data, options));

  const helpers = new CountingHelpers(2);
  let byHelpers = 0;
  const work = similarItems(data, options, (shared) => {
    helpers.help(shared);
    // Nobody else counts until helpers do, so that they certainly have a part.
    byHelpers = shared.state[DONE]!;
    while (byHelpers === 0) {
      Atomics.wait(shared.state, DONE, 0, 1000);
      byHelpers = Atomics.load(shared.state, DONE);
    }
  });
  const together = finish(work);
  await helpers.stop();

  expect(byHelpers).toBeGreaterThan(0);
  expect(alone.items.length).toBeGreaterThan(10_000);
  const bytes = ({ buffer, byteOffset, byteLength }: Int32Array | Float32Array) =>
    Buffer.from(buffer, byteOffset, byteLength);
  for (const part of ["offsets", "items", "scores"] as const)
    expect(bytes(together[part]).equals(bytes(alone[part])), part).toBe(true);
});

test("a helper that fails says so, instead of leaving its share undone", async () => {
  const helpers = new CountingHelpers(1);
  const work = similarItems(data, options, (shared) => helpers.help({ ...shared, where: undefined as never }));
  work.next();
  while (!helpers.failed.aborted) await wait(5);
  expect(helpers.failed.reason).toBeInstanceOf(TypeError);
  await helpers.stop();
});
