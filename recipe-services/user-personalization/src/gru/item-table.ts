import type { Tensor1D, Tensor2D, Tf } from "@palate/tensorflow";

/** What the vectors and biases of items are made of; row `itemCount` stands for the start of a history. */
export interface ItemTableParameters {
  /** [itemCount + 1, width]: the items' own vectors. */
  readonly items: Tensor2D;
  /** [itemCount]: their own biases. */
  readonly bias: Tensor1D;
  /** [itemFeatures, width] and [itemFeatures, 1]: what each feature of the metadata adds; with `features`. */
  readonly itemFeatures?: Tensor2D | undefined;
  readonly featureBias?: Tensor2D | undefined;
}

/** Which items a step needs, and what is known of them. */
export interface ItemTableInputs {
  /** Items at the positions of the batch, and the item that follows each. */
  readonly inputs: Int32Array;
  readonly targets: Int32Array;
  /** Items sampled for the softmax; undefined: all items are candidates. */
  readonly negatives?: Int32Array | undefined;
  /** [itemCount + 1, itemFeatures]: the items' metadata. */
  readonly features?: Tensor2D | undefined;
  /** [itemCount + 1]: 0 for items whose own vector and bias are left out of this step, else 1. */
  readonly ownVectors?: Float32Array | undefined;
}

/** The derivatives of the loss by vectors, and where there is one more column, by biases in it. */
interface ItemTableOutputGradients {
  /** [positions, width] */
  readonly inputs: Tensor2D;
  /** [positions, width + 1] */
  readonly targets: Tensor2D;
  /** [candidates, width + 1] */
  readonly candidates: Tensor2D;
}

/** The derivatives by the parameters. */
interface ItemTableGradients {
  readonly items: Tensor2D;
  /** [itemCount, 1] */
  readonly bias: Tensor2D;
  readonly itemFeatures?: Tensor2D;
  readonly featureBias?: Tensor2D;
}

/** The vectors and biases that a step needs, and the function from the derivatives by these to those by the parameters. */
export interface ItemTable {
  /** [positions, width]: vectors of the inputs. */
  readonly inputs: Tensor2D;
  /** [positions, width] and [positions]: vectors and biases of the targets. */
  readonly targets: Tensor2D;
  readonly targetBias: Tensor1D;
  /** [candidates, width] and [candidates, 1]: vectors and biases of the candidates of the softmax. */
  readonly candidates: Tensor2D;
  readonly candidateBias: Tensor2D;
  readonly backward: (gradients: ItemTableOutputGradients) => ItemTableGradients;
}

/**
 * Looks up the items of a step: their own vectors and biases plus what their metadata adds. With sampled negatives only the rows
 * of the batch and the sample are gathered, computed and scattered back, otherwise the whole table is. Leaves memory to the caller's
 * `tf.tidy`.
 */
export function itemTable(tf: Tf, parameters: ItemTableParameters, inputs: ItemTableInputs): ItemTable {
  const itemCount = parameters.bias.size;
  const width = parameters.items.shape[1];
  const count = inputs.inputs.length;
  const inputIds = tf.tensor1d(inputs.inputs, "int32");
  const targetIds = tf.tensor1d(inputs.targets, "int32");
  const ids = inputs.negatives && tf.concat1d([inputIds, targetIds, tf.tensor1d(inputs.negatives, "int32")]);
  /** The rows of a table that the step needs. */
  const needed = (table: Tensor2D): Tensor2D => (ids ? (tf.gather(table, ids) as Tensor2D) : table);
  const own = inputs.ownVectors && needed(tf.tensor2d(inputs.ownVectors, [itemCount + 1, 1]));
  const features = inputs.features && needed(inputs.features);
  let vectors = needed(parameters.items);
  let biases = needed(tf.concat2d([tf.reshape(parameters.bias, [itemCount, 1]), tf.zeros([1, 1])], 0));
  if (own) [vectors, biases] = [tf.mul(vectors, own) as Tensor2D, tf.mul(biases, own) as Tensor2D];
  if (features) {
    vectors = tf.add(vectors, tf.matMul(features, parameters.itemFeatures!));
    biases = tf.add(biases, tf.matMul(features, parameters.featureBias!));
  }
  /** The rows of the batch's inputs (from 0 on) or targets (from `count` on). */
  const pick = (table: Tensor2D, requested: Tensor1D, from: number): Tensor2D =>
    ids ? tf.slice(table, [from, 0], [count, -1]) : (tf.gather(table, requested) as Tensor2D);
  const candidatesOf = (table: Tensor2D): Tensor2D =>
    ids ? tf.slice(table, [2 * count, 0]) : tf.slice(table, [0, 0], [itemCount, -1]);
  return {
    inputs: pick(vectors, inputIds, 0),
    targets: pick(vectors, targetIds, count),
    targetBias: tf.reshape(pick(biases, targetIds, count), [count]) as Tensor1D,
    candidates: candidatesOf(vectors),
    candidateBias: candidatesOf(biases),
    backward(gradients) {
      const byInputs = tf.concat2d([gradients.inputs, tf.zeros([count, 1])], 1);
      let byRows = ids
        ? tf.concat2d([byInputs, gradients.targets, gradients.candidates], 0)
        : scatterAll(tf, { ids: tf.concat1d([inputIds, targetIds]), itemCount }, byInputs, gradients);
      const byFeatures = features && (tf.matMul(features, byRows, true) as Tensor2D);
      if (own) byRows = tf.mul(byRows, own);
      if (ids) byRows = tf.unsortedSegmentSum(byRows, ids, itemCount + 1) as Tensor2D;
      return {
        items: tf.slice(byRows, [0, 0], [itemCount + 1, width]),
        bias: tf.slice(byRows, [0, width], [itemCount, 1]),
        ...(byFeatures && {
          itemFeatures: tf.slice(byFeatures, [0, 0], [-1, width]) as Tensor2D,
          featureBias: tf.slice(byFeatures, [0, width], [-1, 1]) as Tensor2D,
        }),
      };
    },
  };
}

/** [itemCount + 1, width + 1]: the derivatives by all rows of the table, where all items are candidates. */
function scatterAll(
  tf: Tf,
  { ids, itemCount }: { readonly ids: Tensor1D; readonly itemCount: number },
  byInputs: Tensor2D,
  { targets, candidates }: ItemTableOutputGradients,
): Tensor2D {
  const scattered = tf.unsortedSegmentSum(tf.concat2d([byInputs, targets], 0), ids, itemCount + 1) as Tensor2D;
  return tf.add(
    scattered,
    tf.pad(candidates, [
      [0, 1],
      [0, 0],
    ]),
  );
}
