import { Random } from "@palate/numeric";
import { loadTensorBackend, type TensorBackend } from "@palate/tensorflow";
import { beforeAll, describe, expect, it } from "vitest";
import { BACKENDS } from "../../testing/backends.js";
import { expectServedAs } from "../../testing/serving.js";
import { ContextRows, type ContextLayout } from "../sequences/position-context.js";
import type { UserHistory } from "../sequences/user-history.js";
import { gapRow } from "../sequences/request-time.js";
import type { Sequences } from "../sequences/sequences.js";
import { epochBatches } from "./mixer-batches.js";
import { MixerNetwork, type MixerBatch } from "./mixer-network.js";
import { initialParameters, parameterSlots, type MixerShape } from "./mixer-parameters.js";
import { MixerScorer } from "./mixer-scorer.js";
import type { PositionInputs } from "./network-input.js";

const context: ContextLayout = {
  longestGap: 20,
  eventTypes: ["view", "buy"],
  user: [
    { name: "SEX", values: ["F", "M"], several: 1 },
    { name: "AGE", bounds: [30] },
  ],
  request: [{ name: "DEVICE", values: ["phone", "tv", "car"], several: 1 }],
};
const shape: MixerShape = { itemCount: 30, width: 16, layers: 2, kernels: 3, length: 12, context };
/** The same with metadata of items. */
const fused: MixerShape = { ...shape, content: 5 };
const random = new Random(17);
const draw = (length: number): Int32Array => Int32Array.from({ length }, () => random.integer(shape.itemCount));

/** Moments that are some seconds to some hours apart. */
function drawTimes(length: number): Float64Array {
  let time = 1_000_000_000;
  return Float64Array.from({ length }, () => (time += Math.floor(2 ** (12 * random.uniform()))));
}

/** Numbers of values, or -1 for none. */
const codes = (length: number, size: number): Int16Array =>
  Int16Array.from({ length }, () => random.integer(size + 1) - 1);

function sequencesOf(lengths: readonly number[]): Sequences {
  const offsets = new Int32Array(lengths.length + 1);
  lengths.forEach((length, user) => (offsets[user + 1] = offsets[user]! + length));
  const items = draw(offsets[lengths.length]!);
  const users = Int16Array.from({ length: 2 * lengths.length }, (_, at) => random.integer(3) - 1 + (at % 2 ? 2 : 0));
  return {
    ...{ userCount: lengths.length, itemCount: shape.itemCount, offsets, items, times: drawTimes(items.length) },
    ...{ eventTypes: codes(items.length, 2), requests: codes(items.length, 3), users },
  };
}

function drawHistory(length: number): UserHistory & { readonly times: Float64Array } {
  return {
    ...{ items: draw(length), times: drawTimes(length), eventTypes: codes(length, 2), requests: codes(length, 3) },
    ...{ user: Int16Array.of(1, 3), request: Int16Array.of(2) },
  };
}

/** A history as the network is given it in training, by the meaning of each row. */
function inputsOf({ items, times, eventTypes, requests, user, request }: UserHistory, now: number): PositionInputs {
  const table = new ContextRows(context);
  const names = table.names();
  const row = (name: string): number => (name === "" ? names.length : names.indexOf(name));
  const first = Math.max(0, items.length - (shape.length - 1));
  const places = Array.from({ length: items.length - first }, (_, at) => first + at);
  const asked = (place: number): number => (place + 1 < items.length ? requests![place + 1]! : request![0]!);
  const gap = (place: number): number => (times![place + 1] ?? now) - times![place]!;
  return {
    ...{ rows: 1, length: places.length + 1, inputs: Int32Array.of(0, ...items.subarray(first)) },
    context: Int32Array.of(
      ...[0, ...places.map((place) => Math.min(20, gapRow(gap(place))))],
      ...[row("start"), ...places.map((place) => row(["", "event view", "event buy"][eventTypes![place]! + 1]!))],
      ...[first - 1, ...places].map((place) =>
        row(["", "request DEVICE=phone", "request DEVICE=tv", "request DEVICE=car"][asked(place) + 1]!),
      ),
    ),
    user: Int32Array.from(user!, (_, at) => row(at === 0 ? "user SEX=M" : "user AGE#1")),
    start: Float32Array.of(0, ...places.map(() => 1)),
  };
}

const sequences = sequencesOf([40, 3, 12, 1, 0, 25]);
/** Far from the symmetric start, so that no derivative is zero by chance. */
const parameters = initialParameters(shape, sequences, new Random(1)).map((value) => value + 0.1 * random.normal());

