import type { InteractionColumn, TrainingData } from "@palate/recipe";
import { columnCode, countValues, type ValueCounts } from "./coded-column.js";
import { ContextRows, NO_CONTEXT, type ContextLayout } from "./position-context.js";
import type { Sequences } from "./sequences.js";

/** What of the data the network is to be told beside items and times. */
export interface ContextWishes {
  /** What users did. */
  readonly eventTypes: boolean;
  /** The metadata of users. */
  readonly users: boolean;
  /** The context of interactions, which requests may give. */
  readonly requests: boolean;
}

/** Share of the interactions that an event type, or a value of a context column, must have, and how many at least. */
const MIN_SHARE = 0.0005;
const MIN_INTERACTIONS = 30;
/** Share of the users that a value of their metadata must be said of, and how many at least. */
const MIN_USER_SHARE = 0.0005;
const MIN_USERS = 10;
/** Most values of one column, and event types. */
const MAX_VALUES = 500;

/**
 * Decides what the network is told beside items and times: event types, where there are two or more that are frequent, and
 * the values of users' metadata and of interactions' context that are frequent enough to learn something about them.
 * @returns a layout without gaps; {@link NO_CONTEXT} where the data says nothing
 */
export function contextLayoutOf(data: TrainingData, { eventTypes, users, requests }: ContextWishes): ContextLayout {
  const { items, userIds, userAttributes, contextColumns = {} } = data;
  const enough = { least: Math.max(MIN_INTERACTIONS, MIN_SHARE * items.length), most: MAX_VALUES };
  const enoughUsers = { least: Math.max(MIN_USERS, MIN_USER_SHARE * userIds.length), most: MAX_VALUES };
  const types = eventTypes ? frequentTypes(data, enough.least) : [];
  const ofUsers = users
    ? Object.entries(userAttributes).flatMap(
        ([name, column]) => columnCode(name, countValues(column), enoughUsers) ?? [],
      )
    : [];
  const ofRequests = requests
    ? Object.entries(contextColumns).flatMap(([name, column]) => columnCode(name, countsOf(column), enough) ?? [])
    : [];
  return {
    ...NO_CONTEXT,
    ...(types.length > 1 && { eventTypes: types }),
    ...(ofUsers.length > 0 && { user: ofUsers }),
    ...(ofRequests.length > 0 && { request: ofRequests }),
  };
}

/** What the layout tells about each interaction and user of the data. */
export function contextOfData(
  data: TrainingData,
  layout: ContextLayout,
): Pick<Sequences, "eventTypes" | "requests" | "users"> {
  const rows = new ContextRows(layout);
  const places = data.eventTypeNames.map((name) => rows.eventType(name));
  return {
    ...(layout.eventTypes && { eventTypes: Int16Array.from(data.eventTypes, (type) => places[type]!) }),
    ...(layout.request && { requests: requestsOf(data, rows) }),
    ...(layout.user && { users: usersOf(data, rows) }),
  };
}

/** Event types that are frequent enough, in lower case, the most frequent first. */
function frequentTypes({ eventTypes, eventTypeNames }: TrainingData, least: number): string[] {
  const ofPlace = new Int32Array(eventTypeNames.length);
  for (const type of eventTypes) ofPlace[type]!++;
  const counts = new Map<string, number>();
  eventTypeNames.forEach((name, type) => {
    const key = name.toLowerCase();
    if (key !== "") counts.set(key, (counts.get(key) ?? 0) + ofPlace[type]!);
  });
  const frequent = [...counts].filter(([, count]) => count >= least);
  frequent.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return frequent.slice(0, MAX_VALUES).map(([name]) => name);
}

function countsOf({ values, texts }: InteractionColumn): ValueCounts {
  const counts = new Map<number, number>();
  for (let i = 0; i < values.length; i++) counts.set(values[i]!, (counts.get(values[i]!) ?? 0) + 1);
  counts.delete(texts ? -1 : NaN);
  const known = texts ? new Map([...counts].map(([place, count]) => [texts[place]!, count])) : counts;
  return { counts: known, rows: values.length };
}

function requestsOf({ items, contextColumns = {} }: TrainingData, { request }: ContextRows): Int16Array {
  const { slots } = request;
  const requests = new Int16Array(items.length * slots);
  let first = 0;
  for (const column of request.columns) {
    const { values, texts } = contextColumns[column.name]!;
    // A text is read once, however often it occurs; the last one stands for none.
    const read = new Int16Array(column.slots * ((texts?.length ?? 0) + 1));
    [...(texts ?? []), null].forEach((text, at) => column.read(text, read, at * column.slots));
    for (let i = 0; i < items.length; i++) {
      const value = values[i]!;
      const at = i * slots + first;
      if (!texts) column.read(value, requests, at);
      else {
        const from = value < 0 ? texts.length : value;
        for (let k = 0; k < column.slots; k++) requests[at + k] = read[from * column.slots + k]!;
      }
    }
    first += column.slots;
  }
  return requests;
}

function usersOf({ userIds, userAttributes }: TrainingData, { user }: ContextRows): Int16Array {
  const users = new Int16Array(userIds.length * user.slots);
  for (let at = 0; at < userIds.length; at++) {
    user.read((name) => userAttributes[name]?.[at], users, at * user.slots);
  }
  return users;
}
