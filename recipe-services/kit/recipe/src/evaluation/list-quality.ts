import { Random } from "@palate/numeric";
import type { ReplicaView } from "../data/replica-view.js";

/** First items of a list that count: what a user sees at once. */
export const LOOKED_AT = 10;
/** Users of an item that are compared: similarities of items with no more are exact, else within a few hundredths. */
const SKETCH = 256;

/**
 * How novel a list is: the mean of −log2(share of the users who have interacted with the item) over its items, in bits
 * (Zhou et al. 2010); items that nobody has count as if one user had. NaN for an empty list.
 */
export function novelty(items: ArrayLike<number>, usersPerItem: Int32Array, userCount: number): number {
  let bits = 0;
  for (let k = 0; k < items.length; k++) bits -= Math.log2(Math.max(1, usersPerItem[items[k]!]!) / userCount);
  return bits / items.length;
}

/** The mean number of users of some items; NaN where there are none. */
export function meanPopularity(items: ArrayLike<number>, usersPerItem: Int32Array): number {
  let users = 0;
  for (let k = 0; k < items.length; k++) users += usersPerItem[items[k]!]!;
  return users / items.length;
}

/**
 * The Gini index of how often each thing occurs: 0 when all occur equally often, towards 1 when few have it all.
 * @param counts how often each occurs, those that never do included
 * @returns 0 when nothing occurs
 */
export function gini(counts: Int32Array): number {
  const sorted = counts.slice().sort();
  let total = 0;
  let weighted = 0;
  sorted.forEach((count, rank) => {
    total += count;
    weighted += (rank + 1) * count;
  });
  if (total === 0) return 0;
  return (2 * weighted) / (sorted.length * total) - (sorted.length + 1) / sorted.length;
}

/**
 * The users of each item that is in a list, as far as they are compared: those first in one random order of all users
 * (bottom-k sketches, Cohen and Kaplan 2007), as places in that order.
 */
function sketches(replica: ReplicaView, lists: readonly Int32Array[], seed: number): Map<number, number[]> {
  const users = new Map<number, number[]>();
  for (const list of lists) for (const item of list) users.set(item, []);
  const order = new Random(seed).shuffle(Int32Array.from({ length: replica.userCount }, (_, user) => user));
  order.forEach((user, place) => {
    for (const item of replica.history(user).items) {
      const sketch = users.get(item);
      if (sketch !== undefined && sketch.length < SKETCH && sketch.at(-1) !== place) sketch.push(place);
    }
  });
  return users;
}

/** Jaccard index of two sets, from their sketches: the smallest members of each, in growing order. */
function jaccard(a: readonly number[], b: readonly number[]): number {
  let [left, right, both, either] = [0, 0, 0, 0];
  while (either < SKETCH && (left < a.length || right < b.length)) {
    const one = a[left] ?? Infinity;
    const other = b[right] ?? Infinity;
    if (one === other) both++;
    if (one <= other) left++;
    if (other <= one) right++;
    either++;
  }
  return either === 0 ? 0 : both / either;
}

/**
 * How diverse each list is: 1 minus the mean similarity of two of its items (Ziegler et al. 2005). Items are similar when
 * they have the same users: the Jaccard index of the users who interacted with either. It needs nothing from the model,
 * so that it compares models of any kind. NaN for lists with fewer than two items.
 * @param replica whose histories say which users an item has
 * @param seed of the draw of the users that are compared
 */
export function intraListDiversity(replica: ReplicaView, lists: readonly Int32Array[], seed: number): number[] {
  const users = sketches(replica, lists, seed);
  const known = new Map<number, number>();
  const similarity = (a: number, b: number): number => {
    const key = Math.min(a, b) * replica.itemCount + Math.max(a, b);
    let value = known.get(key);
    if (value === undefined) known.set(key, (value = jaccard(users.get(a)!, users.get(b)!)));
    return value;
  };
  return lists.map((list) => {
    let sum = 0;
    for (let i = 1; i < list.length; i++) for (let j = 0; j < i; j++) sum += similarity(list[i]!, list[j]!);
    return 1 - sum / ((list.length * (list.length - 1)) / 2);
  });
}
