import { Random } from "@palate/numeric";
import { checkSequences, type Sequences } from "@palate/sequence";
import { loadTensorBackend, type Tensor2D, type TensorBackend } from "@palate/tensorflow";
import { beforeAll, describe, expect, it } from "vitest";
import { endlessGruBatches } from "./gru-batches.js";
import { GruNetwork } from "./gru-network.js";
import { gapBucket, gruSlots, initialGruParameters, type GruShape } from "./gru-parameters.js";
import { GruScorer, START } from "./gru-scorer.js";
import { GRU_DEFAULTS, trainGru } from "./train-gru.js";

const shape: GruShape = { itemCount: 20, width: 16, hidden: 16, itemFeatures: 3, userFeatures: 2 };
const random = new Random(5);

function sequencesOf(lengths: readonly number[]): Sequences {
  const offsets = new Int32Array(lengths.length + 1);
  lengths.forEach((length, user) => (offsets[user + 1] = offsets[user]! + length));
  const size = offsets[lengths.length]!;
  const items = Int32Array.from({ length: size }, () => random.integer(shape.itemCount));
  const times = Float64Array.from({ length: size }, (_, at) => 1_700_000_000 + 37 * at * at);
  return { userCount: lengths.length, itemCount: shape.itemCount, offsets, items, times };
}

const sequences = sequencesOf([14, 2, 0, 9, 1, 30]);
const parameters = initialGruParameters(shape, sequences.items, new Random(1)).map(
  (value) => value + 0.1 * random.normal(),
);
const itemValues = Float32Array.from({ length: 21 * 3 }, (_, at) => (at < 60 ? random.normal() : 0));
const userValues = Float32Array.from({ length: 6 * 2 }, () => random.normal());

// Only in this package's own tests: the native backend where the machine has it.
const native = await loadTensorBackend({ prefer: "native" }).then(
  () => true,
  () => false,
);

