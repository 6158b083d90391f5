import type { AttributeColumn } from "./attribute-column.js";
import type { TrainingData } from "./training-data.js";

/** One interaction with external ids. */
export interface InteractionRow {
  readonly user: string;
  readonly item: string;
  /** Unix time in seconds. */
  readonly timestamp: number;
  /** EVENT_TYPE; none when absent. */
  readonly eventType?: string;
  /** EVENT_VALUE; none when absent. */
  readonly eventValue?: number;
  /** Further columns that say in which context it was done. */
  readonly context?: Readonly<Record<string, string>>;
}

/**
 * Training data from rows in order of arrival: indices are given in order of first appearance, each user's interactions
 * are sorted by time, and equal times keep their order of arrival.
 * @param itemIds items to know before any other, in this order: those of the Items dataset
 * @param itemAttributes their metadata columns, aligned with `itemIds`; items that follow get `null`
 */
export function trainingDataOf(
  rows: readonly InteractionRow[],
  itemIds: readonly string[] = [],
  itemAttributes: Readonly<Record<string, AttributeColumn>> = {},
): TrainingData {
  const users = new Map<string, InteractionRow[]>();
  const items = new Map(itemIds.map((id, index) => [id, index]));
  const eventTypes = new Map([["", 0]]);
  const index = (of: Map<string, number>, id: string): number => {
    if (!of.has(id)) of.set(id, of.size);
    return of.get(id)!;
  };
  for (const row of rows) {
    index(items, row.item);
    index(eventTypes, row.eventType ?? "");
    const own = users.get(row.user);
    if (own === undefined) users.set(row.user, [row]);
    else own.push(row);
  }
  const offsets = new Int32Array(users.size + 1);
  const ordered: InteractionRow[] = [];
  [...users.values()].forEach((own, user) => {
    ordered.push(...own.sort((a, b) => a.timestamp - b.timestamp));
    offsets[user + 1] = ordered.length;
  });
  const filled = ([name, column]: [string, AttributeColumn]): [string, AttributeColumn] => [
    name,
    Array.from({ length: items.size }, (_, item) => column[item] ?? null),
  ];
  return {
    userIds: [...users.keys()],
    itemIds: [...items.keys()],
    offsets,
    items: Int32Array.from(ordered, (row) => items.get(row.item)!),
    timestamps: Float64Array.from(ordered, (row) => row.timestamp),
    eventTypes: Uint16Array.from(ordered, (row) => eventTypes.get(row.eventType ?? "")!),
    eventTypeNames: [...eventTypes.keys()],
    eventValues: Float32Array.from(ordered, (row) => row.eventValue ?? Number.NaN),
    itemAttributes: Object.fromEntries(Object.entries(itemAttributes).map(filled)),
    userAttributes: {},
    ...contextOf(ordered),
  };
}

/** The columns of the rows' context; none where no row has any. */
function contextOf(rows: readonly InteractionRow[]): Pick<TrainingData, "contextColumns"> {
  const names = [...new Set(rows.flatMap(({ context }) => Object.keys(context ?? {})))];
  if (names.length === 0) return {};
  const columns = names.map((name) => {
    const texts = [...new Set(rows.flatMap(({ context }) => context?.[name] ?? []))];
    const values = Int32Array.from(rows, ({ context }) => texts.indexOf(context?.[name] ?? ""));
    return [name, { values, texts }] as const;
  });
  return { contextColumns: Object.fromEntries(columns) };
}
