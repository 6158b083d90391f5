import { crossEntropy, rmsNorm, type ParameterSlot } from "@palate/sequence";
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tf } from "@palate/tensorflow";
import type { GruBatch } from "./gru-batches.js";
import { GAP_BUCKETS, gruSlots, type GruShape } from "./gru-parameters.js";
import { recurrence } from "./recurrence.js";

/** Metadata as numbers, row by row; see `FeatureMatrix` of the callers. Held on the backend for as long as training lasts. */
export interface NetworkFeatures {
  /** [itemCount + 1, itemFeatures]; the last row, that of the start of a history, is zero. */
  readonly items?: Tensor2D;
  /** [users, userFeatures] */
  readonly users?: Tensor2D;
}

/** What a training step needs beside the batch. */
export interface GruLossOptions {
  /** Draws the dropout mask for a tensor of so many elements; without it nothing is dropped. */
  readonly dropout?: (size: number) => Float32Array;
  /** Items that stand for all others in the softmax, not all of them when the catalogue is large. */
  readonly negatives?: Int32Array;
  /** [itemCount + 1]: 0 for items whose own vector is left out this time, so that their metadata has to speak; else 1. */
  readonly ownVectors?: Float32Array;
}

/** What a training step gives. */
export interface GruStep {
  /** The summed cross-entropy of the batch. */
  readonly loss: Scalar;
  /** Its derivative by the flat parameters, divided by the sum of weights. */
  readonly gradient: Tensor1D;
  /** [rows, hidden]: where the next batch of the same streams goes on. */
  readonly state: Tensor2D;
}

/**
 * The recurrent network: item vectors (their own, and what metadata adds), one layer of gated recurrent units over each
 * user's whole history, and logits by the same item vectors. Its parameters are one flat vector, given at each call.
 */
export class GruNetwork {
  readonly #tf: Tf;
  readonly #shape: GruShape;
  readonly #slots: readonly ParameterSlot[];
  readonly #features: NetworkFeatures;

  constructor(tf: Tf, shape: GruShape, features: NetworkFeatures = {}) {
    this.#tf = tf;
    this.#shape = shape;
    this.#slots = gruSlots(shape);
    this.#features = features;
  }

