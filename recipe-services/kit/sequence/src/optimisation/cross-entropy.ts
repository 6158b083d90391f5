import type { Scalar, Tensor1D, Tensor2D, Tf } from "@palate/tensorflow";

/** Rows whose logits exist at one time: they should fit the processor's cache. */
const CHUNK = 400;
/** Logits beyond this are shifted row by row before the exponential (a slower path); e^88 is the largest float. */
const SAFE_LOGIT = 70;
/** An answer that must not be given is left alone once it is so many times less likely than a random one. */
const CALM = 3;

/** What the loss depends on. */
export interface CrossEntropyInputs {
  /** [rows, width]: what the network predicts from. */
  readonly states: Tensor2D;
  /** [candidates, width] and [candidates]: logits are `states items' + bias`. */
  readonly items: Tensor2D;
  readonly bias: Tensor1D;
  /** [rows, width] and [rows]: the item vectors and biases of the right answers. */
  readonly targetItems: Tensor2D;
  readonly targetBias: Tensor1D;
  /**
   * [rows]: how much a row counts; 0 leaves it out (padding). A negative one is of an answer that must not be given: it is
   * pushed down, the less the rarer it is given already.
   */
  readonly weights: Tensor1D;
  /** Whether any weight is negative. Default false. */
  readonly someNegative?: boolean;
  /**
   * [rows], where the candidates are only a sample: how often the right answer is to be added to the softmax's sum, 1
   * less what accidental hits among the candidates already added. Without it the candidates are the whole catalogue.
   */
  readonly targetTimes?: Tensor1D;
}

/** The sum of the loss over all rows and its derivatives, none divided by the number of rows. */
export interface CrossEntropy {
  readonly loss: Scalar;
  readonly states: Tensor2D;
  /** [candidates, width + 1]: by the items, and by the bias in the last column. */
  readonly items: Tensor2D;
  /** [rows, width + 1]: by the right answers' items, and by their bias in the last column. */
  readonly targets: Tensor2D;
}

/**
 * Softmax cross-entropy fused with the product that makes the logits, chunk by chunk with its derivatives, so that the
 * logits of all rows never exist at once.
 */
export function crossEntropy(tf: Tf, inputs: CrossEntropyInputs): CrossEntropy {
  const { states, items, bias, targetItems, targetBias, weights, targetTimes, someNegative = false } = inputs;
  const [rows, width] = states.shape;
  const candidates = items.shape[0];
  // e^(logit + bias) = e^logit e^bias: with e^bias moved to the items, no pass over the logits is needed for the bias,
  // and one product gives the sum and its derivative.
  const byBias = tf.reshape(tf.exp(bias), [candidates, 1]) as Tensor2D;
  const scaledItems = tf.concat2d([tf.mul(items, byBias) as Tensor2D, byBias], 1);
  const column = tf.reshape(weights, [rows, 1]) as Tensor2D;
  const targetLogits = tf.add(
    tf.sum(tf.mul(states, targetItems), 1, true),
    tf.reshape(targetBias, [rows, 1]),
  ) as Tensor2D;
  const safe = largestLogit(tf, inputs) < SAFE_LOGIT;

  const stateParts: Tensor2D[] = [];
  const targetShares: Tensor2D[] = [];
  const columns: Tensor2D[] = [];
  const evenShare = Math.log(CALM * candidates);
  let loss = tf.scalar(0);
  // Transposed: that product is the faster one.
  let byItems = tf.zeros([width + 1, candidates]) as Tensor2D;
  for (let from = 0; from < rows; from += CHUNK) {
    const count = Math.min(CHUNK, rows - from);
    const chunk = tf.tidy(() => {
      const h = tf.slice(states, [from, 0], [count, width]);
      const given = tf.slice(column, [from, 0], [count, 1]);
      const target = tf.slice(targetLogits, [from, 0], [count, 1]);
      const logits = tf.matMul(h, items, false, true);
      const shift = safe ? undefined : tf.maximum(tf.max(logits, 1, true), target);
      const exponentials = tf.exp(shift ? tf.sub(logits, shift) : logits) as Tensor2D;
      const sums = tf.matMul(exponentials, scaledItems);
      let total = tf.slice(sums, [0, width], [count, 1]);
      const shiftedTarget = shift ? (tf.sub(target, shift) as Tensor2D) : target;
      const times = targetTimes && tf.reshape(tf.slice(targetTimes, [from], [count]), [count, 1]);
      const ofTarget = times && (tf.mul(tf.exp(shiftedTarget), times) as Tensor2D);
      if (ofTarget) total = tf.add(total, ofTarget);
      // What is not wanted counts fully while it is likelier than a random item, and hardly once it is much less likely.
      const calm = (): Tensor2D => tf.sigmoid(tf.add(tf.sub(shiftedTarget, tf.log(total)), evenShare));
      const w = someNegative ? (tf.add(tf.maximum(given, 0), tf.mul(tf.minimum(given, 0), calm())) as Tensor2D) : given;
      const share = tf.div(w, total) as Tensor2D;
      return {
        states: tf.mul(tf.slice(sums, [0, 0], [count, width]), share) as Tensor2D,
        targetShare: ofTarget ? (tf.mul(ofTarget, share) as Tensor2D) : undefined,
        column: someNegative ? w : undefined,
        items: tf.matMul(tf.concat2d([tf.mul(h, share) as Tensor2D, share], 1), exponentials, true),
        loss: tf.sum(tf.mul(w, tf.sub(tf.log(total), shiftedTarget))),
      };
    });
    stateParts.push(chunk.states);
    if (chunk.targetShare) targetShares.push(chunk.targetShare);
    if (chunk.column) columns.push(chunk.column);
    const [itemsBefore, lossBefore] = [byItems, loss];
    byItems = tf.add(byItems, chunk.items);
    loss = tf.add(loss, chunk.loss);
    tf.dispose([itemsBefore, lossBefore, chunk.items, chunk.loss]);
  }
  const counted = someNegative ? tf.concat2d(columns, 0) : column;
  const byTarget = (targetTimes ? tf.sub(tf.concat2d(targetShares, 0), counted) : tf.neg(counted)) as Tensor2D;
  return {
    loss,
    states: tf.add(tf.concat2d(stateParts, 0), tf.mul(targetItems, byTarget)),
    items: tf.mul(tf.transpose(byItems), byBias),
    targets: tf.concat2d([tf.mul(states, byTarget) as Tensor2D, byTarget], 1),
  };
}

/** An upper bound of every |logit|, from the lengths of the vectors. */
function largestLogit(tf: Tf, { states, items, bias, targetItems, targetBias }: CrossEntropyInputs): number {
  const longest = (x: Tensor2D): number => Math.sqrt(tf.max(tf.sum(tf.square(x), 1)).dataSync()[0]!);
  const largest = (x: Tensor1D): number => tf.max(tf.abs(x)).dataSync()[0]!;
  return (
    longest(states) * Math.max(longest(items), longest(targetItems)) + Math.max(largest(bias), largest(targetBias))
  );
}

/**
 * `CrossEntropyInputs.targetTimes` of a sampled softmax (Jean et al. 2015): 1, less what the sampled items that happen to be the target
 * have already added in its place.
 */
export function targetTimes(targets: Int32Array, negatives: Int32Array, itemCount: number): Float32Array {
  const hits = new Map<number, number>();
  for (const item of negatives) hits.set(item, (hits.get(item) ?? 0) + 1);
  return Float32Array.from(targets, (item) => 1 - ((hits.get(item) ?? 0) * itemCount) / negatives.length);
}
