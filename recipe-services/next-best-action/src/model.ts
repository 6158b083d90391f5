import { Random, type SparseRow, type SparseRows } from "@palate/numeric";

/**
 * A factorised logistic model: with features x of the user (at a moment, with regard to the action) and z of the action,
 *
 *     logit p = offset + b + w·x + w·z + (Σ v_i x_i) · (Σ v_j z_j)
 *
 * where the offset is the logit of the action's average. A factorisation machine (Rendle 2010) restricted to the interactions of
 * a user's feature with an action's.
 */
export interface Factors {
  /** w by feature. */
  readonly weights: Float32Array;
  /** v by feature, `rank` numbers each. */
  readonly vectors: Float32Array;
  /** Length of a v; 0 for a model without interactions. */
  readonly rank: number;
  /** b. */
  readonly bias: number;
}

/** Encoded examples. */
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
  /** L2 penalty of every parameter that an example touches. */
  readonly regularization: number;
  readonly learningRate: number;
  readonly seed: number;
}

/** The logistic function. */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Log loss: minus the logarithm of the probability that a logit gives to the outcome. */
function logLoss(logit: number, label: number): number {
  return Math.max(logit, 0) - logit * label + Math.log1p(Math.exp(-Math.abs(logit)));
}

/** Returns Σ w_i x_i of the entries from `begin` to before `end`, and writes Σ v_i x_i into `vector`. */
export function project(
  { weights, vectors, rank }: Factors,
  { columns, values }: SparseRow,
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
    for (let k = 0, index = feature * rank; k < rank; k++, index++) vector[k]! += vectors[index]! * value;
  }
  return sum;
}

/** Factor on the learning rate from one epoch to the next. */
const DECAY = 0.6;

/** Fits the model by stochastic gradient descent with a learning rate for each parameter (AdaGrad; Duchi, Hazan and Singer 2011). */
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
    sum += project(this, users, u[example]!, u[example + 1]!, this.#user);
    sum += project(this, actions, a[row]!, a[row + 1]!, this.#action);
    for (let k = 0; k < this.rank; k++) sum += this.#user[k]! * this.#action[k]!;
    return sum;
  }

  /** One epoch: a pass over the examples before `end` in random order; yields now and then. */
  *epoch(end: number): Generator<void, void> {
    this.#rate = this.#options.learningRate * DECAY ** this.#epochs++;
    const order = this.#random.shuffle(Int32Array.from({ length: end }, (_, example) => example));
    for (let k = 0; k < end; k++) {
      this.#step(order[k]!);
      if ((k & 4_095) === 4_095) yield;
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
      for (let k = 0, index = feature * rank; k < rank; k++, index++) {
        const h = slope * other[k]! + regularization * vectors[index]!;
        vectorSquares[index]! += h * h;
        vectors[index]! -= (learningRate * h) / Math.sqrt(vectorSquares[index]!);
      }
    }
  }
}
