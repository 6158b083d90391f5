import { Random } from "@palate/numeric";
import { loadTensorBackend, type TensorBackend } from "@palate/tensorflow";
import { beforeAll, describe, expect, it } from "vitest";
import { BACKENDS } from "../../testing/backends.js";
import { goingRound, sequencesOf } from "../../testing/sequences.js";
import { standardise } from "../model/blend.js";
import { decayWeights, type Decay } from "../sequences/decay.js";
import { historyOf, type Sequences } from "../sequences/sequences.js";
import { DenseRidge } from "./dense-ridge.js";
import { ridgeStatistics, type RidgeOptions } from "./ridge-statistics.js";
import { chooseRidge, fitRidge, RIDGE_SPARSE, RIDGE_TWO_BLOCKS } from "./fit-ridge.js";
import { SparseRidge } from "./sparse-ridge.js";

function randomSequences(users: number, itemCount: number, length: number, seed: number): Sequences {
  const random = new Random(seed);
  const histories = Array.from({ length: users }, () =>
    Array.from({ length: random.integer(length + 1) }, () => random.integer(itemCount)),
  );
  return sequencesOf(histories, itemCount);
}

/** Z and Y built row by row, straight from their definition. */
function naiveStatistics(sequences: Sequences, options: RidgeOptions): { gram: number[][]; cross: number[][] } {
  const { itemCount } = sequences;
  const size = options.decays.length * itemCount;
  const gram = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  const cross = Array.from({ length: size }, () => new Array<number>(itemCount).fill(0));
  const blocks = options.decays.map((decay) => decayWeights(decay, options.window));
  for (let user = 0; user < sequences.userCount; user++) {
    const history = historyOf(sequences, user).items;
    for (let t = 0; t + 1 < history.length; t++) {
      const z = new Array<number>(size).fill(0);
      const y = new Array<number>(itemCount).fill(0);
      blocks.forEach((weights, block) =>
        weights.forEach((weight, back) => t - back >= 0 && (z[block * itemCount + history[t - back]!]! += weight)),
      );
      for (let j = 1; j <= options.future && t + j < history.length; j++) y[history[t + j]!]! += 0.5 ** (j - 1);
      for (let a = 0; a < size; a++) {
        for (let b = 0; b < size; b++) gram[a]![b]! += z[a]! * z[b]!;
        for (let b = 0; b < itemCount; b++) cross[a]![b]! += z[a]! * y[b]!;
      }
    }
  }
  return { gram, cross };
}

const half: Decay = { base: 0.5 };

describe("ridge statistics", () => {
  it.each([
    ["one block", [half]],
    ["two blocks", [half, { base: 0.93 }]],
    ["a hyperbolic decay", [{ rate: 0.5 }]],
  ])("equal those of the rows written out, repeats included: %s", async (_, decays: Decay[]) => {
    const options = { decays, window: 6, future: 3, lambda: 1 };
    const sequences = randomSequences(30, 7, 12, 5);
    const { gram, cross, size } = await ridgeStatistics(sequences, options);
    const naive = naiveStatistics(sequences, options);
    for (let a = 0; a < size; a++) {
      for (let b = 0; b <= a; b++) expect(gram[a * size + b]).toBeCloseTo(naive.gram[a]![b]!, 3);
      for (let b = 0; b < 7; b++) expect(cross[a * 7 + b]).toBeCloseTo(naive.cross[a]![b]!, 3);
    }
  });
});