describe.each(native ? (["wasm", "native"] as const) : (["wasm"] as const))("the recurrent network on %s", (name) => {
  let backend: TensorBackend;
  beforeAll(async () => {
    backend = await loadTensorBackend({ prefer: name });
  });

  it.each([
    ["over the whole catalogue", undefined],
    ["over a sample", Int32Array.of(3, 8, 8, 1, 0, 19, 11)],
  ])("has the derivatives that finite differences give, %s", (_, negatives) => {
    const { tf } = backend;
    const features = { items: tf.tensor2d(itemValues, [21, 3]), users: tf.tensor2d(userValues, [6, 2]) };
    const network = new GruNetwork(tf, shape, features);
    const batches = endlessGruBatches(sequences, { rows: 4, length: 6, random: new Random(2) });
    batches.next();
    const batch = batches.next().value;
    const state = tf.tensor2d(
      Float32Array.from({ length: 4 * 16 }, () => random.normal()),
      [4, 16],
    );
    const mask = new Random(3)
      .dropoutMasks(0.25)(24 * 16)
      .slice();
    const ownVectors = Float32Array.from({ length: 21 }, (__, item) => (item % 5 === 3 ? 0 : 1));
    const options = { dropout: () => mask, ownVectors, ...(negatives && { negatives }) };
    const at = (values: Float32Array) => network.step(tf.tensor1d(values), batch, state, options);
    const derivative = at(parameters).gradient.dataSync();
    for (const slot of gruSlots(shape)) {
      const direction = new Float32Array(parameters.length);
      for (let k = 0; k < slot.size; k++) direction[slot.offset + k] = random.normal() / Math.sqrt(slot.size);
      const step = 0.02;
      const moved = (sign: number): number =>
        at(parameters.map((value, k) => value + sign * step * direction[k]!)).loss.dataSync()[0]!;
      const numeric = (moved(1) - moved(-1)) / (2 * step) / 24;
      const analytic = direction.reduce((sum, value, k) => sum + value * derivative[k]!, 0);
      expect(Math.abs(numeric - analytic), slot.name).toBeLessThan(2e-3 + 0.02 * Math.abs(numeric));
    }
  });

  it("is computed by the serving kernels as by TensorFlow, a user's whole history through batches shorter than it", () => {
    const { tf } = backend;
    const features = { items: tf.tensor2d(itemValues, [21, 3]), users: tf.tensor2d(userValues, [6, 2]) };
    const network = new GruNetwork(tf, shape, features);
    const scorer = new GruScorer(shape, parameters, itemValues);
    // A single stream of one user: batches of 7 positions through 30.
    const only = { ...sequencesOf([30]), userCount: 1 };
    const batches = endlessGruBatches(only, { rows: 1, length: 7, random: new Random(2) });
    let state = tf.zeros([1, 16]) as Tensor2D;
    const fed: { items: number[]; gaps: number[] } = { items: [], gaps: [] };
    let cached: Float32Array | undefined;
    for (let step = 0; step < 4; step++) {
      const batch = batches.next().value;
      state = network.step(tf.tensor1d(parameters), batch, state).state;
      const items = Array.from(batch.inputs, (item) => (item === shape.itemCount ? START : item));
      fed.items.push(...items);
      fed.gaps.push(...batch.gaps);
      const part = { items: Int32Array.from(items), gaps: batch.gaps };
      cached = scorer.advance(cached, part, scorer.userVector(userValues.subarray(0, 2)));
      expect([...cached].map((x, c) => Math.abs(x - state.dataSync()[c]!)).every((d) => d < 1e-4)).toBe(true);
    }
    const whole = { items: Int32Array.from(fed.items), gaps: Int32Array.from(fed.gaps) };
    const atOnce = scorer.advance(undefined, whole, scorer.userVector(userValues.subarray(0, 2)));
    expect([...atOnce].map((x, c) => Math.abs(x - cached![c]!)).every((d) => d < 1e-5)).toBe(true);
  });

  it("learns that items come in a fixed order, each with what came before it", async () => {
    const cycle = Array.from({ length: 40 }, (_, user) => Array.from({ length: 12 }, (__, t) => (user + t) % 20));
    const offsets = Int32Array.from({ length: 41 }, (_, user) => 12 * user);
    const learned: Sequences = { userCount: 40, itemCount: 20, offsets, items: Int32Array.from(cycle.flat()) };
    checkSequences(learned);
    const options = { ...GRU_DEFAULTS, width: 16, hidden: 32, bptt: 8, tokens: 128, dropout: 0, learningRate: 0.02 };
    // A clock that counts its own looks: so many steps, whatever the machine.
    let now = 0;
    const computation = { clock: () => (now += 1000) };
    const plan = { seconds: 400, checkpoints: [1], seed: 3 };
    let scorer: GruScorer | undefined;
    for await (const snapshot of trainGru(backend, learned, options, plan, computation))
      scorer = new GruScorer(snapshot.shape, snapshot.parameters());
    const state = scorer!.advance(undefined, { items: Int32Array.of(START, 4, 5, 6), gaps: new Int32Array(4) });
    const scores = new Float32Array(20);
    scorer!.items.scoresInto(scorer!.query(state), scores);
    expect(scores.indexOf(Math.max(...scores))).toBe(7);
  });
});

describe("an item that was not trained", () => {
  it("scores by its metadata alone, like a trained one of the same metadata without a vector of its own", () => {
    const bare = parameters.slice();
    const items = gruSlots(shape).find(({ name }) => name === "items")!;
    const bias = gruSlots(shape).find(({ name }) => name === "bias")!;
    bare.fill(0, items.offset + 4 * 16, items.offset + 5 * 16);
    bare[bias.offset + 4] = 0;
    const scorer = new GruScorer(shape, bare, itemValues);
    const added = scorer.addItem(itemValues.subarray(12, 15));
    const out = new Float32Array(scorer.items.count);
    const state = scorer.advance(undefined, { items: Int32Array.of(START, 3), gaps: new Int32Array(2) });
    scorer.items.scoresInto(scorer.query(state), out);
    expect(added).toBe(20);
    expect(out[added]).toBeCloseTo(out[4]!, 5);
  });

  it("finds room however many arrive", () => {
    const scorer = new GruScorer(shape, parameters, itemValues);
    for (let k = 0; k < 2500; k++) scorer.addItem(Float32Array.of(k, 0, 0));
    const one = scorer.addItem(itemValues.subarray(0, 3));
    const other = scorer.addItem(itemValues.subarray(0, 3));
    expect([...scorer.items.vector(one)]).toEqual([...scorer.items.vector(other)]);
    expect(scorer.items.count).toBe(2522);
  });
});

describe("kinds of gaps", () => {
  it("grow with time and end", () => {
    const buckets = [0, 1, 60, 3600, 86_400, 30 * 86_400, 1e9, 1e12].map(gapBucket);
    expect(buckets).toEqual([...buckets].sort((a, b) => a - b));
    expect(new Set(buckets.slice(0, 7)).size).toBe(7);
    expect(gapBucket(-5)).toBe(0);
  });
});
