import type { ActionData } from "./actions.js";
import type { AttributeColumn } from "./attribute-column.js";

/** Values of one further column of interactions, one for each. */
export interface InteractionColumn {
  /** Places in `texts`, -1 where there is none; without texts numbers, booleans as 0 and 1, NaN where there is none. */
  readonly values: ArrayLike<number>;
  /** The different texts, in columns of texts. */
  readonly texts?: readonly string[];
}

/**
 * A dataset group's interactions as recipes train on them: external ids mapped to dense indices once, interactions as
 * compressed sparse rows by user, oldest first; equal timestamps keep their order of arrival.
 */
export interface TrainingData {
  /** External id of each user index. */
  readonly userIds: readonly string[];
  /** External id of each item index. Holds every item that was interacted with or is in the Items dataset. */
  readonly itemIds: readonly string[];
  /** Row bounds: user u's interactions are [offsets[u], offsets[u + 1]). Length users + 1. */
  readonly offsets: Int32Array;
  /** Item index of each interaction. */
  readonly items: Int32Array;
  /** Unix time in seconds of each interaction. */
  readonly timestamps: Float64Array;
  /** Index into `eventTypeNames` of each interaction. */
  readonly eventTypes: Uint16Array;
  /** Event types that occur; entry 0 is "" when some interactions have none. */
  readonly eventTypeNames: readonly string[];
  /** EVENT_VALUE of each interaction; NaN where there is none. */
  readonly eventValues: Float32Array;
  /**
   * How much each interaction counts as something to be recommended for, 1 on average; negative: the user turned the item
   * down. Absent: all the same.
   */
  readonly weights?: Float32Array;
  /** Item metadata columns by name, aligned with `itemIds`. */
  readonly itemAttributes: Readonly<Record<string, AttributeColumn>>;
  /** User metadata columns by name, aligned with `userIds`. */
  readonly userAttributes: Readonly<Record<string, AttributeColumn>>;
  /** Actions and what the users did about them; absent where the data has no such datasets. */
  readonly actions?: ActionData;
  /**
   * Categorical columns of interactions beside Amazon's reserved ones, by name: the context in which something was done, such as
   * DEVICE. Absent means none.
   */
  readonly contextColumns?: Readonly<Record<string, InteractionColumn>>;
  /** What the schema says text columns of items hold; absent for columns of which it says nothing. */
  readonly itemColumnKinds?: Readonly<Record<string, "categorical" | "text">>;
}

/**
 * The same data with only the interactions that `keep` accepts; users and items keep their indices.
 * @param keep called with the interaction's index and its user's
 */
export function filterInteractions(
  data: TrainingData,
  keep: (interaction: number, user: number) => boolean,
): TrainingData {
  const users = data.userIds.length;
  const offsets = new Int32Array(users + 1);
  const chosen = new Int32Array(data.items.length);
  let count = 0;
  for (let user = 0; user < users; user++) {
    for (let i = data.offsets[user]!; i < data.offsets[user + 1]!; i++) if (keep(i, user)) chosen[count++] = i;
    offsets[user + 1] = count;
  }
  const pick = <T extends Int32Array | Float64Array | Uint16Array | Float32Array>(from: T, to: T): T => {
    for (let k = 0; k < count; k++) to[k] = from[chosen[k]!]!;
    return to;
  };
  return {
    ...data,
    offsets,
    items: pick(data.items, new Int32Array(count)),
    timestamps: pick(data.timestamps, new Float64Array(count)),
    eventTypes: pick(data.eventTypes, new Uint16Array(count)),
    eventValues: pick(data.eventValues, new Float32Array(count)),
    ...(data.weights && { weights: pick(data.weights, new Float32Array(count)) }),
    ...(data.contextColumns && { contextColumns: pickColumns(data.contextColumns, chosen.subarray(0, count)) }),
  };
}

/** The columns' values of some interactions only. */
export function pickColumns(
  columns: Readonly<Record<string, InteractionColumn>>,
  interactions: ArrayLike<number>,
): Record<string, InteractionColumn> {
  const picked = Object.entries(columns).map(([name, { values, texts }]): [string, InteractionColumn] => {
    const array = texts ? new Int32Array(interactions.length) : new Float64Array(interactions.length);
    for (let k = 0; k < array.length; k++) array[k] = values[interactions[k]!]!;
    return [name, { values: array, ...(texts && { texts }) }];
  });
  return Object.fromEntries(picked);
}

/** The context of one interaction as a request would give it, by column; undefined where none is known. */
export function contextAt(data: TrainingData, interaction: number): Record<string, string> | undefined {
  const known = Object.entries(data.contextColumns ?? {}).flatMap(([name, { values, texts }]): [string, string][] => {
    const value = values[interaction]!;
    const text = texts ? texts[value] : Number.isNaN(value) ? undefined : String(value);
    return text === undefined ? [] : [[name, text]];
  });
  return known.length === 0 ? undefined : Object.fromEntries(known);
}
