import { actionsViewOf } from "./actions.js";
import { emptyReplica } from "./empty-replica.js";
import type { History, ReplicaView } from "./replica-view.js";
import type { InteractionColumn, TrainingData } from "./training-data.js";

/** Interactions as compressed sparse rows by user, and the number of items. */
type Rows = Pick<TrainingData, "offsets" | "items"> & { readonly itemIds: { readonly length: number } };

/** How many different users interacted with each item, by item index. */
export function countUsersPerItem({ offsets, items, itemIds }: Rows): Int32Array {
  const counts = new Int32Array(itemIds.length);
  const lastUser = new Int32Array(itemIds.length).fill(-1);
  for (let user = 0; user + 1 < offsets.length; user++) {
    for (let i = offsets[user]!; i < offsets[user + 1]!; i++) {
      const item = items[i]!;
      if (lastUser[item] === user) continue;
      lastUser[item] = user;
      counts[item]!++;
    }
  }
  return counts;
}

/** A further column of interactions. */
function columnOf(
  { eventTypes, eventTypeNames, contextColumns }: TrainingData,
  name: string,
): InteractionColumn | undefined {
  return name === "EVENT_TYPE" ? { values: eventTypes, texts: eventTypeNames } : contextColumns?.[name];
}

/** Finds the index of an id, or -1; what it takes is made when the first is looked for. */
function indexIn(ids: readonly string[]): (id: string) => number {
  let indices: Map<string, number> | undefined;
  return (id) => (indices ??= new Map(ids.map((known, index) => [known, index]))).get(id) ?? -1;
}

/**
 * A replica that never changes, made from training data: what a model is measured against. Indices are those of the
 * data.
 * @param counted data that `usersPerItem` is counted from, where it is not `data` itself
 */
export function replicaViewOf(data: TrainingData, counted: TrainingData = data): ReplicaView {
  const { userIds, itemIds, offsets, items, timestamps, itemAttributes } = data;
  const userIndex = indexIn(userIds);
  const itemIndex = indexIn(itemIds);
  const begins = offsets.subarray(0, userIds.length);
  const lengths = begins.map((begin, user) => offsets[user + 1]! - begin);
  const history = (user: number): History => {
    const start = offsets[user] ?? 0;
    const end = user < 0 ? start : (offsets[user + 1] ?? start);
    return { items: items.subarray(start, end), timestamps: timestamps.subarray(start, end) };
  };
  return {
    ...emptyReplica,
    itemCount: itemIds.length,
    userCount: userIds.length,
    itemIndex,
    itemId: (index) => itemIds[index] ?? "",
    userIndex,
    userId: (index) => userIds[index] ?? "",
    history,
    historyRows: () => ({ items, begins, lengths }),
    historyColumn: (user, name) => {
      const column = columnOf(data, name);
      if (column === undefined) return undefined;
      const start = offsets[user] ?? 0;
      const end = user < 0 ? start : (offsets[user + 1] ?? start);
      // Rows are short, and few of them are asked for.
      return { ...column, values: Array.prototype.slice.call(column.values, start, end) as number[] };
    },
    contextColumns: Object.keys(data.contextColumns ?? {}),
    historyVersion: (user) => (user < 0 ? 0 : 1),
    usersPerItem: countUsersPerItem(counted),
    interactionVersion: 1,
    itemAttribute: (item, column) => String(itemAttributes[column]?.[item] ?? ""),
    itemColumns: Object.keys(itemAttributes),
    userAttribute: (user, column) => String(data.userAttributes[column]?.[user] ?? ""),
    userColumns: Object.keys(data.userAttributes),
    ...(data.actions && { actions: actionsViewOf(data.actions) }),
  };
}
