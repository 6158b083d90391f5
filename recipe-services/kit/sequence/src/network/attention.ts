/**
 * Causal self-attention, as in SASRec (Kang and McAuley 2018), in place of position kernels (`MixerShape.body`). The score of an
 * earlier position also depends on how many interactions lie between, and on its age at the time of the request, by learned tables as
 * in HSTU (Zhai et al. 2024). Gradients are written out, as those of the mixer's parts are.
 */
import type { Tensor, Tensor1D, Tensor2D, Tensor4D, Tf } from "@palate/tensorflow";
import type { Part } from "./network-parts.js";

/** The width of a head is a multiple of this, which the serving kernels process at a time. */
const LANES = 16;
const MAX_HEADS = 4;
/** Added to the scores of later positions: nothing of them is left after the softmax. */
const LATER = -1e9;
/** Queries, keys, values and gates. */
const PROJECTIONS = 4;

/** Heads of a network of this width (a multiple of 16): up to 4, of a multiple of 16 numbers each. */
export function headsOf(width: number): number {
  for (let heads = MAX_HEADS; heads > 1; heads--) if (width % (heads * LANES) === 0) return heads;
  return 1;
}

/** What stands where in the scores of sequences of one length: see `attend`. */
export interface AttentionPlaces {
  readonly length: number;
  /** [heads, 1, length, length]: places in the flattened weights of distances, one past their end where t < s. */
  readonly places: Tensor4D;
}

/** Places for sequences of `length` positions, of which the network knows `maxLength`; the caller disposes of them. */
export function attentionPlaces(tf: Tf, length: number, heads: number, maxLength: number): AttentionPlaces {
  const places = new Int32Array(heads * length * length).fill(heads * maxLength);
  for (let head = 0; head < heads; head++) {
    for (let t = 0; t < length; t++) {
      for (let s = 0; s <= t; s++) places[(head * length + t) * length + s] = head * maxLength + t - s;
    }
  }
  return { length, places: tf.tensor4d(places, [heads, 1, length, length], "int32") };
}

/** The parameters of one layer of attention. */
export interface AttentionWeights {
  /** [width, 4 width]: queries, keys, values and gates of all heads, side by side. */
  readonly project: Tensor2D;
  /** [heads, maxLength]: added to a score by how many positions lie between. */
  readonly distances: Tensor2D;
  /** [heads, AGE_ROWS]: added to a score by how old the earlier interaction is at the moment asked about; absent without times. */
  readonly ages?: Tensor2D | undefined;
  /** [width, width] */
  readonly merge: Tensor2D;
}

/** The derivatives of a layer of attention. */
export interface AttentionGradients {
  readonly x: Tensor2D;
  readonly project: Tensor2D;
  readonly distances: Tensor2D;
  readonly ages?: Tensor2D;
  readonly merge: Tensor2D;
}

/**
 * Causal attention (Vaswani and others 2017) of several heads, whose output passes a gate of its own before they are merged
 * (as in HSTU, Zhai and others 2024). Scores are `q k / sqrt(numbers of a head) + distances[t - s] + ages[row]`. Rows are ordered by
 * position first and sequence second.
 * @param ageRows [rows * length * length]: for sequence, t and s the row of `ages`; required where there are ages
 */
