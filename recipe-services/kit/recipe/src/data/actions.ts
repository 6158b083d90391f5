import type { AttributeColumn } from "./attribute-column.js";

/** What a user can do about an action; the numbers are those that events carry. */
export const Outcome = { VIEWED: 0, NOT_TAKEN: 1, TAKEN: 2 } as const;

/** One of {@link Outcome}. */
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

/** Names of outcomes as EVENT_TYPE has them, by number. */
export const OUTCOME_NAMES = ["VIEWED", "NOT_TAKEN", "TAKEN"] as const;

/** The number of an EVENT_TYPE ("TAKEN", "Not Taken", …), or -1 when it is none of them. */
export function outcomeNamed(eventType: string): Outcome | -1 {
  const name = eventType.trim().toUpperCase().replace(/[ -]/g, "_");
  return (OUTCOME_NAMES as readonly string[]).indexOf(name) as Outcome | -1;
}

/** An action and an outcome in one number, so that a history needs only one array for both. */
export function actionEvent(action: number, outcome: Outcome): number {
  return action * 4 + outcome;
}

/** The action of an event. */
export function actionOf(event: number): number {
  return event >> 2;
}

/** What was done about it. */
export function outcomeOf(event: number): Outcome {
  return (event & 3) as Outcome;
}

/** What a user did about actions, oldest first; equal timestamps keep their order of arrival. */
export interface ActionHistory {
  /** Actions with outcomes; see {@link actionEvent}. */
  readonly events: Int32Array;
  /** Unix times in seconds. */
  readonly timestamps: Float64Array;
}

/** The actions of a dataset group, and what users did about them, as recipes train on them. */
export interface ActionData {
  /** External id of each action index. Holds every action that was interacted with or is in the Actions dataset. */
  readonly actionIds: readonly string[];
  /** Action columns by name, aligned with `actionIds`. */
  readonly attributes: Readonly<Record<string, AttributeColumn>>;
  /** Row bounds: user u's events are [offsets[u], offsets[u + 1]). Length users + 1. */
  readonly offsets: Int32Array;
  /** Action with outcome of each event; see {@link actionEvent}. */
  readonly events: Int32Array;
  /** Unix time in seconds of each event. */
  readonly timestamps: Float64Array;
}

/** What serving sees of a dataset group's actions: live, with indices that never change. */
export interface ActionsView {
  /** Actions known, by interaction or by the Actions dataset. */
  readonly count: number;
  /** Index of an action, or -1. */
  indexOf(actionId: string): number;
  /** External id of an action index. */
  idOf(action: number): string;
  /** Names of the action columns. */
  readonly columns: readonly string[];
  /** Value of a column as text; empty where there is none. */
  attribute(action: number, column: string): string;
  /** Grows with every change to an action's columns and with every new action; a key for caches. */
  readonly version: number;
  /** What a user did; empty for index -1. The arrays are views: read them before the next event arrives. */
  history(user: number): ActionHistory;
  /** How often each event occurred, by {@link actionEvent}; length at least 4 · `count`, live. */
  readonly occurrences: Int32Array;
}

/** How many leading entries of ascending timestamps are not after a given time. */
export function countUntil(timestamps: Float64Array, moment: number): number {
  let low = 0;
  let high = timestamps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timestamps[middle]! <= moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

const NOTHING: ActionHistory = { events: new Int32Array(0), timestamps: new Float64Array(0) };

/** How often each event occurs. */
export function countOccurrences(events: Int32Array, actionCount: number): Int32Array {
  const counts = new Int32Array(4 * actionCount);
  for (const event of events) counts[event]!++;
  return counts;
}

/** Actions that never change, made from training data: what a model is measured against. */
export function actionsViewOf({ actionIds, attributes, offsets, events, timestamps }: ActionData): ActionsView {
  const indices = new Map(actionIds.map((id, index) => [id, index]));
  return {
    count: actionIds.length,
    indexOf: (id) => indices.get(id) ?? -1,
    idOf: (action) => actionIds[action] ?? "",
    columns: Object.keys(attributes),
    attribute: (action, column) => String(attributes[column]?.[action] ?? ""),
    version: 1,
    history: (user) => {
      if (user < 0 || user + 1 >= offsets.length) return NOTHING;
      const [begin, end] = [offsets[user]!, offsets[user + 1]!];
      return { events: events.subarray(begin, end), timestamps: timestamps.subarray(begin, end) };
    },
    occurrences: countOccurrences(events, actionIds.length),
  };
}

/** The same data with only the events that `keep` accepts, by their index; users and actions keep their indices. */
export function filterActionEvents(data: ActionData, keep: (event: number) => boolean): ActionData {
  const chosen: number[] = [];
  const offsets = new Int32Array(data.offsets.length);
  for (let user = 0; user + 1 < offsets.length; user++) {
    for (let i = data.offsets[user]!; i < data.offsets[user + 1]!; i++) if (keep(i)) chosen.push(i);
    offsets[user + 1] = chosen.length;
  }
  return {
    ...data,
    offsets,
    events: Int32Array.from(chosen, (i) => data.events[i]!),
    timestamps: Float64Array.from(chosen, (i) => data.timestamps[i]!),
  };
}
