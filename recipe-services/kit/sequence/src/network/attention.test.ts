import { Random, selectTop } from "@palate/numeric";
import { loadTensorBackend, type TensorBackend } from "@palate/tensorflow";
import { beforeAll, describe, expect, it } from "vitest";
import { BACKENDS } from "../../testing/backends.js";
import { expectServedAs } from "../../testing/serving.js";
import { ContextRows, type ContextLayout } from "../sequences/position-context.js";
import { historyOf, type Sequences } from "../sequences/sequences.js";
import { AGE_ROWS, ageRowsOf, historyAges } from "./attention-ages.js";
import { headsOf } from "./attention.js";
import { epochBatches } from "./mixer-batches.js";
import { MixerNetwork } from "./mixer-network.js";
import { initialParameters, parameterSlots, type MixerShape } from "./mixer-parameters.js";
import { MixerScorer } from "./mixer-scorer.js";
import { MIXER_DEFAULTS, trainMixer } from "./train-mixer.js";

const context: ContextLayout = { longestGap: 30 };
const shape: MixerShape = {
  ...{ itemCount: 30, width: 32, layers: 2, kernels: 4, length: 12 },
  ...{ context, body: "attention" },
};
const random = new Random(17);
const HOUR = 3600;

/** Random items at moments that are some seconds to some hours apart. */
function sequencesOf(lengths: readonly number[], itemCount: number): Sequences {
  const offsets = new Int32Array(lengths.length + 1);
  lengths.forEach((length, user) => (offsets[user + 1] = offsets[user]! + length));
  const count = offsets[lengths.length]!;
  let time = 1_000_000_000;
  return {
    ...{ userCount: lengths.length, itemCount, offsets },
    items: Int32Array.from({ length: count }, () => random.integer(itemCount)),
    times: Float64Array.from({ length: count }, () => (time += Math.floor(2 ** (12 * random.uniform())))),
  };
}

const sequences = sequencesOf([40, 3, 12, 1, 0, 25], 30);
/** Far from the start, so that no derivative is zero by chance. */
const parameters = initialParameters(shape, sequences, new Random(1)).map((value) => value + 0.1 * random.normal());

