/**
 * The parts of the mixer network, each with its derivative written out: fewer operations than automatic
 * differentiation, which on a CPU is where the time goes. All work on tensors [rows, width] and leave memory to the
 * caller's `tf.tidy`.
 */
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tf } from "@palate/tensorflow";

/** A value, and the function from the loss's derivative by the value to those by the inputs. */
export interface Part<Gradients> {
  readonly value: Tensor2D;
  readonly backward: (gradient: Tensor2D) => Gradients;
}

const EPSILON = 1e-5;

/**
 * Divides each row by its root mean square (Zhang and Sennrich 2019). Against layer normalisation it saves half of the
 * passes over the data and costs no quality; a gain would only repeat what the next matrix can do.
 */
export function rmsNorm(tf: Tf, x: Tensor2D): Part<Tensor2D> {
  const scale = tf.rsqrt(tf.add(tf.mean(tf.square(x), 1, true), EPSILON));
  const normal = tf.mul(x, scale) as Tensor2D;
  return {
    value: normal,
    backward(gradient) {
      const along = tf.mul(normal, tf.mean(tf.mul(gradient, normal), 1, true));
      return tf.mul(tf.sub(gradient, along), scale);
    },
  };
}

/** Which kernel weight stands where in the matrices that mix over time; see `mixingIndex`. */
export interface MixingIndex {
  /** Positions of the sequences. */
  readonly length: number;
  /** [length, kernels * length]: places in the flattened kernels, one past their end for zero. */
  readonly places: Tensor2D;
}

/** Entry [t, k * length + s] is kernel k's weight for t - s steps back, or nothing where s comes after t. */
export function mixingIndex(tf: Tf, length: number, kernels: number, maxLength: number): MixingIndex {
  const places = new Int32Array(length * kernels * length).fill(kernels * maxLength);
  for (let t = 0; t < length; t++) {
    for (let k = 0; k < kernels; k++) {
      for (let s = 0; s <= t; s++) places[(t * kernels + k) * length + s] = k * maxLength + t - s;
    }
  }
  return { length, places: tf.tensor2d(places, [length, kernels * length], "int32") };
}

/**
 * Mixing over time: output t is the sum over kernels k and earlier positions s of `positions[k, t - s] x[s] mix[k]`.
 * Rows are ordered by position first and sequence second, so that mixing is one matrix product over all sequences.
 */
export function mixOverTime(
  tf: Tf,
  x: Tensor2D,
  positions: Tensor2D,
  mix: Tensor3D,
  { length, places }: MixingIndex,
): Part<{ x: Tensor2D; positions: Tensor2D; mix: Tensor3D }> {
  const [kernels, width] = mix.shape;
  const [rows] = x.shape;
  const wide = (rows / length) * width;
  const weights = tf.concat1d([tf.reshape(positions, [positions.size]), tf.zeros([1])]);
  const matrix = tf.gather<Tensor>(weights, places) as Tensor2D;
  const input = tf.reshape(x, [1, rows, width]) as Tensor3D;
  const mixed = tf.reshape(tf.matMul(input, mix), [kernels * length, wide]) as Tensor2D;
  return {
    value: tf.reshape(tf.matMul(matrix, mixed), [rows, width]),
    backward(gradient) {
      const flat = tf.reshape(gradient, [length, wide]) as Tensor2D;
      const byMixed = tf.reshape(tf.matMul(matrix, flat, true), [kernels, rows, width]) as Tensor3D;
      const byMatrix = tf.matMul(flat, mixed, false, true);
      const byWeights = tf.unsortedSegmentSum(
        tf.reshape(byMatrix, [places.size]),
        tf.reshape(places, [places.size]) as Tensor1D,
        positions.size + 1,
      );
      return {
        x: tf.sum(tf.matMul(byMixed, mix, false, true), 0),
        positions: tf.reshape(tf.slice(byWeights, [0], [positions.size]), positions.shape),
        mix: tf.matMul(input, byMixed, true),
      };
    },
  };
}

/** Gated layer (SwiGLU, Shazeer 2020): `(silu(x gate) * (x value)) out`. */
export function gatedLayer(
  tf: Tf,
  x: Tensor2D,
  gate: Tensor2D,
  value: Tensor2D,
  out: Tensor2D,
): Part<{ x: Tensor2D; gate: Tensor2D; value: Tensor2D; out: Tensor2D }> {
  const u = tf.matMul(x, gate);
  const v = tf.matMul(x, value);
  const open = tf.sigmoid(u);
  const silu = tf.mul(u, open) as Tensor2D;
  const hidden = tf.mul(silu, v) as Tensor2D;
  return {
    value: tf.matMul(hidden, out),
    backward(gradient) {
      const byHidden = tf.matMul(gradient, out, false, true);
      // silu' = open (1 + u - silu)
      const slope = tf.mul(open, tf.sub(tf.add(u, 1), silu));
      const byU = tf.mul(tf.mul(byHidden, v), slope) as Tensor2D;
      const byV = tf.mul(byHidden, silu) as Tensor2D;
      return {
        x: tf.add(tf.matMul(byU, gate, false, true), tf.matMul(byV, value, false, true)),
        gate: tf.matMul(x, byU, true),
        value: tf.matMul(x, byV, true),
        out: tf.matMul(hidden, gradient, true),
      };
    },
  };
}
