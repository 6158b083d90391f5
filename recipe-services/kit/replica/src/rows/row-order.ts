/** Interactions ordered by user, and within a user by time. */
export interface RowOrder {
  /** Row bounds: user u has the places [offsets[u], offsets[u + 1]). Length users + 1. */
  readonly offsets: Int32Array;
  /** Which arrival stands at each place. */
  readonly arrivals: Int32Array;
}

/**
 * Orders interactions by user and time; equal timestamps keep their order of arrival. A counting sort by user, then a (stable)
 * sort of only those users whose interactions did not arrive in order.
 * @param users user index of each interaction in order of arrival
 * @param timestamps time of each, in any unit
 * @param count how many interactions there are; the arrays may be longer
 * @param userCount how many users there are, those without interactions included
 */
export function orderRows(users: Int32Array, timestamps: Float64Array, count: number, userCount: number): RowOrder {
  const offsets = new Int32Array(userCount + 1);
  for (let i = 0; i < count; i++) offsets[users[i]! + 1]!++;
  for (let user = 0; user < userCount; user++) offsets[user + 1]! += offsets[user]!;
  const next = offsets.slice(0, userCount);
  const arrivals = new Int32Array(count);
  for (let i = 0; i < count; i++) arrivals[next[users[i]!]!++] = i;
  for (let user = 0; user < userCount; user++) {
    const begin = offsets[user]!;
    const end = offsets[user + 1]!;
    let sorted = true;
    for (let k = begin + 1; k < end && sorted; k++) {
      sorted = timestamps[arrivals[k - 1]!]! <= timestamps[arrivals[k]!]!;
    }
    if (!sorted) arrivals.subarray(begin, end).sort((a, b) => timestamps[a]! - timestamps[b]!);
  }
  return { offsets, arrivals };
}

/** Values of a column in another order: place k gets the value of `arrivals[k]`. */
export function gather<T extends Int32Array | Float64Array | Float32Array | Uint16Array>(
  column: T,
  arrivals: Int32Array,
): T {
  const gathered = new (column.constructor as new (length: number) => T)(arrivals.length);
  for (let k = 0; k < arrivals.length; k++) gathered[k] = column[arrivals[k]!]!;
  return gathered;
}