describe.each(BACKENDS)("the network on %s", (name) => {
  let backend: TensorBackend;
  beforeAll(async () => {
    backend = await loadTensorBackend({ prefer: name });
  });

  it("has the derivatives that finite differences give, for every kind of parameter", () => {
    const { tf } = backend;
    const features = Float32Array.from({ length: 30 * 5 }, () => random.normal());
    const network = new MixerNetwork(tf, fused, features);
    const parameters = initialParameters(fused, sequences, new Random(1)).map((value) => value + 0.1 * random.normal());
    const batch = [...epochBatches(sequences, { length: 12, tokens: 60, random: new Random(2), context })][0]!;
    const mask = new Random(3)
      .dropoutMasks(0.25)(batch.inputs.length * shape.width)
      .slice();
    const known = Float32Array.from({ length: 30 }, (_, item) => (item % 7 === 0 ? 0 : 1));
    const options = { dropout: () => mask, known };
    const lossAt = (values: Float32Array): number => {
      const { loss, gradient } = network.lossAndGradient(tf.tensor1d(values), batch, options);
      tf.dispose(gradient);
      return loss.dataSync()[0]!;
    };
    const { gradient } = network.lossAndGradient(tf.tensor1d(parameters), batch, options);
    const derivative = gradient.dataSync();
    const count = batch.weights.reduce((sum, weight) => sum + weight, 0);
    for (const slot of parameterSlots(fused)) {
      // Along a random direction within the parameter, which checks all its entries at once.
      const direction = new Float32Array(parameters.length);
      for (let at = 0; at < slot.size; at++) direction[slot.offset + at] = random.normal() / Math.sqrt(slot.size);
      const step = 0.02;
      const moved = (sign: number): number =>
        lossAt(parameters.map((value, at) => value + sign * step * direction[at]!));
      const numeric = (moved(1) - moved(-1)) / (2 * step) / count;
      const analytic = direction.reduce((sum, value, at) => sum + value * derivative[at]!, 0);
      expect(Math.abs(numeric - analytic), slot.name).toBeLessThan(2e-3 + 0.02 * Math.abs(numeric));
    }
    network.dispose();
  });

  it("cannot see the future: later items change no earlier state", () => {
    const { tf } = backend;
    const network = new MixerNetwork(tf, shape);
    const inputs = draw(12);
    const changed = inputs.slice();
    changed.set(draw(4), 8);
    const states = (items: Int32Array): Float32Array =>
      network.states(tf.tensor1d(parameters), { rows: 1, length: 12, inputs: items }).dataSync() as Float32Array;
    const [before, after] = [states(inputs), states(changed)];
    expect(after.subarray(0, 8 * shape.width)).toEqual(before.subarray(0, 8 * shape.width));
    expect(after.subarray(8 * shape.width)).not.toEqual(before.subarray(8 * shape.width));
    network.dispose();
  });

  it.each([0, 1, 2, 7, 11, 12, 30])("gives the same state and logits in serving, for a history of %i", (length) => {
    const { tf } = backend;
    const network = new MixerNetwork(tf, shape);
    const history = drawHistory(length);
    const now = (history.times.at(-1) ?? NaN) + 50;
    const inputs = inputsOf(history, now);
    expectServedAs(backend, { network, parameters, inputs }, new MixerScorer(shape, parameters), { history, now });
    network.dispose();
  });
});

describe("an epoch's batches with a start", () => {
  it("ask for each user's first interaction once, of nothing but what else is known, unless they are not to", () => {
    const unlearnedStarts = Uint8Array.of(0, 1, 0, 0, 0, 0);
    const table = new ContextRows(context);
    const options = { length: 50, tokens: 400, context, unlearnedStarts };
    const starts: [target: number, weight: number][] = [];
    for (let seed = 0; seed < 5; seed++) {
      for (const batch of epochBatches(sequences, { ...options, random: new Random(seed) })) {
        const { rows, length, targets, weights, start, context: known } = batch;
        for (let row = 0; row < rows; row++) {
          expect(start![row]).toBe(0);
          expect(known![rows * length + row]).toBe(table.start);
          starts.push([targets[row]!, weights[row]!]);
        }
      }
    }
    const first = [0, 1, 2, 3, 5].map((user) => [
      sequences.items[sequences.offsets[user]!]!,
      1 - unlearnedStarts[user]!,
    ]);
    const text = (pairs: readonly (readonly number[])[]): string[] => pairs.map((pair) => pair.join()).sort();
    expect(text(starts)).toEqual(text([first, first, first, first, first].flat()));
  });
});

describe("an epoch's batches", () => {
  const transitions = (batches: Iterable<MixerBatch>): string[] => {
    const seen: string[] = [];
    for (const { inputs, targets, weights } of batches) {
      inputs.forEach((input, at) => weights[at] === 1 && seen.push(`${input}>${targets[at]}`));
    }
    return seen.sort();
  };

  it("hold every transition exactly once, in chunks no longer than asked", () => {
    const batches = [...epochBatches(sequences, { length: 12, tokens: 48, random: new Random(4) })];
    const expected: string[] = [];
    for (let user = 0; user < sequences.userCount; user++) {
      for (let at = sequences.offsets[user]!; at + 1 < sequences.offsets[user + 1]!; at++) {
        expected.push(`${sequences.items[at]}>${sequences.items[at + 1]}`);
      }
    }
    expect(transitions(batches)).toEqual(expected.sort());
    for (const { rows, length } of batches) {
      expect(length).toBeLessThanOrEqual(12);
      expect(rows * length).toBeLessThanOrEqual(48);
    }
  });

  it("are never longer than the network looks back, whatever that is", () => {
    for (const most of [2, 5, 13]) {
      const batches = [...epochBatches(sequences, { length: most, tokens: 60, random: new Random(4) })];
      expect(Math.max(...batches.map(({ length }) => length))).toBe(most);
    }
  });

  it("cut long histories elsewhere each time", () => {
    const shapes = (seed: number): string =>
      [...epochBatches(sequences, { length: 12, tokens: 24, random: new Random(seed) })]
        .map(({ rows, length, weights }) => `${rows}x${length}:${weights.join("")}`)
        .sort()
        .join(" ");
    expect(new Set([1, 2, 3, 4].map(shapes)).size).toBeGreaterThan(1);
  });
});
