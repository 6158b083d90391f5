import type { ReplicaView } from "@palate/recipe";

/** A user's interactions with items that a model knows, oldest first; its own arrays. */
export interface ModelHistory {
  /** Items by the model's numbers. */
  readonly items: Int32Array;
  /** Unix seconds, one each. */
  readonly times: Float64Array;
  /** Which of the replica's interactions of the user each is. */
  readonly places: Int32Array;
}

/**
 * What a model knows of a user's history in the replica.
 * @param modelIndex the model's number of a replica item; negative for one that it does not know
 */
export function modelHistory(
  replica: Pick<ReplicaView, "history">,
  user: number,
  modelIndex: (replicaItem: number) => number,
): ModelHistory {
  const { items, timestamps } = replica.history(user);
  const known = new Int32Array(items.length);
  const times = new Float64Array(items.length);
  const places = new Int32Array(items.length);
  let count = 0;
  for (let at = 0; at < items.length; at++) {
    const item = modelIndex(items[at]!);
    if (item < 0) continue;
    known[count] = item;
    places[count] = at;
    times[count++] = timestamps[at]!;
  }
  return { items: known.subarray(0, count), times: times.subarray(0, count), places: places.subarray(0, count) };
}
