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
  /** Affinity by user index, above 0; NaN for users who have none or are left out. */
  readonly scores: Float32Array;
  /** How many users have interacted with the item. */
  readonly owners: number;
  /** s(j) by item index: how much an item j of a user speaks for the item asked about. */
  readonly similarities: Float64Array;
}

/**
 * Affinity of every user to an item, comparable across users:
 *
 *     s(j) = sum over users v who have both i and j of L_v^-historyDiscount / n_j^popularityDiscount
 *     affinity(u) = L_u^activityExponent · mean over j in u's history of s(j), newer ones weighing more
 *
 * with L a history's length and n_j how many users have item j. The mean makes a user of few interactions comparable to
 * one of many, where a plain sum of similarities only finds the most active; the factor of L_u puts back what activity
 * is worth: who does more is likelier to come by the item too. A neighbourhood model (Deshpande and Karypis 2004) read
 * the other way round, computed from the histories as they are now in two passes over them.
 * @param item replica index of an item
 * @param excludeOwners whether users who have the item are left out
 */
export function* itemAffinities(
  replica: Histories,
  item: number,
  options: AffinityOptions,
  excludeOwners: boolean,
): Generator<void, Affinities> {
  // What arrives between slices can have indices beyond these; it is left for next time.
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

/** Sum of worths of the items from the last back to `begin`, weighted by how far back they are. */
function weightedSum(
  items: Int32Array,
  begin: number,
  end: number,
  weights: Float64Array,
  worths: Float64Array,
): number {
  let sum = 0;
  for (let k = end - 1, rank = 0; k >= begin; k--, rank++) {
    const other = items[k]!;
    if (other < worths.length) sum += weights[rank]! * worths[other]!;
  }
  return sum;
}
