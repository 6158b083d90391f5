import type { ReplicaView } from "@palate/recipe";

/** A user's history in the vocabulary of a model: the interactions with items that it knows, oldest first; a copy. */
export interface ModelHistory {
  /** Item numbers of the model. */
  readonly items: Int32Array;
  /** Unix seconds, one each. */
  readonly times: Float64Array;
  /** The position of each in the user's history in the replica. */
  readonly positions: Int32Array;
}

/**
 * Translates a user's history in the replica into the vocabulary of a model.
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
  const positions = new Int32Array(items.length);
  let count = 0;
  for (let at = 0; at < items.length; at++) {
    const item = modelIndex(items[at]!);
    if (item < 0) continue;
    known[count] = item;
    positions[count] = at;
    times[count++] = timestamps[at]!;
  }
  return { items: known.subarray(0, count), times: times.subarray(0, count), positions: positions.subarray(0, count) };
}
