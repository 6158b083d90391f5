/** The features of the items of a list, item after item, and which item was chosen. */
export interface ListFeatures {
  /** Items × features. */
  readonly values: Float64Array;
  /** Which item was chosen. */
  readonly chosen: number;
}

/** Most Newton steps; usually a handful is enough. */
const MAX_STEPS = 100;
/** Gain in log-likelihood below which the fit has converged. */
const CONVERGED = 1e-10;
const MAX_DAMPING = 1e9;

/**
 * Fits weights of features to choices: the conditional logit (McFadden 1974), in which an item's probability of being chosen
 * out of a list is the softmax of the weighted sum of its features. The likelihood is concave, so Newton's method finds its one
 * maximum.
 * @param lists features of what was in each list, and what was chosen
 * @param prior weights to stay close to where the lists give little evidence
 * @param strength strength of the prior, in lists: as if that many lists agreed with it, with features of variance about 1
 * @returns one weight for each feature
 */
export function fitChoices(lists: readonly ListFeatures[], prior: readonly number[], strength: number): Float64Array {
  const count = prior.length;
  const weights = Float64Array.from(prior);
  const likelihood = (candidate: Float64Array): number => {
    const distance = candidate.reduce((sum, weight, k) => sum + (weight - prior[k]!) ** 2, 0);
    return lists.reduce((sum, list) => sum + logProbability(list, candidate), (-strength / 2) * distance);
  };
  let reached = likelihood(weights);
  for (let step = 0; step < MAX_STEPS; step++) {
    const gradient = Float64Array.from(weights, (weight, k) => -strength * (weight - prior[k]!));
    const curvature = Float64Array.from({ length: count * count }, (_, at) => (at % (count + 1) === 0 ? strength : 0));
    for (const list of lists) accumulate(list, weights, gradient, curvature);
    // Damped until the likelihood rises: far from the maximum, a full step overshoots.
    let gained = -Infinity;
    let next = weights;
    for (let damping = 0; damping < MAX_DAMPING && !(gained >= 0); damping = Math.max(0.001, damping * 10)) {
      const damped = curvature.map((value, at) => value + (at % (count + 1) === 0 ? damping : 0));
      const move = solve(damped, gradient.slice());
      next = weights.map((weight, k) => weight + move[k]!);
      gained = likelihood(next) - reached;
    }
    if (gained >= 0) weights.set(next);
    if (!(gained > CONVERGED)) break;
    reached += gained;
  }
  return weights;
}

/** The probability of each item of the list to be the one chosen. */
function probabilities({ values }: ListFeatures, weights: Float64Array): Float64Array {
  const count = weights.length;
  const scores = new Float64Array(values.length / count);
  for (let item = 0; item < scores.length; item++)
    for (let k = 0; k < count; k++) scores[item]! += weights[k]! * values[item * count + k]!;
  const largest = scores.reduce((most, score) => Math.max(most, score), -Infinity);
  let sum = 0;
  for (let item = 0; item < scores.length; item++) sum += scores[item] = Math.exp(scores[item]! - largest);
  return scores.map((score) => score / sum);
}

function logProbability(list: ListFeatures, weights: Float64Array): number {
  return Math.log(Math.max(1e-300, probabilities(list, weights)[list.chosen]!));
}

/** Adds one list's gradient and curvature of the log-likelihood. */
function accumulate(list: ListFeatures, weights: Float64Array, gradient: Float64Array, curvature: Float64Array): void {
  const count = weights.length;
  const { values, chosen } = list;
  const chances = probabilities(list, weights);
  const mean = new Float64Array(count);
  for (let item = 0; item < chances.length; item++)
    for (let k = 0; k < count; k++) mean[k]! += chances[item]! * values[item * count + k]!;
  for (let k = 0; k < count; k++) gradient[k]! += values[chosen * count + k]! - mean[k]!;
  for (let item = 0; item < chances.length; item++) {
    for (let j = 0; j < count; j++) {
      const left = chances[item]! * (values[item * count + j]! - mean[j]!);
      for (let k = 0; k < count; k++) curvature[j * count + k]! += left * (values[item * count + k]! - mean[k]!);
    }
  }
}

/** Solves a small symmetric positive definite system by Gaussian elimination; the arguments are overwritten. */
function solve(matrix: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  for (let column = 0; column < size; column++) {
    const pivot = matrix[column * size + column]!;
    for (let row = column + 1; row < size; row++) {
      const factor = matrix[row * size + column]! / pivot;
      for (let k = column; k < size; k++) matrix[row * size + k]! -= factor * matrix[column * size + k]!;
      right[row]! -= factor * right[column]!;
    }
  }
  for (let row = size - 1; row >= 0; row--) {
    for (let k = row + 1; k < size; k++) right[row]! -= matrix[row * size + k]! * right[k]!;
    right[row]! /= matrix[row * size + row]!;
  }
  return right;
}
