import type { Tensor1D, Tensor2D } from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { loadTensorBackend, Random, type Tf } from "../tensor/index.js";
import { crossEntropy } from "./cross-entropy.js";

const native = await loadTensorBackend({ prefer: "native" }).catch(() => undefined);
const random = new Random(5);
const normal = (size: number, deviation = 1): Float32Array =>
  new Float32Array(size).map(() => deviation * random.normal());

const ROWS = 450; // more than one chunk
const WIDTH = 5;
const ITEMS = 12;

/** The same loss by TensorFlow's own operations, over the logits of all rows at once. */
function plainLoss(tf: Tf, states: Tensor2D, items: Tensor2D, bias: Tensor1D, labels: Tensor1D, weights: Tensor1D) {
  const logits = tf.add(tf.matMul(states, items, false, true), bias);
  const picked = tf.sum(tf.mul(logits, tf.oneHot(labels, ITEMS)), 1);
  return tf.sum(tf.mul(weights, tf.sub(tf.logSumExp(logits, 1), picked)));
}

describe.each(["wasm", "native"] as const)("chunked cross-entropy on %s", (name) => {
  it.runIf(name === "wasm" || native).each([
    ["ordinary", 1],
    ["too large for an unshifted exponential", 40],
  ])("has the loss and the derivatives of the plain one for logits that are %s", async (_, size) => {
    const { tf } = await loadTensorBackend({ prefer: name });
    const states = tf.tensor2d(normal(ROWS * WIDTH, size), [ROWS, WIDTH]);
    const items = tf.tensor2d(normal(ITEMS * WIDTH), [ITEMS, WIDTH]);
    const bias = tf.tensor1d(normal(ITEMS));
    const labels = tf.tensor1d(
      Int32Array.from({ length: ROWS }, () => random.integer(ITEMS)),
      "int32",
    );
    const weights = tf.tensor1d(Float32Array.from({ length: ROWS }, (_row, at) => (at % 7 === 0 ? 0 : 1)));

    const result = crossEntropy(tf, {
      ...{ states, items, bias, weights },
      targetItems: tf.gather(items, labels),
      targetBias: tf.gather(bias, labels),
    });
    const plain = tf.grads((s, i, b) =>
      plainLoss(tf, s as Tensor2D, i as Tensor2D, b as Tensor1D, labels, weights).asScalar(),
    )([states, items, bias]);

    const whole = tf.add(result.items, tf.unsortedSegmentSum(result.targets, labels, ITEMS)) as Tensor2D;
    const loss = plainLoss(tf, states, items, bias, labels, weights).dataSync()[0]!;
    expect(result.loss.dataSync()[0]! / loss).toBeCloseTo(1, 4);
    const close = (a: ArrayLike<number>, b: ArrayLike<number>): void => {
      const scale = Math.max(1, ...Array.from(b, Math.abs));
      expect(Math.max(...Array.from(a, (x, at) => Math.abs(x - b[at]!))) / scale).toBeLessThan(2e-5);
    };
    close(result.states.dataSync(), plain[0]!.dataSync());
    close(tf.slice(whole, [0, 0], [ITEMS, WIDTH]).dataSync(), plain[1]!.dataSync());
    close(tf.slice(whole, [0, WIDTH], [ITEMS, 1]).dataSync(), plain[2]!.dataSync());
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
