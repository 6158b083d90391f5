import type { InteractionListener, ReplicaView } from "./replica-view.js";
import { replicaViewOf } from "./static-replica.js";
import type { TrainingData } from "./training-data.js";

/** A replica that lives through its data again, as fast as it is told to. */
export interface ReplayReplica extends ReplicaView {
  /** Applies every interaction up to and including this Unix time in seconds. Time never goes back. */
  advance(timestamp: number): void;
}

/** Interaction indices in order of time; equal times by user, then in order of arrival. */
function byTime({ timestamps }: TrainingData): Int32Array {
  const order = Int32Array.from(timestamps, (_, index) => index);
  return order.sort((a, b) => timestamps[a]! - timestamps[b]! || a - b);
}

/**
 * A replica of the data before anything has happened: it knows all ids and metadata, and interactions arrive in order of
 * time as `advance` is called. For recipes whose answer depends on when they are asked.
 */
export function replayOf(data: TrainingData): ReplayReplica {
  const { offsets, items, timestamps, userIds, itemIds } = data;
  const order = byTime(data);
  const userOf = new Int32Array(items.length);
  for (let user = 0; user < userIds.length; user++) userOf.fill(user, offsets[user], offsets[user + 1]);
  const lengths = new Int32Array(userIds.length);
  const usersPerItem = new Int32Array(itemIds.length);
  const listeners = new Set<InteractionListener>();
  let next = 0;
  let version = 1;
  const happen = (index: number): void => {
    const user = userOf[index]!;
    const item = items[index]!;
    const start = offsets[user]!;
    if (!items.subarray(start, start + lengths[user]!).includes(item)) {
      usersPerItem[item]!++;
      version++;
    }
    lengths[user]!++;
    for (const listener of listeners) listener(user, item, timestamps[index]!);
  };
  return {
    ...replicaViewOf(data),
    history: (user) => {
      const start = offsets[user] ?? 0;
      const end = start + (lengths[user] ?? 0);
      return { items: items.subarray(start, end), timestamps: timestamps.subarray(start, end) };
    },
    historyRows: () => ({ items, begins: offsets, lengths }),
    historyVersion: (user) => (user < 0 ? 0 : 1 + (lengths[user] ?? 0)),
    usersPerItem,
    get interactionVersion() {
      return version;
    },
    onInteraction: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    advance: (timestamp) => {
      while (next < order.length && timestamps[order[next]!]! <= timestamp) happen(order[next++]!);
    },
  };
}
