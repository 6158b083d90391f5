import { eachUser, type Histories } from "../histories.js";
import { massOfLengths, powersOfLengths, recencyWeights, type RecencyOptions } from "../recency.js";

/** How affinities are computed; see the hyperparameters of the recipe for meanings and ranges. */
export interface AffinityOptions extends RecencyOptions {
  readonly activityExponent: number;
  readonly historyDiscount: number;
  readonly popularityDiscount: number;
}

/** Everybody's affinity to one item. */
export interface Affinities {
  /** Affinity by user index, above 0; NaN for users who have none or are excluded. */
  readonly scores: Float32Array;
  /** How many users have interacted with the item. */
  readonly owners: number;
  /** s(j) by item index: similarity of an item j to the query item. */
  readonly similarities: Float64Array;
}

/**
 * Affinity of every user to an item, comparable across users:
 *
 *     s(j) = sum over users v who have both i and j of L_v^-historyDiscount / n_j^popularityDiscount
 *     affinity(u) = L_u^activityExponent · mean over j in u's history of s(j), newer ones weighing more
 *
 * with L a history's length and n_j how many users have item j. The mean makes users with few and with many interactions
 * comparable, where a sum of similarities only finds the most active; the factor of L_u restores the effect of activity:
 * who does more is more likely to come to the item too. It is the item-based neighbourhood model of Deshpande and Karypis
 * (2004), ranking users for an item instead of items for a user, computed from the current histories in two passes.
 * @param item replica index of an item
 * @param excludeOwners whether users who have the item are excluded
 */
export function* itemAffinities(
  replica: Histories,
  item: number,
  options: AffinityOptions,
  excludeOwners: boolean,
): Generator<void, Affinities> {
  // Items and users that arrive between slices have indices beyond these; they count next time.
  const { userCount, itemCount } = replica;
  const similarities = new Float64Array(itemCount);
  const isOwner = new Uint8Array(userCount);
  const lastOwner = new Int32Array(itemCount).fill(-1);
  let owners = 0;
  yield* eachUser(replica, (user, items, begin, end) => {
    if (!has(items, begin, end, item)) return;
    owners++;
    isOwner[user] = 1;
    const weight = (end - begin) ** -options.historyDiscount;
    for (let k = begin; k < end; k++) {
      const other = items[k]!;
      if (other >= itemCount || lastOwner[other] === user) continue;
      lastOwner[other] = user;
      similarities[other]! += weight;
    }
  });
  const scores = new Float32Array(userCount).fill(Number.NaN);
  if (owners === 0) return { scores, owners, similarities };

  for (let other = 0; other < itemCount; other++)
    if (similarities[other]! > 0)
      similarities[other]! /= Math.max(1, replica.usersPerItem[other]!) ** options.popularityDiscount;
  const weights = recencyWeights(options);
  const masses = massOfLengths(weights);
  const oldest = weights[weights.length - 1]!;
  const activity = powersOfLengths(options.activityExponent);
  yield* eachUser(replica, (user, items, begin, end) => {
    if (begin === end || user >= userCount || (excludeOwners && isOwner[user] === 1)) return;
    const length = end - begin;
    const recent = Math.max(begin, end - weights.length);
    let sum = weightedSum(items, recent, end, weights, similarities);
    let mass = masses[Math.min(length, weights.length)]!;
    for (let k = recent - 1; k >= begin; k--) {
      const other = items[k]!;
      mass += oldest;
      if (other < itemCount) sum += oldest * similarities[other]!;
    }
    if (sum > 0) scores[user] = (sum / mass) * activity(length);
  });
  return { scores, owners, similarities };
}

/** Whether an item is among those from `begin` to before `end`. */
function has(items: Int32Array, begin: number, end: number, item: number): boolean {
  for (let k = begin; k < end; k++) if (items[k] === item) return true;
  return false;
}

/** Sum of the similarities of the items from the last back to `begin`, weighted by recency. */
function weightedSum(
  items: Int32Array,
  begin: number,
  end: number,
  weights: Float64Array,
  similarities: Float64Array,
): number {
  let sum = 0;
  for (let k = end - 1, rank = 0; k >= begin; k--, rank++) {
    const other = items[k]!;
    if (other < similarities.length) sum += weights[rank]! * similarities[other]!;
  }
  return sum;
}