describe.each(BACKENDS)("the network with attention on %s", (name) => {
  let backend: TensorBackend;
  beforeAll(async () => {
    backend = await loadTensorBackend({ prefer: name });
  });

  it.each([undefined, context])("has the derivatives that finite differences give, told %o", (told) => {
    const { tf } = backend;
    const own: MixerShape = { ...shape, ...{ context: told ?? { longestGap: 0 } } };
    const values = initialParameters(own, sequences, new Random(1)).map((value) => value + 0.1 * random.normal());
    const network = new MixerNetwork(tf, own);
    const layout = own.context;
    const options = { length: 12, tokens: 60, random: new Random(2), context: layout, ages: true };
    const batch = [...epochBatches(sequences, options)][0]!;
    const mask = new Random(3)
      .dropoutMasks(0.25)(batch.inputs.length * own.width)
      .slice();
    const results = (at: Float32Array): { loss: number; gradient: Float32Array } =>
      tf.tidy(() => {
        const { loss, gradient } = network.lossAndGradient(tf.tensor1d(at), batch, { dropout: () => mask });
        return { loss: loss.dataSync()[0]!, gradient: gradient.dataSync() as Float32Array };
      });
    const derivative = results(values).gradient;
    const count = batch.weights.reduce((sum, weight) => sum + weight, 0);
    for (const slot of parameterSlots(own)) {
      // Along a random direction within the parameter, which checks all its entries at once.
      const direction = new Float32Array(values.length);
      for (let at = 0; at < slot.size; at++) direction[slot.offset + at] = random.normal() / Math.sqrt(slot.size);
      const step = 0.02;
      const moved = (sign: number): number =>
        results(values.map((value, at) => value + sign * step * direction[at]!)).loss;
      const numeric = (moved(1) - moved(-1)) / (2 * step) / count;
      const analytic = direction.reduce((sum, value, at) => sum + value * derivative[at]!, 0);
      expect(Math.abs(numeric - analytic), slot.name).toBeLessThan(2e-3 + 0.02 * Math.abs(numeric));
    }
    network.dispose();
  });

  it("cannot see the future: later items and times change no earlier state", () => {
    const { tf } = backend;
    const network = new MixerNetwork(tf, shape);
    const one = sequencesOf([13], 30);
    const other = sequencesOf([13], 30);
    const states = (items: Int32Array, times: Float64Array): Float32Array => {
      const ages = ageRowsOf(times.subarray(0, 12), times.subarray(1), 1, 12);
      const inputs = { rows: 1, length: 12, inputs: items.subarray(0, 12), ages };
      return network.states(tf.tensor1d(parameters), inputs).dataSync() as Float32Array;
    };
    const changed = { items: one.items.slice(), times: one.times!.slice() };
    changed.items.set(other.items.subarray(8), 8);
    changed.times.set(
      one.times!.subarray(9).map((time) => time + 50_000),
      9,
    );
    const [before, after] = [states(one.items, one.times!), states(changed.items, changed.times)];
    expect(after.subarray(0, 8 * shape.width)).toEqual(before.subarray(0, 8 * shape.width));
    expect(after.subarray(8 * shape.width)).not.toEqual(before.subarray(8 * shape.width));
    network.dispose();
  });

  it("gives in serving what it gives at the end of a batch, where sequences begin with their user", () => {
    const { tf } = backend;
    const user = [{ name: "SEX", values: ["F", "M"], several: 1 }];
    const told: MixerShape = { ...shape, context: { ...context, user } };
    const { userCount, itemCount, offsets, items, times } = sequencesOf([9], 30);
    const one: Sequences = { userCount, itemCount, offsets, items, times: times!, users: Int16Array.of(1) };
    // Nothing is hidden from the network.
    const plain = Object.assign(new Random(1), { uniform: () => 0.999 });
    const options = { length: 12, tokens: 60, random: plain, context: told.context, ages: true };
    const [batch] = [...epochBatches(one, options)];
    const values = initialParameters(told, one, new Random(1)).map((value) => value + 0.1 * random.normal());
    const network = new MixerNetwork(tf, told);
    const states = network.states(tf.tensor1d(values), batch!).dataSync() as Float32Array;
    const scorer = new MixerScorer(told, values);
    // The start, then items: position t asks for the item at t.
    for (const t of [0, 1, 8]) {
      const history = { items: items.subarray(0, t), times: times!.subarray(0, t), user: one.users! };
      const served = scorer.userState(history, times![t]!);
      const expected = states.subarray(t * told.width, (t + 1) * told.width);
      served.forEach((value, at) => expect(Math.abs(expected[at]! - value)).toBeLessThan(1e-4));
    }
    network.dispose();
  });

  it.each([1, 2, 7, 12, 30])("gives the same state and logits in serving, for a history of %i", (length) => {
    const { tf } = backend;
    const network = new MixerNetwork(tf, shape);
    const history = historyOf(sequencesOf([length], 30), 0);
    const now = history.times!.at(-1)! + 50;
    const recent = history.items.subarray(-shape.length);
    const moments = [...history.times!.subarray(-shape.length), now];
    const rows = new ContextRows(context);
    const n = recent.length;
    const inputs = {
      ...{ rows: 1, length: n, inputs: recent },
      context: Int32Array.from(recent, (_, t) => rows.gap(moments[t]!, moments[t + 1]!)),
      ages: ageRowsOf(Float64Array.from(moments.slice(0, n)), Float64Array.from(moments.slice(1)), 1, n),
    };
    expectServedAs(backend, { network, parameters, inputs }, new MixerScorer(shape, parameters), { history, now });
    network.dispose();
  });
});

