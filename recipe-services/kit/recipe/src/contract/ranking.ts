/** A caller's list to be put in order for a user, as a recipe's serving sees it: indices, not ids. */
export interface RankingQuery {
  /** The user's replica index, -1 when unknown. */
  readonly user: number;
  /** Replica indices of the items, each once, in the order in which the caller gave them. */
  readonly items: Int32Array;
  /** Unix time in seconds the answer is for. */
  readonly timestamp: number;
  /** Whether the time the answer is for is unknown; see `Query.untimed`. Default false. */
  readonly untimed?: boolean;
  /** Contextual values by column name; empty or absent when none were given. */
  readonly context?: Readonly<Record<string, string>>;
}

/** What a model says of each item of a list. */
export interface ItemScores {
  /**
   * Log-probabilities of being the user's next choice out of this list, up to a constant, in the order of the query's items;
   * NaN for an item that the model has nothing to say about.
   */
  readonly scores: Float32Array;
  /** "popular" when the user is unknown, so that the scores are what everybody likes; else "model". */
  readonly reason: "model" | "popular";
}

/** A list in order. */
export interface RankedList {
  /** Places in the list that was given, best first; those without a score last, in the order given. */
  readonly order: Int32Array;
  /** Shares of the leading ones, which sum to 1; as many as have a score. */
  readonly shares: Float32Array;
}

/** Mean and standard deviation, 1 where it is 0. */
function spreadOf(values: Float64Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) || 1 };
}

/**
 * Puts a list in order by the model's scores blended with the order in which the caller gave it: the logarithm of one over
 * the place given, brought to the spread that the scores have over the list, so that each weighs the same at 0.5. With weight
 * 0 the shares are the model's probabilities over the list (a softmax), with weight 1 the order is the caller's. Equal
 * scores keep the order given.
 * @param scores as in {@link ItemScores}
 * @param callerWeight 0 to 1
 */
export function orderList(scores: Float32Array, callerWeight: number): RankedList {
  const places = Array.from(scores, (_, place) => place);
  const scored = places.filter((place) => !Number.isNaN(scores[place]));
  const logits = Float64Array.from(scored, (place) => scores[place]!);
  if (callerWeight > 0 && scored.length > 1) {
    const own = spreadOf(logits);
    const prior = Float64Array.from(scored, (_, rank) => -Math.log(rank + 1));
    const given = spreadOf(prior);
    for (let at = 0; at < logits.length; at++) {
      const standardised = (prior[at]! - given.mean) / given.deviation;
      const model = (logits[at]! - own.mean) / own.deviation;
      logits[at] = ((1 - callerWeight) * model + callerWeight * standardised) * own.deviation;
    }
  }
  const best = Array.from(logits, (_, at) => at).sort((a, b) => logits[b]! - logits[a]! || a - b);
  const largest = logits[best[0] ?? 0] ?? 0;
  const weights = best.map((at) => Math.exp(logits[at]! - largest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const without = places.filter((place) => Number.isNaN(scores[place]));
  return {
    order: Int32Array.from([...best.map((at) => scored[at]!), ...without]),
    shares: Float32Array.from(weights, (weight) => weight / sum),
  };
}