export function attend(
  tf: Tf,
  x: Tensor2D,
  { project, distances, ages, merge }: AttentionWeights,
  { length, places }: AttentionPlaces,
  ageRows?: Int32Array,
): Part<AttentionGradients> {
  const [size, width] = x.shape;
  const heads = distances.shape[0];
  const [rows, each] = [size / length, width / heads];
  const scale = 1 / Math.sqrt(each);
  /** Between [size, groups * each] and [groups, rows, length, each]. */
  const apart = (flat: Tensor2D, groups: number): Tensor4D =>
    tf.transpose(tf.reshape(flat, [length, rows, groups, each]) as Tensor4D, [2, 1, 0, 3]);
  const together = (split: Tensor4D): Tensor2D => tf.reshape(tf.transpose(split, [2, 1, 0, 3]), [size, -1]);

  const projected = apart(tf.matMul(x, project), PROJECTIONS * heads);
  const [q, k, v, g] = tf.split(projected, PROJECTIONS, 0) as [Tensor4D, Tensor4D, Tensor4D, Tensor4D];
  const queries = tf.mul(q, scale) as Tensor4D;
  const table = tf.concat1d([tf.reshape(distances, [distances.size]), tf.tensor1d([LATER])]);
  let scores = tf.add(tf.matMul(queries, k, false, true), tf.gather<Tensor>(table, places)) as Tensor4D;
  const aged = ages && ageRows;
  if (aged) scores = tf.add(scores, tf.tensor4d(lookUpAges(ages, ageRows, length), [heads, rows, length, length]));
  const attention = tf.softmax(scores);
  const attended = tf.matMul(attention, v);
  const open = tf.sigmoid(g);
  const passed = together(tf.mul(attended, open));
  return {
    value: tf.matMul(passed, merge),
    backward(gradient) {
      const byPassed = apart(tf.matMul(gradient, merge, false, true), heads);
      const byAttended = tf.mul(byPassed, open) as Tensor4D;
      const along = tf.mul(byAttended, attended);
      const byGate = tf.mul(along, tf.sub(1, open)) as Tensor4D;
      const byAttention = tf.matMul(byAttended, v, false, true);
      // The softmax subtracts the mean of byAttention under the attention, which equals byAttended times attended.
      const byScores = tf.mul(attention, tf.sub(byAttention, tf.sum(along, 3, true))) as Tensor4D;
      const byProjected = together(
        tf.concat4d(
          [
            tf.mul(tf.matMul(byScores, k), scale) as Tensor4D,
            tf.matMul(byScores, queries, true),
            tf.matMul(attention, byAttended, true),
            byGate,
          ],
          0,
        ),
      );
      const byDistances = tf.unsortedSegmentSum(
        tf.reshape(tf.sum(byScores, 1), [places.size]),
        tf.reshape(places, [places.size]) as Tensor1D,
        distances.size + 1,
      );
      return {
        x: tf.matMul(byProjected, project, false, true),
        project: tf.matMul(x, byProjected, true),
        distances: tf.reshape(tf.slice(byDistances, [0], [distances.size]), distances.shape),
        ...(ages && {
          ages: aged ? tf.tensor2d(sumByAge(byScores, ageRows, ages.shape[1]), ages.shape) : tf.zerosLike(ages),
        }),
        merge: tf.matMul(passed, gradient, true),
      };
    },
  };
}

/*
 * The two functions below work outside the backend, whose look-up and sum of single numbers by row take ten times as long.
 */

/** [heads, rows, length, length]: what the table [heads, table] has for each pair of positions, 0 where s comes after t. */
function lookUpAges(table: Tensor2D, ageRows: Int32Array, length: number): Float32Array {
  const [heads, each] = table.shape;
  const known = table.dataSync();
  const count = ageRows.length;
  const found = new Float32Array(heads * count);
  for (let head = 0; head < heads; head++) {
    const own = known.subarray(head * each, (head + 1) * each);
    const to = found.subarray(head * count, (head + 1) * count);
    for (let line = 0, t = 0; line < count; line += length, t = t + 1 === length ? 0 : t + 1) {
      for (let at = line; at <= line + t; at++) to[at] = own[ageRows[at]!]!;
    }
  }
  return found;
}

/** [heads, table]: the sums of values [heads, rows, length, length] by the row of the table that each pair belongs to. */
function sumByAge(values: Tensor4D, ageRows: Int32Array, table: number): Float32Array {
  const [heads, , length] = values.shape;
  const given = values.dataSync();
  const count = ageRows.length;
  const sums = new Float32Array(heads * table);
  for (let head = 0; head < heads; head++) {
    const to = sums.subarray(head * table, (head + 1) * table);
    const from = given.subarray(head * count, (head + 1) * count);
    for (let line = 0, t = 0; line < count; line += length, t = t + 1 === length ? 0 : t + 1) {
      for (let at = line; at <= line + t; at++) to[ageRows[at]!]! += from[at]!;
    }
  }
  return sums;
}
