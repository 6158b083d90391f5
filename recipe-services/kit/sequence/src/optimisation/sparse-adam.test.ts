import { Random } from "@palate/numeric";
import { loadTensorBackend, type Tensor1D } from "@palate/tensorflow";
import { expect, it } from "vitest";
import { epochBatches } from "../network/mixer-batches.js";
import { MixerNetwork } from "../network/mixer-network.js";
import { initialParameters, parameterSlots, type MixerShape } from "../network/mixer-parameters.js";
import { FlatAdam } from "./flat-adam.js";
import { SparseAdam } from "./sparse-adam.js";

const ROWS = 40;
const WIDTH = 4;
const TAIL = 7;
const LENGTH = ROWS * (WIDTH + 1) + TAIL;

/** The rows that a step reaches: some in most steps, some hardly ever, one of them never. */
function reached(random: Random): Int32Array {
  return Int32Array.from({ length: ROWS - 1 }, (_, row) => row).filter((row) => random.uniform() < 1 / (1 + row * row));
}

/** Places of a row's weights among all. */
const placesOf = (row: number): number[] => [
  ...Array.from({ length: WIDTH }, (_, column) => row * WIDTH + column),
  ROWS * WIDTH + row,
];

it("does what dense Adam does to rows that are rarely reached", { timeout: 30_000 }, async () => {
  const { tf } = await loadTensorBackend({ prefer: "wasm" });
  const random = new Random(4);
  const start = Float32Array.from({ length: LENGTH }, () => random.normal());
  const dense = new FlatAdam(tf, start.slice());
  let sparse = new SparseAdam(start.slice(), ROWS, WIDTH);
  for (let step = 0; step < 700; step++) {
    const rows = reached(random);
    const full = new Float32Array(LENGTH);
    const places = [...rows].map(placesOf);
    const order = [...places.flatMap((row) => row.slice(0, WIDTH)), ...places.map((row) => row[WIDTH]!)];
    for (let at = ROWS * (WIDTH + 1); at < LENGTH; at++) order.push(at);
    // Long now and then, so that it is clipped.
    for (const place of order) full[place] = (step % 50 === 0 ? 9 : 0.1) * random.normal();
    const rate = 0.01 * Math.min(1, (step + 1) / 100);
    const seen = sparse.gather(rows);
    const present = dense.parameters.dataSync();
    order.forEach((place, at) => expect(seen[at]).toBeCloseTo(present[place]!, 4));
    sparse.step(
      rows,
      Float32Array.from(order, (place) => full[place]!),
      rate,
    );
    dense.step(tf.tensor1d(full), rate);
    // A training that goes on from a state is none the wiser.
    if (step === 333) sparse = new SparseAdam(sparse.state(), ROWS, WIDTH);
  }
  const [mine, theirs] = [sparse.state(), dense.state()];
  expect(mine.steps).toBe(theirs.steps);
  const never = placesOf(ROWS - 1);
  for (const name of ["parameters", "average", "mean", "square"] as const) {
    mine[name].forEach((value, at) => expect(value, `${name} ${at}`).toBeCloseTo(theirs[name][at]!, 4));
  }
  for (const place of never) expect(mine.parameters[place]).toBe(start[place]);
  expect(Math.abs(mine.average[ROWS * WIDTH + 20]! - start[ROWS * WIDTH + 20]!)).toBeGreaterThan(0.01);
  expect(sparse.average()).toEqual(mine.average);
  dense.dispose();
});

it("has the same derivatives when the network is given only the items that a step names", async () => {
  const { tf } = await loadTensorBackend({ prefer: "wasm" });
  const random = new Random(5);
  const context = { longestGap: 20 };
  const shape: MixerShape = { itemCount: 60, width: 16, layers: 1, kernels: 2, length: 8, context, content: 3 };
  const items = Int32Array.from({ length: 40 }, () => random.integer(60));
  const times = Float64Array.from(items, (_, at) => 1_000 * at);
  const sequences = { userCount: 2, itemCount: 60, offsets: Int32Array.of(0, 20, 40), items, times };
  const features = Float32Array.from({ length: 60 * 3 }, () => random.normal());
  const parameters = initialParameters(shape, sequences, random).map((value) => value + 0.1 * random.normal());
  const network = new MixerNetwork(tf, shape, features);
  const batch = [...epochBatches(sequences, { length: 8, tokens: 20, random, context })][0]!;
  const negatives = Int32Array.from({ length: 12 }, () => random.integer(60));
  const known = Float32Array.from({ length: 60 }, (_, item) => (item % 3 === 0 ? 0 : 1));
  const whole = network.lossAndGradient(tf.tensor1d(parameters), batch, { negatives, known });

  const rows = Int32Array.from(new Set([...batch.inputs, ...batch.targets, ...negatives]));
  const placeOf = (item: number): number => rows.indexOf(item);
  const named = { ...batch, inputs: batch.inputs.map(placeOf), targets: batch.targets.map(placeOf) };
  const part = network.lossAndGradient(tf.tensor1d(new SparseAdam(parameters, 60, 16).gather(rows)), named, {
    negatives: negatives.map(placeOf),
    known: Float32Array.from(rows, (item) => known[item]!),
    rows,
  });
  expect(part.loss.dataSync()[0]).toBeCloseTo(whole.loss.dataSync()[0]!, 3);
  const valuesOf = (gradient: Tensor1D, itemCount: number, name: string): Float32Array => {
    const { offset, size } = parameterSlots({ ...shape, itemCount }).find((slot) => slot.name === name)!;
    return (gradient.dataSync() as Float32Array).slice(offset, offset + size);
  };
  for (const { name, shape: dimensions } of parameterSlots(shape)) {
    const [all, some] = [valuesOf(whole.gradient, 60, name), valuesOf(part.gradient, rows.length, name)];
    const size = all.length / dimensions[0]!;
    const expected =
      name === "items" || name === "bias"
        ? Float32Array.from([...rows].flatMap((item) => [...all.subarray(item * size, (item + 1) * size)]))
        : all;
    expect(some.length, name).toBe(expected.length);
    some.forEach((value, at) => expect(value, name).toBeCloseTo(expected[at]!, 5));
  }
  network.dispose();
});
