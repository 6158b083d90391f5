import type { Tensor, Tensor1D, Tensor2D, Tf } from "@palate/tensorflow";

/** What the recurrence depends on. Positions come first and sequences second: row `t * rows + row`. */
export interface RecurrenceInputs {
  /** [length * rows, 3 hidden]: what each position adds to reset gate, update gate and candidate, in this order. */
  readonly inputs: Tensor2D;
  /** [rows, hidden]: the state before the first position. */
  readonly state: Tensor2D;
  /** [length * rows, 1]: 0 where a new history starts, whose state starts at zero; else 1. */
  readonly keep: Tensor2D;
  /** [hidden, 3 hidden] */
  readonly recurrent: Tensor2D;
  /** [hidden]: added to what the state adds to the candidate. */
  readonly bias: Tensor1D;
  readonly length: number;
}

/** The states, and the function from the loss's derivative by them to those by the inputs. */
export interface Recurrence {
  /** [length * rows, hidden] */
  readonly states: Tensor2D;
  /** [rows, hidden]: the state after the last position. */
  readonly last: Tensor2D;
  readonly backward: (gradient: Tensor2D) => { inputs: Tensor2D; recurrent: Tensor2D; bias: Tensor1D };
}

/** What one step leaves for the way back. */
interface Step {
  readonly before: Tensor2D;
  readonly gates: Tensor2D;
  readonly reset: Tensor2D;
  readonly update: Tensor2D;
  readonly remembered: Tensor2D;
  readonly candidate: Tensor2D;
}

/**
 * Gated recurrent units (Cho et al. 2014) with the reset gate after the product, so that a step is one product:
 * `n = tanh(x_n + r (h U_n + b))`, `h' = n + z (h - n)`. Derivatives are written out: a step is a dozen small operations,
 * and automatic differentiation would double them. Leaves memory to the caller's `tf.tidy`.
 */
export function recurrence(tf: Tf, { inputs, state, keep, recurrent, bias, length }: RecurrenceInputs): Recurrence {
  const hidden = recurrent.shape[0];
  const gateInputs = tf.split(tf.slice(inputs, [0, 0], [-1, 2 * hidden]), length) as Tensor2D[];
  const candidateInputs = tf.split(tf.slice(inputs, [0, 2 * hidden], [-1, hidden]), length) as Tensor2D[];
  const keeps = tf.split(keep, length) as Tensor2D[];
  const steps: Step[] = [];
  const states: Tensor2D[] = [];
  let now = state;
  for (let t = 0; t < length; t++) {
    const before = tf.mul(now, keeps[t]!) as Tensor2D;
    const [gatesOfState, candidateOfState] = tf.split(tf.matMul(before, recurrent), [2 * hidden, hidden], 1) as [
      Tensor2D,
      Tensor2D,
    ];
    const gates = tf.sigmoid(tf.add(gatesOfState, gateInputs[t]!)) as Tensor2D;
    const [reset, update] = tf.split(gates, 2, 1) as [Tensor2D, Tensor2D];
    const remembered = tf.add(candidateOfState, bias) as Tensor2D;
    const candidate = tf.tanh(tf.add(candidateInputs[t]!, tf.mul(reset, remembered))) as Tensor2D;
    now = tf.add(candidate, tf.mul(update, tf.sub(before, candidate)));
    steps.push({ before, gates, reset, update, remembered, candidate });
    states.push(now);
  }
  return {
    states: tf.concat2d(states, 0),
    last: now,
    backward(gradient) {
      const byStates = tf.split(gradient, length) as Tensor2D[];
      const byState: Tensor2D[] = [];
      const byInput: Tensor2D[] = [];
      let later: Tensor2D | undefined;
      for (let t = length - 1; t >= 0; t--) {
        const { before, gates, reset, update, remembered, candidate } = steps[t]!;
        const all = later ? (tf.add(byStates[t]!, later) as Tensor2D) : byStates[t]!;
        const kept = tf.mul(all, update) as Tensor2D;
        const byUpdate = tf.mul(all, tf.sub(before, candidate));
        // tanh' = 1 - tanh²
        const byCandidate = tf.mul(tf.sub(all, kept), tf.sub(1, tf.square(candidate))) as Tensor2D;
        const byGates = tf.mul(
          tf.concat([tf.mul(byCandidate, remembered) as Tensor2D, byUpdate as Tensor2D], 1),
          tf.mul(gates, tf.sub(1, gates)),
        ) as Tensor2D;
        const byStep = tf.concat2d([byGates, tf.mul(byCandidate, reset) as Tensor2D], 1);
        byState[t] = byStep;
        byInput[t] = tf.concat2d([byGates, byCandidate], 1);
        later = tf.mul(tf.add(kept, tf.matMul(byStep, recurrent, false, true)), keeps[t]!) as Tensor2D;
      }
      const allByState = tf.concat2d(byState, 0);
      const before = tf.concat2d(
        steps.map((step) => step.before),
        0,
      );
      const ofCandidate: Tensor = tf.slice(allByState, [0, 2 * hidden], [-1, hidden]);
      return {
        inputs: tf.concat2d(byInput, 0),
        recurrent: tf.matMul(before, allByState, true),
        bias: tf.sum(ofCandidate, 0) as Tensor1D,
      };
    },
  };
}
