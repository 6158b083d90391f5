import type { UserHistory } from "./user-history.js";

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
  /** The weight of each interaction as a target, 1 in the mean; negative: rejected. Absent: all equal. */
  readonly weights?: Float32Array;
  /** The event type of each interaction, as an index into those of a `ContextLayout`, -1 for others. Absent: unknown. */
  readonly eventTypes?: Int16Array;
  /** The context of each interaction, as `ContextRows.request` reads it: the same number of slots each. Absent: unknown. */
  readonly requests?: Int16Array;
  /** The metadata of each user, as `ContextRows.user` reads it: the same number of slots each. Absent: unknown. */
  readonly users?: Int16Array;
}

/** One user's interactions and metadata; a view, not a copy. */
export function historyOf(sequences: Sequences, user: number): UserHistory {
  const { userCount, offsets, items, times, eventTypes, requests, users } = sequences;
  const [from, to] = [offsets[user]!, offsets[user + 1]!];
  const slots = users ? users.length / userCount : 0;
  const each = requests ? requests.length / items.length : 0;
  return {
    items: items.subarray(from, to),
    times: times?.subarray(from, to),
    ...(eventTypes && { eventTypes: eventTypes.subarray(from, to) }),
    ...(requests && { requests: requests.subarray(from * each, to * each) }),
    ...(users && { user: users.subarray(user * slots, (user + 1) * slots) }),
  };
}

/** How many interactions each item has. */
export function itemCounts({ items, itemCount }: Pick<Sequences, "items" | "itemCount">): Int32Array {
  const counts = new Int32Array(itemCount);
  for (const item of items) counts[item]!++;
  return counts;
}

/** The context of one interaction; a view. */
export function requestOf({ items, requests }: Sequences, interaction: number): Int16Array | undefined {
  if (!requests) return undefined;
  const slots = requests.length / items.length;
  return requests.subarray(interaction * slots, (interaction + 1) * slots);
}

/** Users whose last interaction is held out, and what it was. */
export interface HeldOut {
  /** The sequences without the last interaction of `users`. */
  readonly training: Sequences;
  /** In ascending order. */
  readonly users: Int32Array;
  /** The held-out item of each of `users`. */
  readonly targets: Int32Array;
  /** Unix seconds of the held-out interactions; NaN where unknown. */
  readonly timestamps: Float64Array;
  /** The contexts of the held-out interactions; absent where unknown. */
  readonly requests?: readonly Int16Array[];
}

/** The history of a held-out user, by index in `users`, and the context of the held-out interaction. */
export function historyBefore({ training, users, requests }: HeldOut, index: number): UserHistory {
  return { ...historyOf(training, users[index]!), ...(requests && { request: requests[index] }) };
}

/**
 * Holds out the last interaction of each of `users`.
 * @param users user numbers with at least one interaction, ascending
 */
export function holdOutLast(sequences: Sequences, users: Int32Array): HeldOut {
  const { userCount, offsets, items, times } = sequences;
  const newOffsets = new Int32Array(userCount + 1);
  const targets = new Int32Array(users.length);
  const timestamps = new Float64Array(users.length).fill(NaN);
  const requests: Int16Array[] = [];
  // Runs of interactions that remain.
  const runs: [from: number, to: number][] = [];
  let [next, from, taken] = [0, 0, 0];
  for (let user = 0; user < userCount; user++) {
    const end = offsets[user + 1]!;
    if (users[next] === user) {
      targets[next] = items[end - 1]!;
      if (times) timestamps[next] = times[end - 1]!;
      const request = requestOf(sequences, end - 1);
      if (request) requests.push(request);
      runs.push([from, end - 1]);
      from = end;
      taken++;
      next++;
    }
    newOffsets[user + 1] = end - taken;
  }
  runs.push([from, items.length]);
  const rest = <T extends Int16Array | Int32Array | Float32Array | Float64Array>(values: T): T => {
    const slots = values.length / Math.max(1, items.length);
    const kept = new (values.constructor as new (length: number) => T)((items.length - taken) * slots);
    let to = 0;
    for (const [first, last] of runs) {
      kept.set(values.subarray(first * slots, last * slots) as never, to);
      to += (last - first) * slots;
    }
    return kept;
  };
  const training: Sequences = {
    ...sequences,
    offsets: newOffsets,
    items: rest(items),
    ...(times && { times: rest(times) }),
    ...(sequences.weights && { weights: rest(sequences.weights) }),
    ...(sequences.eventTypes && { eventTypes: rest(sequences.eventTypes) }),
    ...(sequences.requests && { requests: rest(sequences.requests) }),
  };
  return { training, users, targets, timestamps, ...(sequences.requests && { requests }) };
}

/**
 * @throws RangeError naming the first thing that is wrong: lengths, offsets, or an item number outside the catalogue
 */
export function checkSequences(sequences: Sequences): void {
  const { userCount, itemCount, offsets, items, times, weights, eventTypes, requests, users } = sequences;
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
  if (eventTypes && eventTypes.length !== items.length) {
    throw new RangeError(`eventTypes has ${eventTypes.length} entries, expected one per interaction, ${items.length}.`);
  }
  if (requests && requests.length % items.length !== 0) {
    throw new RangeError(`requests has ${requests.length} entries, expected as many for each of ${items.length}.`);
  }
  if (users && users.length % userCount !== 0) {
    throw new RangeError(`users has ${users.length} entries, expected as many for each of ${userCount}.`);
  }
  const wrong = items.findIndex((item) => item < 0 || item >= itemCount);
  if (wrong >= 0) throw new RangeError(`Item number ${items[wrong]} at ${wrong} is outside [0, ${itemCount}).`);
}
