import { Random } from "@palate/numeric";
import { resolveHyperparameters, segmentSplit, trainingDataOf, type TrainingData } from "@palate/recipe";
import { describe, expect, test } from "vitest";
import { setTimeout as sleep } from "node:timers/promises";
import { itemVectors } from "./item-vectors.js";
import { assign, kMeans, normalize, refine, silhouette } from "./k-means.js";
import { clusterUsers, userVectors, type ClusteringOptions } from "./model.js";
import { descriptor } from "./recipe.js";
import { train } from "./train.js";
import { describeClusters } from "./traits.js";

function run<Y, T>(work: Generator<Y, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** Users of three tastes, each among ten items of their own, one interaction in five with anything. */
function tastes(users: number, seed = 1): TrainingData {
  const random = new Random(seed);
  const rows = Array.from({ length: users }, (_, user) =>
    Array.from({ length: 12 }, (__, step) => {
      const item = random.uniform() < 0.2 ? random.integer(30) : (user % 3) * 10 + random.integer(10);
      return { user: `u${user}`, item: `i${item}`, timestamp: step };
    }),
  ).flat();
  const ids = Array.from({ length: 30 }, (_, item) => `i${item}`);
  const kinds = ids.map((_, item) => ["jazz", "rock", "folk"][Math.floor(item / 10)]!);
  const data = trainingDataOf(rows, ids, { KIND: kinds, TITLE: ids });
  return { ...data, userAttributes: { AGE: data.userIds.map((_, user) => 20 + 20 * (user % 3)) } };
}

function clustersOf(data: TrainingData, options: ClusteringOptions): Int32Array {
  const model = run(clusterUsers(data, options, 1));
  const users = Int32Array.from(data.userIds, (_, user) => user);
  return assign(userVectors(model, data, users), model.centers).centers;
}

describe("clusters of users", () => {
  test("are the planted tastes, and as many, when their number is to be found", () => {
    const found = clustersOf(tastes(300), { clusters: 0, dimensions: 16 });
    const byTaste = [0, 1, 2].map((taste) => new Set(found.filter((_, user) => user % 3 === taste)));
    expect(byTaste.map(({ size }) => size)).toEqual([1, 1, 1]);
    expect(new Set(byTaste.flatMap((set) => [...set])).size).toBe(3);
  });

  test("are as many as asked for, the largest first", () => {
    const found = clustersOf(tastes(300), { clusters: 5, dimensions: 16 });
    const sizes = [0, 1, 2, 3, 4].map((cluster) => found.filter((of) => of === cluster).length);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    expect(Math.min(...sizes)).toBeGreaterThan(0);
  });

  test("are described by what sets them apart, of items and of users", () => {
    const data = tastes(300);
    const clusterOf = Int32Array.from(data.userIds, (_, user) => (user === 0 ? -1 : user % 3));
    const described = describeClusters(data, clusterOf, 3);
    expect(described.map(({ label }) => label.split(", ")[0])).not.toContain("as everybody");
    described.forEach(({ label, traits }, cluster) => {
      expect(label).toContain(["jazz", "rock", "folk"][cluster]);
      expect(traits).toContainEqual(
        expect.objectContaining({ dataset: "USERS", column: "AGE", value: `${20 + 20 * cluster}`, share: 1 }),
      );
      const kind = traits.find(({ column }) => column === "KIND");
      expect(kind?.lift).toBeGreaterThan(2);
      expect(traits.some(({ column }) => column === "TITLE")).toBe(false);
    });
  });

  test("without attributes are described by their items", () => {
    const data = { ...tastes(300), itemAttributes: {}, userAttributes: {} };
    const [first] = describeClusters(
      data,
      Int32Array.from(data.userIds, (_, user) => user % 3),
      3,
    );
    expect(first?.traits[0]).toMatchObject({ dataset: "ITEMS", column: "ITEM_ID" });
    expect(Number(first?.traits[0]?.value.slice(1))).toBeLessThan(10);
  });
});

describe("vectors of items", () => {
  test("are the singular vectors without the first: orthogonal to how popular items are, and to one another", () => {
    const data = tastes(200);
    const dimensions = 4;
    const vectors = run(itemVectors(data, dimensions, 3));
    const counts = new Float64Array(30);
    for (const item of data.items) counts[item]!++;
    // Undo the scaling by degree: what remains is orthogonal, each to each and to the roots of the counts.
    const column = (d: number) => counts.map((count, item) => vectors[item * dimensions + d]! * Math.sqrt(count));
    const columns = [counts.map(Math.sqrt), ...[0, 1, 2, 3].map(column)];
    const cosine = (a: Float64Array, b: Float64Array) => {
      const dot = (x: Float64Array, y: Float64Array) => x.reduce((sum, value, k) => sum + value * y[k]!, 0);
      return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
    };
    for (let a = 0; a < 5; a++) for (let b = 0; b < a; b++) expect(cosine(columns[a]!, columns[b]!)).toBeCloseTo(0, 4);
  });

  test("are zeros where the data has no more dimensions", () => {
    const one = trainingDataOf([{ user: "u", item: "i", timestamp: 0 }]);
    expect([...run(itemVectors(one, 3, 1))].every((value) => value === 0)).toBe(true);
  });
});

describe("spherical k-means", () => {
  const at = (degrees: readonly number[]) => {
    const angles = degrees.map((degree) => (degree * Math.PI) / 180);
    const values = Float32Array.from(angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle)]));
    return { values, dimensions: 2, count: degrees.length };
  };

  test("finds centres in the middle of directions that belong together", () => {
    const vectors = at([0, 10, 20, 90, 100, 200, 210]);
    const { centers } = assign(vectors, kMeans(vectors, 3, 4, 20, new Random(1)));
    expect(new Set([centers[0], centers[1], centers[2]]).size).toBe(1);
    expect(centers[3]).toBe(centers[4]);
    expect(centers[5]).toBe(centers[6]);
    expect(new Set(centers).size).toBe(3);
  });

  test("keeps a centre that nobody is near, and zeros as they are", () => {
    const { centers } = refine(at([0, 10]), Float32Array.of(1, 0, -1, 0), 10);
    expect([...centers.subarray(2)]).toEqual([-1, 0]);
    const zeros = new Float32Array(2);
    normalize(zeros, 0, 2);
    expect([...zeros]).toEqual([0, 0]);
  });

  test("keeps apart best what lies apart", () => {
    const apart = at([0, 1, 180, 181]);
    const spread = at([0, 60, 120, 180]);
    const of = (vectors: ReturnType<typeof at>) =>
      silhouette(assign(vectors, kMeans(vectors, 2, 4, 20, new Random(1))));
    expect(of(apart)).toBeGreaterThan(0.99);
    expect(of(spread)).toBeLessThan(0.9);
  });
});

test("training stops when told to while it is under way", async () => {
  const data = tastes(20_000);
  const stop = new AbortController();
  const training = train({
    everything: data,
    fit: segmentSplit(data).fit,
    hyperparameters: resolveHyperparameters(descriptor.hyperparameters, {}),
    seed: 1,
    backend: "auto",
    signal: stop.signal,
    report: ({ fraction }) => {
      if (fraction > 0) stop.abort();
    },
    publish: async () => {
      await sleep(0);
      throw new Error("A training that was stopped must publish nothing.");
    },
  });
  await expect(training).rejects.toThrow(/abort/i);
});