describe.each(BACKENDS)("dense ridge on %s", (name) => {
  let backend: TensorBackend;
  beforeAll(async () => {
    backend = await loadTensorBackend({ prefer: name });
  });

  it("gives the solution worked out by hand for three items", async () => {
    // One user saw 0, 1, 2. Rows: z = (1, 0, 0) -> y = (0, 1, 0.5), z = (0.5, 1, 0) -> y = (0, 0, 1); lambda 1, so
    // G + I = [[2.25, 0.5], [0.5, 2]], R = [[0, 1, 1], [0, 0, 1]] and B = [[0, 8/17, 6/17], [0, -2/17, 7/17]].
    const ridge = await DenseRidge.fit(
      sequencesOf([[0, 1, 2]], 3),
      { decays: [half], window: 2, future: 2, lambda: 1 },
      backend,
    );
    const scores = new Float32Array(3);
    ridge.scoreInto(Int32Array.of(0), scores);
    [0, 8 / 17, 6 / 17].forEach((expected, item) => expect(scores[item]).toBeCloseTo(expected, 3));
    ridge.scoreInto(Int32Array.of(2, 0, 1), scores);
    [0, -2 / 17 + 4 / 17, 7 / 17 + 3 / 17].forEach((expected, item) => expect(scores[item]).toBeCloseTo(expected, 3));
    ridge.scoreInto(new Int32Array(0), scores);
    expect([...scores]).toEqual([0, 0, 0]);
  });

  it("solves a system of several tiles", async () => {
    const sequences = randomSequences(400, 330, 30, 11);
    const options = { ...RIDGE_TWO_BLOCKS, lambda: 5 };
    const ridge = await DenseRidge.fit(sequences, options, backend);
    const { gram, cross, size } = await ridgeStatistics(sequences, options);
    // Row f of B: the scores of a history are weighted sums of such rows, so check (G + lambda I) B = R for one column.
    const { data } = ridge.toTensors().get("ridge.weights") as { data: Uint16Array };
    const { fromFloat16 } = await import("@palate/numeric");
    const solution = fromFloat16(data);
    for (const row of [0, 255, 256, 659]) {
      let sum = 0;
      for (let k = 0; k < size; k++) {
        const g = row > k ? gram[row * size + k]! : gram[k * size + row]!;
        sum += (g + (k === row ? options.lambda : 0)) * (solution[k * 330 + 17]! / ridge.scale);
      }
      expect(sum).toBeCloseTo(cross[row * 330 + 17]!, 1);
    }
  });

  it("can be stopped", async () => {
    const fitting = fitRidge(randomSequences(50, 20, 10, 1), { kind: "dense", options: RIDGE_TWO_BLOCKS }, backend, {
      signal: AbortSignal.abort(new Error("enough")),
    });
    await expect(fitting).rejects.toThrow("enough");
  });
});

describe.each(BACKENDS)("sparse ridge beside the dense one on %s", (name) => {
  let backend: TensorBackend;
  beforeAll(async () => {
    backend = await loadTensorBackend({ prefer: name });
  });

  it("agrees with the dense solution when it takes enough steps", async () => {
    const sequences = randomSequences(200, 40, 25, 2);
    const options = { ...RIDGE_SPARSE, lambda: 10 };
    const dense = await DenseRidge.fit(sequences, options, backend);
    const sparse = await SparseRidge.fit(sequences, options, { steps: 40 });
    const [expected, scores] = [new Float32Array(40), new Float32Array(40)];
    for (let user = 0; user < 50; user++) {
      dense.scoreInto(historyOf(sequences, user).items, expected);
      sparse.scoreInto(historyOf(sequences, user).items, scores);
      for (let item = 0; item < 40; item++) expect(scores[item]).toBeCloseTo(expected[item]!, 3);
    }
  });

  it("survives storage", async () => {
    const sequences = randomSequences(60, 30, 15, 4);
    const ridge = await SparseRidge.fit(sequences, RIDGE_SPARSE);
    const restored = SparseRidge.fromTensors(ridge.toTensors(), RIDGE_SPARSE);
    const [a, b] = [new Float32Array(30), new Float32Array(30)];
    ridge.scoreInto(Int32Array.of(3, 1, 4), a);
    restored.scoreInto(Int32Array.of(3, 1, 4), b);
    expect(b).toEqual(a);
    expect(Math.max(...a)).toBeGreaterThan(0);
  });
});

