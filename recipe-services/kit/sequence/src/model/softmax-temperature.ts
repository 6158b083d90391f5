/** The inverse temperature of scores that were not validated: about what is measured on most data. */
export const UNMEASURED_INVERSE_TEMPERATURE = 0.4;

/** The inverse temperatures that are compared, ascending. */
export const INVERSE_TEMPERATURES = [0.01, 0.02, 0.03, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1, 1.25];

/**
 * Calibrates a softmax over scores: finds the factor on the scores, the inverse temperature, under which the items that users
 * really chose have the highest likelihood.
 */
export class SoftmaxTemperature {
  readonly #logLikelihoods = new Float64Array(INVERSE_TEMPERATURES.length);
  #users = 0;

  /**
   * Counts one user's choice.
   * @param scores of all items; -Infinity for those that could not be chosen
   * @param target index of the item that was chosen; its score is finite
   */
  add(scores: Float32Array, target: number): void {
    const own = scores[target]!;
    let largest = -Infinity;
    for (const score of scores) if (score > largest) largest = score;
    INVERSE_TEMPERATURES.forEach((inverseTemperature, k) => {
      let sum = 0;
      for (const score of scores) sum += Math.exp(inverseTemperature * (score - largest));
      this.#logLikelihoods[k]! += inverseTemperature * (own - largest) - Math.log(sum);
    });
    this.#users++;
  }

  /** The best of {@link INVERSE_TEMPERATURES}, or {@link UNMEASURED_INVERSE_TEMPERATURE} when no user was counted. */
  best(): number {
    return this.#users === 0
      ? UNMEASURED_INVERSE_TEMPERATURE
      : INVERSE_TEMPERATURES[this.#logLikelihoods.indexOf(Math.max(...this.#logLikelihoods))]!;
  }
}