/**
 * Users who do again what they did when it is this long ago: the newest of what is at least as old. How many interactions
 * lie between is chance, so only the ages tell.
 */
const AGAIN_AFTER = 2 ** 16;

/** Interactions of each user. */
const LENGTH = 24;

function creaturesOfHabit(users: number, itemCount: number, seed: number): Sequences {
  const random = new Random(seed);
  const offsets = Int32Array.from({ length: users + 1 }, (_, user) => LENGTH * user);
  const [items, times] = [new Int32Array(LENGTH * users), new Float64Array(LENGTH * users)];
  for (let at = 0; at < items.length; at++) {
    const first = at - (at % LENGTH);
    times[at] = at === first ? 1e9 : times[at - 1]! + Math.floor((1 + 9 * random.uniform()) * HOUR);
    let before = at - 1;
    while (before >= first && times[at]! - times[before]! < AGAIN_AFTER) before--;
    items[at] = before >= first ? items[before]! : random.integer(itemCount);
  }
  return { userCount: users, itemCount, offsets, items, times };
}

describe("a network with attention", () => {
  it("learns what is to be repeated after so much time, which distances do not tell", async () => {
    const backend = await loadTensorBackend();
    const data = creaturesOfHabit(100, 12, 1);
    const others = creaturesOfHabit(200, 12, 2);
    const rightWith = async (body?: "attention"): Promise<number> => {
      let tick = 0;
      const sizes = { width: 16, layers: 1, length: LENGTH, tokens: 400, dropout: 0, learningRate: 0.02 };
      const plan = { seconds: 0.25, checkpoints: [1], seed: 1 };
      const options = { ...MIXER_DEFAULTS, ...sizes, context, body };
      let scorer: MixerScorer | undefined;
      for await (const { shape, parameters } of trainMixer(backend, data, options, plan, { clock: () => tick++ }))
        scorer = new MixerScorer(shape, parameters());
      const out = new Float32Array(12);
      let right = 0;
      for (let user = 0; user < others.userCount; user++) {
        const { items, times } = historyOf(others, user);
        const before = { items: items.subarray(0, -1), times: times!.subarray(0, -1) };
        scorer!.logitsInto(scorer!.userState(before, times!.at(-1)!), out);
        if (selectTop(out, 1).indices[0] === items.at(-1)) right++;
      }
      return right;
    };
    const [attention, kernels] = [await rightWith("attention"), await rightWith()];
    expect(attention).toBeGreaterThan(160);
    expect(attention).toBeGreaterThan(kernels + 20);
  }, 180_000);
});

describe("how old an interaction is", () => {
  it("falls into two rows for each doubling, from the second to the lifetime", () => {
    const ages = [0, 1, 2, 3, 5, 7, 86_400, 2 ** 40, NaN, -5];
    const rows = ages.map((age) => ageRowsOf(Float64Array.of(0), Float64Array.of(age), 1, 1)[0]!);
    expect(rows).toEqual([1, 3, 4, 5, 6, 7, 33, AGE_ROWS - 2, 0, 1]);
  });

  it("is counted from the newest interaction when nobody says when it is", () => {
    const history = { items: Int32Array.of(4, 2), times: Float64Array.of(1e9, 1e9 + 100) };
    const rows = new ContextRows({ longestGap: 10 });
    const at = (now: number): number[] => [...historyAges(history, now, 2, rows)!].slice(2);
    expect(at(NaN)).toEqual(at(1e9 + 100));
    expect(at(1e9 + 130)).not.toEqual(at(NaN));
    // Nobody of the past came back later than that, so nothing was learned about it.
    expect(at(1e9 + 1e8)).toEqual(at(1e9 + 100 + 31));
  });
});

it("heads have 16 numbers each or a multiple, and are at most four", () => {
  expect([16, 32, 48, 64, 80, 128, 256].map(headsOf)).toEqual([1, 2, 3, 4, 1, 4, 4]);
});