describe("what the sparse ridge adds to other scores", () => {
  it("is its standardised scores, but for a number that is the same for all items", async () => {
    const sequences = randomSequences(60, 300, 15, 4);
    const ridge = await SparseRidge.fit(sequences, RIDGE_SPARSE);
    // More items than the ridge knows, as where some were added since.
    const [expected, sums] = [new Float32Array(310), new Float32Array(310).fill(7)];
    for (const history of [Int32Array.of(3, 1, 4), Int32Array.of(8)]) {
      ridge.scoreInto(history, expected.fill(0).subarray(0, 300));
      standardise(expected);
      ridge.addStandardised(history, 0.4, sums.fill(7));
      const shift = sums[309]! - 0.4 * expected[309]!;
      for (let item = 0; item < 310; item++) expect(sums[item]! - shift).toBeCloseTo(0.4 * expected[item]!, 4);
    }
  });

  it("still knows what follows what when a request may look at little", async () => {
    // Everybody goes through the items in their order, and takes one at random now and then.
    const random = new Random(9);
    const items = Int32Array.from({ length: 4_000 }, (_, at) => (at % 4 === 3 ? random.integer(100) : at % 100));
    const sequences = {
      userCount: 40,
      itemCount: 100,
      offsets: Int32Array.from({ length: 41 }, (_, user) => user * 100),
      items,
    };
    const ridge = await SparseRidge.fit(sequences, RIDGE_SPARSE, {
      limits: { perRow: 8, perStep: 50, perScore: 50 },
    });
    for (const { data } of ridge.toTensors().values()) expect(data.length).toBeLessThanOrEqual(801);
    const scores = new Float32Array(100);
    for (const item of [0, 20, 40, 80]) {
      ridge.scoreInto(Int32Array.of(item), scores);
      expect(scores.indexOf(Math.max(...scores))).toBe(item + 1);
    }
  });

  it("is much the same for everybody when a request may look at little", async () => {
    const random = new Random(5);
    // Half of the steps lead to an item nearby, the others to a popular one.
    let before = 0;
    const items = Int32Array.from({ length: 60_000 }, () => {
      const near = Math.min(999, Math.max(0, before + random.integer(20) - 10));
      return (before = random.uniform() < 0.5 ? near : Math.floor(1_000 * random.uniform() ** 3));
    });
    const offsets = Int32Array.from({ length: 1_001 }, (_, user) => user * 60);
    const sequences = { userCount: 1_000, itemCount: 1_000, offsets, items };
    const all = { perRow: 100, perStep: Infinity, perScore: Infinity };
    const whole = await SparseRidge.fit(sequences, RIDGE_SPARSE, { limits: all });
    const limited = await SparseRidge.fit(sequences, RIDGE_SPARSE, { limits: { ...all, perStep: 1_000 } });
    const [expected, scores] = [new Float32Array(1_000), new Float32Array(1_000)];
    const product = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, at) => sum + value * b[at]!, 0);
    for (let user = 0; user < 1_000; user++) {
      const { items: history } = historyOf(sequences, user);
      whole.scoreInto(history, expected);
      limited.scoreInto(history, scores);
      const alike = product(scores, expected) / Math.sqrt(product(scores, scores) * product(expected, expected));
      expect(alike).toBeGreaterThan(0.7);
    }
  });
});

describe("a sparse ridge with little time", () => {
  it("knows what follows what from some places of every item, and adds up to as much", async () => {
    // Everybody goes through the items in their order, from anywhere, and around the end.
    const [users, length, itemCount] = [2_000, 100, 50] as const;
    const sequences = goingRound(users, length, itemCount, 3);
    let readings = 0;
    // Over after the first look at it.
    const clock = (): number => 10_000 * readings++;
    const all = await SparseRidge.fit(sequences, RIDGE_SPARSE);
    const some = await SparseRidge.fit(sequences, RIDGE_SPARSE, { seconds: 15, clock });
    expect(readings).toBeLessThan(4);
    const sumOf = (ridge: SparseRidge): number =>
      (ridge.toTensors().get("ridge.gram.values")!.data as Float32Array).reduce((sum, value) => sum + value, 0);
    expect(Math.abs(sumOf(some) / sumOf(all) - 1)).toBeLessThan(0.05);
    const scores = new Float32Array(itemCount);
    for (let item = 0; item < itemCount; item++) {
      some.scoreInto(Int32Array.of(item), scores);
      expect(scores.indexOf(Math.max(...scores))).toBe((item + 1) % itemCount);
    }
  });

  it("can be stopped on the way", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    const sequences = randomSequences(3_000, 100, 100, 1);
    await expect(SparseRidge.fit(sequences, RIDGE_SPARSE, { signal })).rejects.toThrow("enough");
  });
});

describe("the choice of ridge", () => {
  const shape = (userCount: number, itemCount: number, events: number): Sequences => ({
    ...{ userCount, itemCount, offsets: new Int32Array(userCount + 1) },
    items: new Int32Array(events),
  });
  it("is dense for films watched a lot, sparse for a shop or a large catalogue", () => {
    expect(chooseRidge(shape(6040, 3416, 999_611))).toEqual({ kind: "dense", options: RIDGE_TWO_BLOCKS });
    expect(chooseRidge(shape(22_363, 12_101, 198_502)).kind).toBe("sparse");
    expect(chooseRidge(shape(1000, 60_000, 1_000_000)).kind).toBe("sparse");
    expect(chooseRidge(shape(1000, 8000, 1_000_000)).options.decays).toHaveLength(1);
  });
});
