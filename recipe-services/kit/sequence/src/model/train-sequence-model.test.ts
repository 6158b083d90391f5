import { Random, selectTop } from "@palate/numeric";
import { loadTensorBackend, type TensorBackend } from "@palate/tensorflow";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { BACKENDS } from "../../testing/backends.js";
import { goingRound, sequencesOf } from "../../testing/sequences.js";
import { initialParameters, logPopularity } from "../network/mixer-parameters.js";
import { MixerScorer } from "../network/mixer-scorer.js";
import { MIXER_DEFAULTS, trainMixer } from "../network/train-mixer.js";
import { fitRidge, RIDGE_TWO_BLOCKS } from "../ridge/fit-ridge.js";
import { historyOf, holdOutLast, type Sequences } from "../sequences/sequences.js";
import { BlendValidation } from "./blend-validation.js";
import { SequenceModel } from "./sequence-model.js";
import { trainSequenceModel } from "./train-sequence-model.js";
import type { SequenceCheckpoint } from "./candidates.js";
import type { ComputationProgress } from "../sequences/computation-options.js";

/**
 * Items lie on a checkerboard of two colours, and who has seen two items of one colour goes on with that colour, in
 * steps of two: black 0, 2, 4, … and white 1, 3, 5, …, from a random start and around the end.
 */
function checkerboard(users: number, itemCount: number, seed: number): Sequences {
  const random = new Random(seed);
  const histories = Array.from({ length: users }, () => {
    const start = random.integer(itemCount);
    return Array.from({ length: 5 + random.integer(4) }, (_, step) => (start + 2 * step) % itemCount);
  });
  return sequencesOf(histories, itemCount);
}

/** A clock on which every reading is one millisecond later, so that a time budget is a number of steps. */
function countingClock(): () => number {
  let now = 0;
  return () => now++;
}

const small = { width: 16, tokens: 400, length: 16 };

describe.each(BACKENDS)("training a sequence model on %s", (name) => {
  let backend: TensorBackend;
  beforeAll(async () => {
    backend = await loadTensorBackend({ prefer: name });
  });

  it("learns a pattern: the withheld item is recommended first to nearly everyone", async () => {
    const sequences = checkerboard(300, 40, 1);
    const everyone = Int32Array.from({ length: 300 }, (_, user) => user);
    const { training, targets } = holdOutLast(sequences, everyone);
    const seen: SequenceCheckpoint[] = [];
    const progress: ComputationProgress[] = [];
    const { model, validation } = await trainSequenceModel(
      training,
      { trainingSeconds: 0.4, seed: 3, mixer: small },
      backend,
      {
        clock: countingClock(),
        onCheckpoint: (checkpoint) => void seen.push(checkpoint),
        onProgress: (p) => progress.push(p),
      },
    );
    const scores = new Float32Array(40);
    let right = 0;
    everyone.forEach((user) => {
      model.scoreAll(historyOf(training, user), NaN, scores);
      if (selectTop(scores, 1).indices[0] === targets[user]) right++;
    });
    expect(right).toBeGreaterThan(270);
    expect(validation!.ndcg10).toBeGreaterThan(0.9);
    expect(seen.at(-1)!.model).toBe(model);
    expect(progress.some(({ phase }) => phase === "ridge")).toBe(true);
    // Later checkpoints are handed out only when they are better.
    const qualities = seen.map((checkpoint) => checkpoint.validation?.ndcg10 ?? -1);
    expect(qualities).toEqual([...qualities].sort((a, b) => a - b));
  });

  it("gives the same network for the same seed, and another for another", async () => {
    const sequences = checkerboard(60, 12, 2);
    const train = async (seed: number): Promise<Float32Array> => {
      const plan = { seconds: 0.03, checkpoints: [1], seed };
      const network = trainMixer(backend, sequences, { ...MIXER_DEFAULTS, ...small }, plan, { clock: countingClock() });
      for await (const snapshot of network) return snapshot.parameters().slice();
      throw new Error("no snapshot");
    };
    const first = await train(8);
    expect(await train(8)).toEqual(first);
    expect(await train(9)).not.toEqual(first);
  });

  it("survives storage, network included", async () => {
    const sequences = checkerboard(200, 30, 5);
    const shape = { itemCount: 30, width: 16, layers: 2, kernels: 4, length: 16 };
    const model = new SequenceModel({
      ridge: await fitRidge(sequences, { kind: "dense", options: RIDGE_TWO_BLOCKS }, backend),
      popularity: logPopularity(sequences.items, 30),
      mixer: new MixerScorer(shape, initialParameters(shape, sequences, new Random(4))),
      inverseTemperature: 0.4,
      blend: { network: 1, ridge: 0.3 },
    });
    const metadata = JSON.parse(JSON.stringify(model.metadata())) as ReturnType<SequenceModel["metadata"]>;
    const restored = SequenceModel.fromTensors(model.toTensors(), metadata);
    expect(restored.hasNetwork).toBe(true);
    const [a, b] = [new Float32Array(30), new Float32Array(30)];
    for (const history of [[], [4], [1, 3, 5]]) {
      model.scoreAll({ items: Int32Array.from(history) }, NaN, a);
      restored.scoreAll({ items: Int32Array.from(history) }, NaN, b);
      expect(b).toEqual(a);
    }
    expect(() => SequenceModel.fromTensors(model.toTensors(), { ...metadata, format: 2 as 1 })).toThrow(/format 2/);
  });

  it.each([
    ["ten users and twenty items", checkerboard(10, 20, 2)],
    ["one user with one interaction", sequencesOf([[0]], 1)],
    ["nobody", sequencesOf([], 3)],
    ["users without interactions", sequencesOf([[], [1], []], 2)],
  ])("copes with %s", async (_, sequences) => {
    const { model } = await trainSequenceModel(sequences, { trainingSeconds: 0.02, seed: 1, mixer: small }, backend, {
      clock: countingClock(),
    });
    const scores = new Float32Array(sequences.itemCount);
    for (const history of [[], [0], [0, 0]]) {
      model.scoreAll({ items: Int32Array.from(history) }, NaN, scores);
      expect(scores.every(Number.isFinite)).toBe(true);
    }
  });

  it("samples the softmax of a large catalogue and still learns", async () => {
    const { model } = await trainSequenceModel(
      checkerboard(400, 200, 7),
      { trainingSeconds: 0.3, seed: 1, mixer: { ...small, fullSoftmaxItems: 100, negatives: 64 } },
      backend,
      { clock: countingClock() },
    );
    const scores = new Float32Array(200);
    model.scoreAll({ items: Int32Array.of(10, 12, 14) }, NaN, scores);
    expect([...selectTop(scores, 3).indices]).toContain(16);
  });

  it("stops at once when asked, and refuses inconsistent sequences", async () => {
    const controller = new AbortController();
    const training = trainSequenceModel(
      checkerboard(50, 20, 1),
      { trainingSeconds: 600, seed: 1, mixer: small },
      backend,
      {
        signal: controller.signal,
        onCheckpoint: () => controller.abort(new Error("no longer wanted")),
      },
    );
    await expect(training).rejects.toThrow("no longer wanted");
    const broken = { ...sequencesOf([[0, 1]], 2), items: Int32Array.of(0, 5) };
    await expect(trainSequenceModel(broken, { trainingSeconds: 0, seed: 1 }, backend)).rejects.toThrow(/Item number 5/);
  });
});