  /** @param state [rows, hidden] of the batch before, whose streams this one goes on with; not disposed */
  step(parameters: Tensor1D, batch: GruBatch, state: Tensor2D, options: GruLossOptions = {}): GruStep {
    const tf = this.#tf;
    return tf.tidy(() => {
      const { width, itemCount } = this.#shape;
      const parts = tf.split(
        parameters,
        this.#slots.map((slot) => slot.size),
      );
      const views = new Map<string, Tensor>(
        this.#slots.map((slot, at) => [slot.name, tf.reshape(parts[at]!, slot.shape as number[])]),
      );
      const view = <T extends Tensor>(name: string): T => views.get(name) as T;
      const gradients = new Map<string, Tensor>();

      // The item vectors that this step needs: all of them, or those of the batch and the sample.
      const inputIds = tf.tensor1d(batch.inputs, "int32");
      const targetIds = tf.tensor1d(batch.targets, "int32");
      const negatives = options.negatives && tf.tensor1d(options.negatives, "int32");
      const ids = negatives ? tf.concat1d([inputIds, targetIds, negatives]) : undefined;
      const of = (table: Tensor2D): Tensor2D => (ids ? (tf.gather(table, ids) as Tensor2D) : table);
      const own = options.ownVectors && of(tf.tensor2d(options.ownVectors, [itemCount + 1, 1]));
      const features = this.#features.items && of(this.#features.items);
      const biasColumn = tf.concat2d([tf.reshape(view("bias"), [itemCount, 1]), tf.zeros([1, 1])], 0);
      let vectors = of(view<Tensor2D>("items"));
      let biases = of(biasColumn);
      if (own) [vectors, biases] = [tf.mul(vectors, own) as Tensor2D, tf.mul(biases, own) as Tensor2D];
      if (features) {
        vectors = tf.add(vectors, tf.matMul(features, view<Tensor2D>("itemFeatures")));
        biases = tf.add(biases, tf.matMul(features, view<Tensor2D>("featureBias")));
      }
      const count = batch.inputs.length;
      const pick = (table: Tensor2D, wanted: Tensor1D, place: number, size: number): Tensor2D =>
        ids ? tf.slice(table, [place, 0], [size, -1]) : (tf.gather(table, wanted) as Tensor2D);
      const candidates = (table: Tensor2D): Tensor2D =>
        negatives ? tf.slice(table, [2 * count, 0]) : tf.slice(table, [0, 0], [itemCount, -1]);

      // Forward.
      const scale = Math.sqrt(width);
      const gapIds = tf.tensor1d(batch.gaps, "int32");
      const owners =
        this.#features.users && (tf.gather(this.#features.users, tf.tensor1d(batch.users, "int32")) as Tensor2D);
      let summed = tf.add(pick(vectors, inputIds, 0, count), tf.gather(view("gaps"), gapIds)) as Tensor2D;
      if (owners) summed = tf.add(summed, tf.matMul(owners, view<Tensor2D>("userFeatures")));
      const normal = rmsNorm(tf, tf.mul(summed, scale) as Tensor2D);
      const mask = (x: Tensor2D): Tensor2D | undefined =>
        options.dropout && tf.tensor2d(options.dropout(x.size), x.shape);
      const inputMask = mask(normal.value);
      const input = inputMask ? (tf.mul(normal.value, inputMask) as Tensor2D) : normal.value;
      const layer = recurrence(tf, {
        inputs: tf.add(tf.matMul(input, view<Tensor2D>("input")), view("inputBias")),
        state,
        keep: tf.tensor2d(batch.keep, [count, 1]),
        recurrent: view("recurrent"),
        bias: view("recurrentBias"),
        length: batch.length,
      });
      const outputMask = mask(layer.states);
      const hidden = outputMask ? (tf.mul(layer.states, outputMask) as Tensor2D) : layer.states;
      const final = rmsNorm(tf, tf.matMul(hidden, view<Tensor2D>("output")));
      const sampled = negatives ? Math.log(itemCount / negatives.size) : 0;
      const targetBias = pick(biases, targetIds, count, count);
      const entropy = crossEntropy(tf, {
        states: tf.mul(final.value, view("gain")),
        items: candidates(vectors),
        // A sampled item stands for itemCount / sample of them.
        bias: tf.reshape(tf.add(candidates(biases), sampled), [-1]) as Tensor1D,
        targetItems: pick(vectors, targetIds, count, count),
        targetBias: tf.reshape(targetBias, [count]) as Tensor1D,
        weights: tf.tensor1d(batch.weights),
        ...(options.negatives && {
          targetTimes: tf.tensor1d(targetTimes(batch.targets, options.negatives, itemCount)),
        }),
      });

      // Back.
      gradients.set("gain", tf.sum(tf.mul(entropy.states, final.value), 0));
      const byFinal = final.backward(tf.mul(entropy.states, view("gain")));
      gradients.set("output", tf.matMul(hidden, byFinal, true));
      const byHidden = tf.matMul(byFinal, view<Tensor2D>("output"), false, true);
      const byLayer = layer.backward((outputMask ? tf.mul(byHidden, outputMask) : byHidden) as Tensor2D);
      gradients.set("recurrent", byLayer.recurrent);
      gradients.set("recurrentBias", byLayer.bias);
      gradients.set("input", tf.matMul(input, byLayer.inputs, true));
      gradients.set("inputBias", tf.sum(byLayer.inputs, 0));
      const byInput = tf.matMul(byLayer.inputs, view<Tensor2D>("input"), false, true);
      const byNormal = (inputMask ? tf.mul(byInput, inputMask) : byInput) as Tensor2D;
      const bySum = tf.mul(normal.backward(byNormal), scale) as Tensor2D;
      gradients.set("gaps", tf.unsortedSegmentSum(bySum, gapIds, GAP_BUCKETS));
      if (owners) gradients.set("userFeatures", tf.matMul(owners, bySum, true));

      // What reached the item vectors and their bias, the latter in the last column.
      const byInputRows = tf.concat2d([bySum, tf.zeros([count, 1])], 1);
      let byRows: Tensor2D;
      if (ids) byRows = tf.concat2d([byInputRows, entropy.targets, entropy.items], 0);
      else {
        const rows = tf.concat2d([byInputRows, entropy.targets], 0);
        const scattered = tf.unsortedSegmentSum(rows, tf.concat1d([inputIds, targetIds]), itemCount + 1) as Tensor2D;
        byRows = tf.add(
          scattered,
          tf.pad(entropy.items, [
            [0, 1],
            [0, 0],
          ]),
        );
      }
      if (features) {
        const byFeatures = tf.matMul(features, byRows, true);
        gradients.set("itemFeatures", tf.slice(byFeatures, [0, 0], [-1, width]));
        gradients.set("featureBias", tf.slice(byFeatures, [0, width], [-1, 1]));
      }
      if (own) byRows = tf.mul(byRows, own);
      if (ids) byRows = tf.unsortedSegmentSum(byRows, ids, itemCount + 1) as Tensor2D;
      gradients.set("items", tf.slice(byRows, [0, 0], [itemCount + 1, width]));
      gradients.set("bias", tf.slice(byRows, [0, width], [itemCount, 1]));

      const flat = this.#slots.map((slot) => tf.reshape(gradients.get(slot.name)!, [slot.size]) as Tensor1D);
      const weight = batch.weights.reduce((sum, one) => sum + one, 0);
      return {
        loss: entropy.loss,
        gradient: tf.div(tf.concat1d(flat), Math.max(1, weight)) as Tensor1D,
        // A view would be disposed with what it looks at.
        state: tf.clone(layer.last),
      };
    });
  }
}

/** 1, less what the sampled items that equal the target have already added in its place. */
function targetTimes(targets: Int32Array, negatives: Int32Array, itemCount: number): Float32Array {
  const hits = new Map<number, number>();
  for (const item of negatives) hits.set(item, (hits.get(item) ?? 0) + 1);
  return Float32Array.from(targets, (item) => 1 - ((hits.get(item) ?? 0) * itemCount) / negatives.length);
}
