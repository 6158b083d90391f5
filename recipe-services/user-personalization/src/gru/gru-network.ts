import { crossEntropy, rmsNorm, targetTimes, type ParameterSlot } from "@palate/sequence";
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tf } from "@palate/tensorflow";
import type { GruBatch } from "./gru-batches.js";
import { GAP_BUCKETS, gruSlots, type GruShape } from "./gru-parameters.js";
import { itemTable } from "./item-table.js";
import { recurrence } from "./recurrence.js";

/** Metadata as features, row by row, on the backend. */
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
  /** Items sampled for the softmax. Default: it runs over all items. */
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
 * The recurrent network, after GRU4Rec (Hidasi et al. 2016) and HRNN (Quadrana et al. 2017): one layer of gated recurrent units
 * over each user's whole history, with metadata and gaps of time at the inputs, and the same item vectors for inputs and logits. Its
 * parameters are one flat vector, given at each call.
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

  /**
   * One training step.
   * @param state [rows, hidden] of the batch before, whose streams this one continues; not disposed
   */
  step(parameters: Tensor1D, batch: GruBatch, state: Tensor2D, options: GruLossOptions = {}): GruStep {
    const tf = this.#tf;
    const { negatives, ownVectors } = options;
    return tf.tidy(() => {
      const { itemCount } = this.#shape;
      const views = this.#views(parameters);
      const view = <T extends Tensor>(name: string): T => views.get(name) as T;
      const table = itemTable(
        tf,
        {
          ...{ items: view<Tensor2D>("items"), bias: view<Tensor1D>("bias") },
          ...{ itemFeatures: view<Tensor2D>("itemFeatures"), featureBias: view<Tensor2D>("featureBias") },
        },
        { inputs: batch.inputs, targets: batch.targets, negatives, features: this.#features.items, ownVectors },
      );
      const body = this.#body(views, table.inputs, batch, state, options.dropout);
      // A sampled item stands for itemCount / sample of them.
      const correction = negatives ? Math.log(itemCount / negatives.length) : 0;
      const entropy = crossEntropy(tf, {
        states: body.states,
        items: table.candidates,
        bias: tf.reshape(tf.add(table.candidateBias, correction), [-1]) as Tensor1D,
        targetItems: table.targets,
        targetBias: table.targetBias,
        weights: tf.tensor1d(batch.weights),
        ...(negatives && { targetTimes: tf.tensor1d(targetTimes(batch.targets, negatives, itemCount)) }),
      });
      const { input, gradients } = body.backward(entropy.states);
      const byTable = table.backward({ inputs: input, targets: entropy.targets, candidates: entropy.items });
      for (const [name, gradient] of Object.entries(byTable)) gradients.set(name, gradient);
      const flat = this.#slots.map((slot) => tf.reshape(gradients.get(slot.name)!, [slot.size]) as Tensor1D);
      const weight = batch.weights.reduce((sum, one) => sum + one, 0);
      return {
        loss: entropy.loss,
        gradient: tf.div(tf.concat1d(flat), Math.max(1, weight)) as Tensor1D,
        // A view would be disposed with what it looks at.
        state: tf.clone(body.last),
      };
    });
  }

  /** The parameters by name. */
  #views(parameters: Tensor1D): ReadonlyMap<string, Tensor> {
    const tf = this.#tf;
    const parts = tf.split(
      parameters,
      this.#slots.map((slot) => slot.size),
    );
    return new Map(this.#slots.map((slot, at) => [slot.name, tf.reshape(parts[at]!, slot.shape as number[])]));
  }

  /** From the vectors of the inputs to states, whose products with item vectors are logits. */
  #body(
    views: ReadonlyMap<string, Tensor>,
    inputs: Tensor2D,
    batch: GruBatch,
    state: Tensor2D,
    dropout: GruLossOptions["dropout"],
  ): Body {
    const tf = this.#tf;
    const view = <T extends Tensor>(name: string): T => views.get(name) as T;
    const scale = Math.sqrt(this.#shape.width);
    const gapIds = tf.tensor1d(batch.gaps, "int32");
    const owners =
      this.#features.users && (tf.gather(this.#features.users, tf.tensor1d(batch.users, "int32")) as Tensor2D);
    let summed = tf.add(inputs, tf.gather(view("gaps"), gapIds)) as Tensor2D;
    if (owners) summed = tf.add(summed, tf.matMul(owners, view<Tensor2D>("userFeatures")));
    const normal = rmsNorm(tf, tf.mul(summed, scale) as Tensor2D);
    const mask = (x: Tensor2D): Tensor2D | undefined => dropout && tf.tensor2d(dropout(x.size), x.shape);
    const inputMask = mask(normal.value);
    const input = inputMask ? (tf.mul(normal.value, inputMask) as Tensor2D) : normal.value;
    const layer = recurrence(tf, {
      inputs: tf.add(tf.matMul(input, view<Tensor2D>("input")), view("inputBias")),
      state,
      keep: tf.tensor2d(batch.keep, [batch.inputs.length, 1]),
      recurrent: view("recurrent"),
      bias: view("recurrentBias"),
      length: batch.length,
    });
    const outputMask = mask(layer.states);
    const hidden = outputMask ? (tf.mul(layer.states, outputMask) as Tensor2D) : layer.states;
    const final = rmsNorm(tf, tf.matMul(hidden, view<Tensor2D>("output")));
    return {
      states: tf.mul(final.value, view("gain")),
      last: layer.last,
      backward(gradient) {
        const byFinal = final.backward(tf.mul(gradient, view("gain")));
        const byHidden = tf.matMul(byFinal, view<Tensor2D>("output"), false, true);
        const byLayer = layer.backward((outputMask ? tf.mul(byHidden, outputMask) : byHidden) as Tensor2D);
        const byInput = tf.matMul(byLayer.inputs, view<Tensor2D>("input"), false, true);
        const byNormal = (inputMask ? tf.mul(byInput, inputMask) : byInput) as Tensor2D;
        const bySum = tf.mul(normal.backward(byNormal), scale) as Tensor2D;
        const gradients = new Map<string, Tensor>([
          ["gain", tf.sum(tf.mul(gradient, final.value), 0)],
          ["output", tf.matMul(hidden, byFinal, true)],
          ["recurrent", byLayer.recurrent],
          ["recurrentBias", byLayer.bias],
          ["input", tf.matMul(input, byLayer.inputs, true)],
          ["inputBias", tf.sum(byLayer.inputs, 0)],
          ["gaps", tf.unsortedSegmentSum(bySum, gapIds, GAP_BUCKETS)],
        ]);
        if (owners) gradients.set("userFeatures", tf.matMul(owners, bySum, true));
        return { input: bySum, gradients };
      },
    };
  }
}

/** What the network makes of its inputs, and the derivatives by these and by the parameters. */
interface Body {
  /** [positions, width] */
  readonly states: Tensor2D;
  /** [rows, hidden]: the recurrent state after the last position. */
  readonly last: Tensor2D;
  readonly backward: (gradient: Tensor2D) => { readonly input: Tensor2D; readonly gradients: Map<string, Tensor> };
}
