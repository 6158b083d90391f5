/**
 * The probabilities of the items of an answer: a softmax over all items that may be recommended, over which they sum to 1, as at
 * Amazon Personalize.
 * @param best scores of the answer, in descending order
 * @param all scores of all items
 * @param isExcluded whether an item may not be recommended
 * @param inverseTemperature what scores are multiplied by before the exponential
 */
export function softmax(
  best: Float32Array,
  all: Float32Array,
  isExcluded: (item: number) => boolean,
  inverseTemperature: number,
): Float32Array {
  const largest = best[0] ?? 0;
  let sum = 0;
  for (let item = 0; item < all.length; item++) {
    if (!isExcluded(item)) sum += Math.exp(inverseTemperature * (all[item]! - largest));
  }
  return best.map((score) => Math.exp(inverseTemperature * (score - largest)) / sum);
}