describe("checkpoints that take long to measure", () => {
  it("are fewer, so that most of the time is left for training, and the last one comes in any case", async () => {
    const backend = await loadTensorBackend({ prefer: "auto" });
    const original = BlendValidation.prototype.measure;
    /** How many networks are measured in 200 seconds, of which each step takes a few and each measurement so many. */
    const measuredWith = async (seconds: number): Promise<number> => {
      let now = 0;
      const measure = vi.spyOn(BlendValidation.prototype, "measure").mockImplementation(function (
        this: BlendValidation,
        ...given
      ) {
        now += 1000 * seconds;
        return original.apply(this, given);
      });
      try {
        const options = { trainingSeconds: 200, seed: 3, mixer: { ...small, tokens: 50 } };
        await trainSequenceModel(checkerboard(20, 12, 1), options, backend, { clock: () => (now += 2000) });
        return measure.mock.calls.filter(([network]) => network !== undefined).length;
      } finally {
        measure.mockRestore();
      }
    };
    expect(await measuredWith(0)).toBeGreaterThan(5);
    const few = await measuredWith(16);
    expect(few).toBeGreaterThan(0);
    expect(few).toBeLessThan(4);
  });
});

describe("a million interactions of a large catalogue", () => {
  it("are served as soon as there is a closed form, before that knows the newest interactions", async () => {
    // Everybody goes through twenty items in their order from anywhere.
    const [users, length, itemCount] = [50_000, 20, 12_000] as const;
    const sequences = goingRound(users, length, itemCount, 6);
    const backend = await loadTensorBackend({ prefer: "auto" });
    const offered: SequenceCheckpoint[] = [];
    let solved = 0;
    const best = await trainSequenceModel(sequences, { trainingSeconds: 0, seed: 1 }, backend, {
      onCheckpoint: (checkpoint) => void offered.push(checkpoint),
      onProgress: () => offered.length === 0 && solved++,
    });
    expect(solved).toBeGreaterThan(5);
    expect(offered).toHaveLength(2);
    expect(offered[0]!.validation).toBeUndefined();
    // Both were chosen with held-out users, if not with the same.
    expect(offered[0]!.model.inverseTemperature / best.model.inverseTemperature).toBeGreaterThan(0.5);
    expect(offered[0]!.model.inverseTemperature / best.model.inverseTemperature).toBeLessThan(2);
    expect(offered[1]).toBe(best);
    expect(best.validation!.users).toBe(2_500);
    expect(best.validation!.hitRate10).toBeGreaterThan(0.95);
    const scores = new Float32Array(itemCount);
    for (const { model, evaluation } of offered) {
      for (const one of [model, evaluation]) {
        one.scoreAll({ items: Int32Array.of(100, 101) }, NaN, scores);
        expect([...selectTop(scores, 1).indices]).toEqual([102]);
      }
    }
  });
});
