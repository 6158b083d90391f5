import { eachUser, type Histories } from "../histories.js";
import { recencyWeights, type RecencyOptions } from "../recency.js";

/** How affinities are computed; see the hyperparameters of the recipe for meanings and ranges. */
export interface AttributeAffinityOptions extends RecencyOptions {
  readonly priorStrength: number;
}

/** Shares are kept this far from 0 and 1, so that their odds are finite. */
const MIN_SHARE = 1e-6;

function logOdds(share: number): number {
  const inside = Math.min(1 - MIN_SHARE, Math.max(MIN_SHARE, share));
  return Math.log(inside / (1 - inside));
}

/**
 * Share of all choices that are of matching items, counting each user once for each item; NaN without any choices.
 * @param matches by item index: 1 = matches
 */
export function baseShare(
  { itemCount, usersPerItem }: Pick<Histories, "itemCount" | "usersPerItem">,
  matches: Uint8Array,
) {
  let matching = 0;
  let all = 0;
  for (let item = 0; item < itemCount; item++) {
    all += usersPerItem[item]!;
    if (matches[item] === 1) matching += usersPerItem[item]!;
  }
  return matching / all;
}

/**
 * Affinity of every user to the matching items: the log-odds that a choice of theirs matches, relative to everybody's,
 *
 *     affinity(u) = logit((n·s + a·base) / (n + a)) - logit(base)
 *
 * with s the share of matching items in u's history, newer ones weighing more, n the effective sample size of the weighted
 * history ((Σw)² / Σw², Kish 1965), base the share among all, and a the strength of the prior: without evidence a user has
 * everybody's odds.
 * @param matches by item index: 1 = matches
 * @param base the share among all
 * @returns affinity by user index, above 0 for more than average; NaN for users without history
 */
export function* attributeAffinities(
  replica: Histories,
  matches: Uint8Array,
  base: number,
  options: AttributeAffinityOptions,
): Generator<void, Float32Array> {
  const scores = new Float32Array(replica.userCount).fill(Number.NaN);
  const weights = recencyWeights(options);
  const usual = logOdds(base);
  yield* eachUser(replica, (user, items, begin, end) => {
    if (begin === end) return;
    let matching = 0;
    let mass = 0;
    let squares = 0;
    for (let k = end - 1, rank = 0; k >= begin; k--, rank++) {
      const weight = weights[rank < weights.length ? rank : weights.length - 1]!;
      mass += weight;
      squares += weight * weight;
      if (matches[items[k]!] === 1) matching += weight;
    }
    const size = (mass * mass) / squares;
    const share = (size * (matching / mass) + options.priorStrength * base) / (size + options.priorStrength);
    scores[user] = logOdds(share) - usual;
  });
  return scores;
}
