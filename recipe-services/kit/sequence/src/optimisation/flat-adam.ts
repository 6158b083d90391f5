import type { Tensor1D, Tf } from "@palate/tensorflow";

/** What is left of the running mean of the gradient after a step. */
export const BETA1 = 0.9;
/** What is left of the running mean of its square. */
export const BETA2 = 0.98;
/** Keeps the division by the root of that mean finite. */
export const EPSILON = 1e-8;
/** The gradient's length is cut to this. */
export const CLIP = 5;
/** Steps between two updates of the averaged weights, which then weigh as if updated every step. */
export const AVERAGE_EVERY = 4;
const AVERAGE_DECAY = 0.997;

/** What an update of the averaged weights at a step leaves of them: less early on, so that the random start does not stay in them. */
export function averageDecay(step: number): number {
  return Math.min(AVERAGE_DECAY, (1 + step) / (10 + step)) ** AVERAGE_EVERY;
}

/** Everything that Adam knows. */
export interface AdamState {
  readonly parameters: Float32Array;
  /** The averaged weights. */
  readonly average: Float32Array;
  /** The running means of the gradient and of its square. */
  readonly mean: Float32Array;
  readonly square: Float32Array;
  readonly steps: number;
}

/**
 * Adam (Kingma and Ba 2015) over all parameters as one vector, with gradient clipping and an exponential average of the
 * weights, which is what predictions use. One vector instead of one per parameter saves hundreds of operations a step.
 */
export class FlatAdam {
  readonly #tf: Tf;
  #parameters: Tensor1D;
  #average: Tensor1D;
  #mean: Tensor1D;
  #square: Tensor1D;
  #steps = 0;

  /** @param start parameters to start from, or a state to go on from */
  constructor(tf: Tf, start: Float32Array | AdamState) {
    this.#tf = tf;
    const state = start instanceof Float32Array ? undefined : start;
    const parameters = start instanceof Float32Array ? start : start.parameters;
    this.#parameters = tf.tensor1d(parameters);
    this.#average = tf.tensor1d(state?.average ?? parameters);
    this.#mean = state ? tf.tensor1d(state.mean) : tf.zeros([parameters.length]);
    this.#square = state ? tf.tensor1d(state.square) : tf.zeros([parameters.length]);
    this.#steps = state?.steps ?? 0;
  }

  /** A copy of everything that is needed to go on from here. */
  state(): AdamState {
    const copy = (tensor: Tensor1D): Float32Array => (tensor.dataSync() as Float32Array).slice();
    return {
      parameters: copy(this.#parameters),
      average: copy(this.#average),
      mean: copy(this.#mean),
      square: copy(this.#square),
      steps: this.#steps,
    };
  }

  /** The weights that the next gradient is to be taken at. */
  get parameters(): Tensor1D {
    return this.#parameters;
  }

  /** The averaged weights. */
  get average(): Tensor1D {
    return this.#average;
  }

  get steps(): number {
    return this.#steps;
  }

  /** One step against the gradient. Disposes it. */
  step(gradient: Tensor1D, rate: number): void {
    const tf = this.#tf;
    const step = ++this.#steps;
    const [parameters, mean, square] = tf.tidy(() => {
      const norm = tf.sqrt(tf.sum(tf.square(gradient)));
      const clipped = tf.mul(gradient, tf.minimum(1, tf.div(CLIP, tf.add(norm, 1e-6))));
      const m = tf.add(tf.mul(this.#mean, BETA1), tf.mul(clipped, 1 - BETA1)) as Tensor1D;
      const v = tf.add(tf.mul(this.#square, BETA2), tf.mul(tf.square(clipped), 1 - BETA2)) as Tensor1D;
      // Both bias corrections in two scalars instead of two vectors.
      const correction = Math.sqrt(1 - BETA2 ** step);
      const scale = (rate * correction) / (1 - BETA1 ** step);
      const change = tf.mul(tf.div(m, tf.add(tf.sqrt(v), EPSILON * correction)), scale);
      return [tf.sub(this.#parameters, change) as Tensor1D, m, v];
    });
    tf.dispose([gradient, this.#parameters, this.#mean, this.#square]);
    this.#parameters = parameters;
    this.#mean = mean;
    this.#square = square;
    if (step % AVERAGE_EVERY === 0) this.#updateAverage();
  }

  dispose(): void {
    this.#tf.dispose([this.#parameters, this.#average, this.#mean, this.#square]);
  }

  #updateAverage(): void {
    const tf = this.#tf;
    const decay = averageDecay(this.#steps);
    const average = tf.tidy(
      () => tf.add(this.#average, tf.mul(tf.sub(this.#parameters, this.#average), 1 - decay)) as Tensor1D,
    );
    this.#average.dispose();
    this.#average = average;
  }
}
