import type { Random } from "@palate/numeric";
import { FlatAdam, type AdamState, type TrainingSteps } from "@palate/sequence";
import type { Tensor2D, TensorBackend } from "@palate/tensorflow";
import type { GruBatch } from "./gru-batches.js";
import { GruNetwork } from "./gru-network.js";
import type { GruShape } from "./gru-parameters.js";

/** Numbers about items or users, row by row: `count` rows of `width`. */
export interface Features {
  readonly count: number;
  readonly width: number;
  readonly values: Float32Array;
}

/** What steps need to know. */
export interface GruStepOptions {
  /** Streams side by side. */
  readonly rows: number;
  /** Share of inputs and states that is dropped. */
  readonly dropout: number;
  /** Items sampled for the softmax of each step; undefined: it runs over all of them. */
  readonly negatives: number | undefined;
  /** Share of items whose own vector is left out in a step, where there is metadata. */
  readonly idDropout: number;
  readonly itemFeatures?: Features | undefined;
  readonly userFeatures?: Features | undefined;
  readonly random: Random;
}

/**
 * The steps of a training. The streams' states are carried from step to step, but not to another process: there all
 * streams begin anew.
 * @param start flat parameters to start from, or a state to go on from
 */
export function gruSteps(
  { tf }: TensorBackend,
  shape: GruShape,
  start: Float32Array | AdamState,
  { rows, dropout, negatives: sample, idDropout, itemFeatures, userFeatures, random }: GruStepOptions,
): TrainingSteps<GruBatch> {
  const { itemCount, hidden } = shape;
  const adam = new FlatAdam(tf, start);
  const withZeroRow = ({ values, width }: Features): Tensor2D => {
    const rowsAndStart = new Float32Array((itemCount + 1) * width);
    rowsAndStart.set(values.subarray(0, itemCount * width));
    return tf.tensor2d(rowsAndStart, [itemCount + 1, width]);
  };
  const features = {
    ...(itemFeatures && { items: withZeroRow(itemFeatures) }),
    ...(userFeatures && { users: tf.tensor2d(userFeatures.values, [userFeatures.count, userFeatures.width]) }),
  };
  const network = new GruNetwork(tf, shape, features);
  const masks = random.dropoutMasks(dropout);
  let state = tf.zeros([rows, hidden]) as Tensor2D;

  return {
    get steps() {
      return adam.steps;
    },
    step(batch, rate) {
      const negatives = sample && Int32Array.from({ length: sample }, () => random.integer(itemCount));
      const ownVectors =
        itemFeatures &&
        Float32Array.from({ length: itemCount + 1 }, (_, item) =>
          item < itemCount && random.uniform() < idDropout ? 0 : 1,
        );
      const step = network.step(adam.parameters, batch, state, {
        ...(dropout > 0 && { dropout: masks }),
        ...(negatives && { negatives }),
        ...(ownVectors && { ownVectors }),
      });
      state.dispose();
      state = step.state;
      adam.step(step.gradient, rate);
      const loss = step.loss.dataSync()[0]!;
      step.loss.dispose();
      return loss;
    },
    average: () => adam.average.dataSync() as Float32Array,
    state: () => adam.state(),
    dispose() {
      adam.dispose();
      tf.dispose([state, ...Object.values(features)]);
    },
  };
}
