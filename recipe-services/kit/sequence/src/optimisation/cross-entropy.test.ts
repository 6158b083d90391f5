import { Random } from "@palate/numeric";
import { loadTensorBackend, type Tensor1D, type Tensor2D } from "@palate/tensorflow";
import { describe, expect, it } from "vitest";
import { crossEntropy } from "./cross-entropy.js";

const native = await loadTensorBackend({ prefer: "native" }).catch(() => undefined);
const random = new Random(5);
const normal = (size: number, deviation = 1): Float32Array =>
  new Float32Array(size).map(() => deviation * random.normal());

const ROWS = 450; // more than one chunk
const WIDTH = 5;
const ITEMS = 12;

/** The loss and its derivatives as the definition has them: row after row, all logits of a row at once, in double precision. */
function plain({
  states,
  items,
  bias,
  labels,
  weights,
}: Record<"states" | "items" | "bias" | "labels" | "weights", ArrayLike<number>>) {
  let loss = 0;
  const derivatives = {
    states: new Float64Array(ROWS * WIDTH),
    items: new Float64Array(ITEMS * WIDTH),
    bias: new Float64Array(ITEMS),
  };
  for (let row = 0; row < ROWS; row++) {
    const logits = Float64Array.from({ length: ITEMS }, (_, item) => {
      let logit = bias[item]!;
      for (let k = 0; k < WIDTH; k++) logit += states[row * WIDTH + k]! * items[item * WIDTH + k]!;
      return logit;
    });
    const largest = Math.max(...logits);
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
    loss += weights[row]! * (largest + Math.log(total) - logits[labels[row]!]!);
    logits.forEach((logit, item) => {
      const wrong = weights[row]! * (Math.exp(logit - largest) / total - (item === labels[row] ? 1 : 0));
      derivatives.bias[item]! += wrong;
      for (let k = 0; k < WIDTH; k++) {
        derivatives.states[row * WIDTH + k]! += wrong * items[item * WIDTH + k]!;
        derivatives.items[item * WIDTH + k]! += wrong * states[row * WIDTH + k]!;
      }
    });
  }
  return { loss, derivatives };
}

describe.each(["wasm", "native"] as const)("chunked cross-entropy on %s", (name) => {
  it.runIf(name === "wasm" || native).each([
    ["ordinary", 1],
    ["too large for an unshifted exponential", 40],
  ])("has the loss and the derivatives of the plain one for logits that are %s", async (_, size) => {
    const { tf } = await loadTensorBackend({ prefer: name });
    const values = {
      states: normal(ROWS * WIDTH, size),
      items: normal(ITEMS * WIDTH),
      bias: normal(ITEMS),
      labels: Int32Array.from({ length: ROWS }, () => random.integer(ITEMS)),
      weights: Float32Array.from({ length: ROWS }, (_row, at) => (at % 7 === 0 ? 0 : 1)),
    };
    const items = tf.tensor2d(values.items, [ITEMS, WIDTH]);
    const bias = tf.tensor1d(values.bias);
    const labels = tf.tensor1d(values.labels, "int32");

    const result = crossEntropy(tf, {
      ...{ items, bias, weights: tf.tensor1d(values.weights) },
      states: tf.tensor2d(values.states, [ROWS, WIDTH]),
      targetItems: tf.gather(items, labels),
      targetBias: tf.gather(bias, labels),
    });
    const { loss, derivatives } = plain(values);

    const whole = tf.add(result.items, tf.unsortedSegmentSum(result.targets, labels, ITEMS)) as Tensor2D;
    expect(result.loss.dataSync()[0]! / loss).toBeCloseTo(1, 4);
    const close = (a: ArrayLike<number>, b: ArrayLike<number>): void => {
      const scale = Math.max(1, ...Array.from(b, Math.abs));
      expect(Math.max(...Array.from(a, (x, at) => Math.abs(x - b[at]!))) / scale).toBeLessThan(2e-5);
    };
    close(result.states.dataSync(), derivatives.states);
    close(tf.slice(whole, [0, 0], [ITEMS, WIDTH]).dataSync(), derivatives.items);
    close(tf.slice(whole, [0, WIDTH], [ITEMS, 1]).dataSync(), derivatives.bias);
  });
});

it("over a sample that is the whole catalogue it equals the full one, accidental hits taken out", async () => {
  const { tf } = await loadTensorBackend({ prefer: "wasm" });
  const states = tf.tensor2d(normal(20 * WIDTH), [20, WIDTH]);
  const items = tf.tensor2d(normal(ITEMS * WIDTH), [ITEMS, WIDTH]);
  const bias = tf.tensor1d(normal(ITEMS));
  const labels = Int32Array.from({ length: 20 }, () => random.integer(ITEMS));
  const inputs = {
    ...{ states, items, bias, weights: tf.ones([20]) as Tensor1D },
    targetItems: tf.gather(items, labels) as Tensor2D,
    targetBias: tf.gather(bias, labels) as Tensor1D,
  };
  const full = crossEntropy(tf, inputs);
  // Each label is once among the candidates, so adding it 1 - 1 = 0 times makes the sums equal.
  const sampled = crossEntropy(tf, { ...inputs, targetTimes: tf.zeros([20]) });
  expect(sampled.loss.dataSync()[0]).toBeCloseTo(full.loss.dataSync()[0]!, 4);
  const difference = tf.max(tf.abs(tf.sub(sampled.states, full.states))).dataSync()[0]!;
  expect(difference).toBeLessThan(1e-5);
});
