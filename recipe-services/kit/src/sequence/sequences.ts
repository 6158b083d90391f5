import type { UserHistory } from "./position-context.js";

/** The interactions of all users, each in time order, with users and items numbered densely from 0. */
export interface Sequences {
  readonly userCount: number;
  readonly itemCount: number;
  /** User u's interactions are `items[offsets[u]]` up to, not including, `items[offsets[u + 1]]`. */
  readonly offsets: Int32Array;
  /** Item numbers in [0, itemCount). */
  readonly items: Int32Array;
  /** Unix seconds of each interaction, if known. */
  readonly times?: Float64Array;
  /** How much each interaction counts as a target, 1 in the mean; negative: turned down. Absent: all alike. */
  readonly weights?: Float32Array;
}

/** One user's interactions, oldest first; a view, not a copy. */
export function historyOf({ offsets, items, times }: Sequences, user: number): UserHistory {
  const [from, to] = [offsets[user]!, offsets[user + 1]!];
  return { items: items.subarray(from, to), times: times?.subarray(from, to) };
}

/** The users whose last interaction was taken away, and what it was. */
export interface HeldOut {
  /** The sequences without the last interaction of `users`. */
  readonly training: Sequences;
  /** In ascending order. */
  readonly users: Int32Array;
  /** The item taken away from the user at the same position in `users`. */
  readonly targets: Int32Array;
  /** Unix seconds of what was taken away; NaN where unknown. */
  readonly moments: Float64Array;
}

/**
 * Takes the last interaction of each of `users` away.
 * @param users user numbers with at least one interaction, ascending
 */
export function holdOutLast(sequences: Sequences, users: Int32Array): HeldOut {
  const { userCount, itemCount, offsets, items, times, weights } = sequences;
  const newOffsets = new Int32Array(userCount + 1);
  const newItems = new Int32Array(items.length - users.length);
  const newTimes = times && new Float64Array(newItems.length);
  const newWeights = weights && new Float32Array(newItems.length);
  const targets = new Int32Array(users.length);
  const moments = new Float64Array(users.length).fill(NaN);
  let next = 0;
  for (let user = 0; user < userCount; user++) {
    const start = offsets[user]!;
    let end = offsets[user + 1]!;
    if (users[next] === user) {
      targets[next] = items[--end]!;
      if (times) moments[next] = times[end]!;
      next++;
    }
    const to = newOffsets[user]!;
    newItems.set(items.subarray(start, end), to);
    if (times && newTimes) newTimes.set(times.subarray(start, end), to);
    if (weights && newWeights) newWeights.set(weights.subarray(start, end), to);
    newOffsets[user + 1] = to + end - start;
  }
  const training = {
    userCount,
    itemCount,
    offsets: newOffsets,
    items: newItems,
    ...(newTimes && { times: newTimes }),
    ...(newWeights && { weights: newWeights }),
  };
  return { training, users, targets, moments };
}

/**
 * @throws RangeError naming the first thing that is wrong: lengths, offsets, or an item number outside the catalogue
 */
export function checkSequences({ userCount, itemCount, offsets, items, times, weights }: Sequences): void {
  if (offsets.length !== userCount + 1) {
    throw new RangeError(`offsets has ${offsets.length} entries, expected userCount + 1 = ${userCount + 1}.`);
  }
  if (offsets[0] !== 0 || offsets[userCount] !== items.length) {
    throw new RangeError(`offsets runs from ${offsets[0]} to ${offsets[userCount]}, expected 0 to ${items.length}.`);
  }
  for (let user = 0; user < userCount; user++) {
    if (offsets[user]! > offsets[user + 1]!) throw new RangeError(`offsets decreases after user ${user}.`);
  }
  if (times && times.length !== items.length) {
    throw new RangeError(`times has ${times.length} entries, expected one per interaction, ${items.length}.`);
  }
  if (weights && weights.length !== items.length) {
    throw new RangeError(`weights has ${weights.length} entries, expected one per interaction, ${items.length}.`);
  }
  const wrong = items.findIndex((item) => item < 0 || item >= itemCount);
  if (wrong >= 0) throw new RangeError(`Item number ${items[wrong]} at ${wrong} is outside [0, ${itemCount}).`);
}
