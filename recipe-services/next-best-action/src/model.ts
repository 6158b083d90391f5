import { Random, type SparseRows } from "@palate/numeric";

/**
 * A factorised logistic model: with features x of the user (at a moment, with regard to the action) and z of the action,
 *
 *     logit p = offset + b + w·x + w·z + (Σ v_i x_i) · (Σ v_j z_j)
 *
 * where the offset is the logit of the action's average. A factorisation machine (Rendle 2010) whose pairs are those of
 * a user's feature with an action's.
 */
export interface Factors {
  /** w by feature. */
  readonly weights: Float32Array;
  /** v by feature, `rank` numbers each. */
  readonly vectors: Float32Array;
  /** Length of a v; 0 leaves out the pairs. */
  readonly rank: number;
  /** b. */
  readonly bias: number;
}

/** Examples as the model sees them. */
export interface EncodedExamples {
  /** Features of the user, one row for each example. */
  readonly users: SparseRows;
  /** Features of the action, one row for each action. */
  readonly actions: SparseRows;
  /** Row of `actions` for each example. */
  readonly actionOf: Int32Array;
  /** By example. */
  readonly offsets: Float32Array;
  readonly labels: Uint8Array;
  readonly weights: Float32Array;
}

/** How a model is fitted. */
export interface FitOptions {
  readonly rank: number;
  /** Pull of every touched parameter to 0. */
  readonly regularization: number;
  readonly learningRate: number;
  readonly seed: number;
}

/** The logistic function. */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Minus the logarithm of the probability that a logit gives to what happened. */
export function logLoss(logit: number, label: number): number {
  return Math.max(logit, 0) - logit * label + Math.log1p(Math.exp(-Math.abs(logit)));
}

/** Σ w_i x_i of a range of entries, and into `vector` Σ v_i x_i. */
export function project(
  { weights, vectors, rank }: Factors,
  columns: Int32Array,
  values: Float32Array,
  begin: number,
  end: number,
  vector: Float64Array,
): number {
  vector.fill(0);
  let sum = 0;
  for (let i = begin; i < end; i++) {
    const feature = columns[i]!;
    const value = values[i]!;
    sum += weights[feature]! * value;
    for (let k = 0, at = feature * rank; k < rank; k++, at++) vector[k]! += vectors[at]! * value;
  }
  return sum;
}

/** What the step becomes from one pass over the data to the next. */
const DECAY = 0.6;

/** The model fitted by stochastic gradient descent with a step for each parameter (AdaGrad; Duchi et al. 2011). */
export class FactorTrainer implements Factors {
  readonly weights: Float32Array;
  readonly vectors: Float32Array;
  readonly rank: number;
  bias = 0;
  readonly #options: FitOptions;
  readonly #data: EncodedExamples;
  readonly #random: Random;
  readonly #weightSquares: Float32Array;
  readonly #vectorSquares: Float32Array;
  #biasSquares = 1;
  #rate = 0;
  #epochs = 0;
  readonly #user: Float64Array;
  readonly #action: Float64Array;

  /** @param size how many features there are */
  constructor(size: number, data: EncodedExamples, options: FitOptions) {
    const { rank, seed } = options;
    this.#options = options;
    this.#data = data;
    this.#random = new Random(seed);
    this.rank = rank;
    this.weights = new Float32Array(size);
    this.vectors = Float32Array.from({ length: size * rank }, () => (this.#random.normal() * 0.1) / Math.sqrt(rank));
    this.#weightSquares = new Float32Array(size).fill(1);
    this.#vectorSquares = new Float32Array(size * rank).fill(1);
    this.#user = new Float64Array(rank);
    this.#action = new Float64Array(rank);
  }

  /** Logit of an example. */
  logit(example: number): number {
    const { users, actions, actionOf, offsets } = this.#data;
    const row = actionOf[example]!;
    const [u, a] = [users.offsets, actions.offsets];
    let sum = offsets[example]! + this.bias;
    sum += project(this, users.columns, users.values, u[example]!, u[example + 1]!, this.#user);
    sum += project(this, actions.columns, actions.values, a[row]!, a[row + 1]!, this.#action);
    for (let k = 0; k < this.rank; k++) sum += this.#user[k]! * this.#action[k]!;
    return sum;
  }

  /** One pass over the examples before `end` in random order; hands back control now and then. */
  *epoch(end: number): Generator<void, void> {
    this.#rate = this.#options.learningRate * DECAY ** this.#epochs++;
    const order = this.#random.shuffle(Int32Array.from({ length: end }, (_, example) => example));
    for (let at = 0; at < end; at++) {
      this.#step(order[at]!);
      if ((at & 4_095) === 4_095) yield;
    }
  }

  /** Mean loss of the examples from `begin` to before `end`. */
  loss(begin: number, end: number): number {
    const { labels, weights } = this.#data;
    let sum = 0;
    let mass = 0;
    for (let example = begin; example < end; example++) {
      sum += weights[example]! * logLoss(this.logit(example), labels[example]!);
      mass += weights[example]!;
    }
    return mass > 0 ? sum / mass : Infinity;
  }

  #step(example: number): void {
    const { users, actions, actionOf, labels, weights } = this.#data;
    const gradient = (sigmoid(this.logit(example)) - labels[example]!) * weights[example]!;
    const learningRate = this.#rate;
    this.#biasSquares += gradient * gradient;
    this.bias -= (learningRate * gradient) / Math.sqrt(this.#biasSquares);
    const row = actionOf[example]!;
    this.#move(users, users.offsets[example]!, users.offsets[example + 1]!, gradient, this.#action);
    this.#move(actions, actions.offsets[row]!, actions.offsets[row + 1]!, gradient, this.#user);
  }

  #move({ columns, values }: SparseRows, begin: number, end: number, gradient: number, other: Float64Array): void {
    const { weights, vectors, rank } = this;
    const [weightSquares, vectorSquares] = [this.#weightSquares, this.#vectorSquares];
    const learningRate = this.#rate;
    const { regularization } = this.#options;
    for (let i = begin; i < end; i++) {
      const feature = columns[i]!;
      const slope = gradient * values[i]!;
      const g = slope + regularization * weights[feature]!;
      weightSquares[feature]! += g * g;
      weights[feature]! -= (learningRate * g) / Math.sqrt(weightSquares[feature]!);
      for (let k = 0, at = feature * rank; k < rank; k++, at++) {
        const h = slope * other[k]! + regularization * vectors[at]!;
        vectorSquares[at]! += h * h;
        vectors[at]! -= (learningRate * h) / Math.sqrt(vectorSquares[at]!);
      }
    }
  }
}
