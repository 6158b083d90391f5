import { weighEvents } from "./event-weights.js";
import { filterInteractions, type TrainingData } from "./training-data.js";

/** What users turned down, by convention; upper and lower case are the same. */
const NEGATIVE_EVENT_TYPES: readonly string[] = ["dislike", "hide"];

/** Event types after which a user is not shown an item any more, unless a campaign says otherwise. */
export const HIDING_EVENT_TYPES: readonly string[] = ["hide"];

/** Whether events of a type say that a user turned an item down. */
export function isNegativeEvent(eventType: string): boolean {
  return eventType !== "" && NEGATIVE_EVENT_TYPES.includes(eventType.toLowerCase());
}

/** The type of events that take back those of another: "unhide" takes back "hide". */
export function takingBack(eventType: string): string {
  return `un${eventType}`;
}

/** What {@link takingBack} yields for negative events: neither for an item nor against it. */
export function isTakenBack(eventType: string): boolean {
  return NEGATIVE_EVENT_TYPES.some((negative) => takingBack(negative) === eventType.toLowerCase());
}

/**
 * Training data in which what users turned down counts against its items: with weight -1 where the recipe weighs events,
 * else not at all. The same data where nobody turned anything down.
 * @param weighs whether the recipe learns from weights
 */
export function withNegativeEvents(data: TrainingData, weighs: boolean): TrainingData {
  const { eventTypeNames, eventTypes } = data;
  const against = eventTypeNames.map((name) => isNegativeEvent(name) || isTakenBack(name));
  if (!against.includes(true)) return data;
  if (!weighs) return filterInteractions(data, (i) => !against[eventTypes[i]!]!);
  const weightOf = (name: string): number => (isNegativeEvent(name) ? -1 : isTakenBack(name) ? 0 : 1);
  return weighEvents(
    data,
    eventTypeNames.map((eventType) => ({ eventType, eventValueThreshold: null, weight: weightOf(eventType) })),
  );
}
