import { idLengthProblem } from "@palate/host";
import { DatasetType, type ActionInteraction, type Interaction } from "@palate/proto/dataset";
import { NO_RECORDS, type Records } from "../group/commit-queue.js";
import { defaultOf } from "../schema/column-default.js";
import { closedValue, rulesOf } from "../schema/dataset-types.js";
import type { DatasetEntry, Manifest } from "../schema/manifest.js";
import { timeProblem } from "../schema/unix-time.js";
import { checkEach, type RecordCheck, type RecordKind, type RecordProblems } from "./check-records.js";

/** Most items or actions of an impression. */
const MAX_IMPRESSION = 1_000;

const INTERACTIONS: RecordKind = {
  type: DatasetType.DATASET_TYPE_INTERACTIONS,
  list: "interactions",
  fields: {
    USER_ID: "user_id",
    ITEM_ID: "item_id",
    TIMESTAMP: "timestamp",
    EVENT_TYPE: "event_type",
    EVENT_VALUE: "event_value",
    RECOMMENDATION_ID: "recommendation_id",
    IMPRESSION: "impression",
  },
};
const ACTION_INTERACTIONS: RecordKind = {
  type: DatasetType.DATASET_TYPE_ACTION_INTERACTIONS,
  list: "action_interactions",
  fields: {
    USER_ID: "user_id",
    ACTION_ID: "action_id",
    TIMESTAMP: "timestamp",
    EVENT_TYPE: "event_type",
    RECOMMENDATION_ID: "recommendation_id",
    IMPRESSION: "impression",
  },
};

/** What may have happened to an action, as it is stored. */
const ACTION_EVENT_TYPES =
  rulesOf(DatasetType.DATASET_TYPE_ACTION_INTERACTIONS).known.find(({ name }) => name === "EVENT_TYPE")?.values ?? [];

/**
 * Checks and completes the interactions of a PutEvents.
 * @param nowSeconds Unix time that stands in for a timestamp of 0
 * @throws PalateError `invalid_argument` with each problem and the index of its record; `failed_precondition` when the
 * group has no Interactions dataset
 */
export function checkInteractions(
  group: string,
  manifest: Manifest,
  interactions: readonly Interaction[],
  nowSeconds: number,
): Records {
  const { checked, ...rest } = checkEach(group, manifest, INTERACTIONS, interactions, (dataset) =>
    interactionCheck(dataset, nowSeconds),
  );
  return { ...NO_RECORDS, interactions: checked, ...rest };
}

function interactionCheck(dataset: DatasetEntry, nowSeconds: number): RecordCheck<Interaction> {
  const needed = neededColumns(dataset);
  const fallback = (name: string) => {
    const column = dataset.columns.find((candidate) => candidate.name === name);
    return column && defaultOf(column);
  };
  const [eventType, eventValue] = [fallback("EVENT_TYPE"), fallback("EVENT_VALUE")];
  return (sent, problems) => {
    const given = { ...sent };
    if (given.eventType === "" && eventType !== undefined) given.eventType = String(eventType);
    if (given.eventValue === undefined && eventValue !== undefined) given.eventValue = Number(eventValue);
    const bytes = checkEvent(given, "item", given.itemId, needed, problems);
    const typeProblem = given.eventType === "" ? undefined : eventTypeProblem(given.eventType);
    if (typeProblem !== undefined) problems.add("event_type", typeProblem);
    if (given.eventValue !== undefined && !Number.isFinite(given.eventValue)) {
      problems.add("event_value", `${given.eventValue} must be a finite number`);
    }
    if (given.eventType === "") checkNeeded("EVENT_TYPE", "event_type", needed, problems);
    if (given.eventValue === undefined) checkNeeded("EVENT_VALUE", "event_value", needed, problems);
    if (given.timestamp === 0) given.timestamp = nowSeconds;
    return { record: given, bytes };
  };
}

/** A type is a text like any other, as short as an id. */
function eventTypeProblem(type: string): string | undefined {
  return type.includes("\0") ? "has a NUL character, which no text may have" : idLengthProblem(type);
}

/** Checks and completes the records of a PutActionInteractions; takes and throws what {@link checkInteractions} does. */
export function checkActionInteractions(
  group: string,
  manifest: Manifest,
  interactions: readonly ActionInteraction[],
  nowSeconds: number,
): Records {
  const { checked, ...rest } = checkEach(group, manifest, ACTION_INTERACTIONS, interactions, (dataset) =>
    actionInteractionCheck(dataset, nowSeconds),
  );
  return { ...NO_RECORDS, actionInteractions: checked, ...rest };
}

function actionInteractionCheck(dataset: DatasetEntry, nowSeconds: number): RecordCheck<ActionInteraction> {
  const needed = neededColumns(dataset);
  return (sent, problems) => {
    const given = { ...sent, eventType: closedValue(sent.eventType) };
    const bytes = checkEvent(given, "action", given.actionId, needed, problems);
    if (!ACTION_EVENT_TYPES.includes(given.eventType)) {
      const shown = sent.eventType === "" ? "is missing; it" : `is ${JSON.stringify(sent.eventType.slice(0, 60))}; it`;
      problems.add("event_type", `${shown} must be one of ${ACTION_EVENT_TYPES.join(", ")}`);
    }
    if (given.timestamp === 0) given.timestamp = nowSeconds;
    return { record: given, bytes };
  };
}

/**
 * Checks what every event has.
 * @param about what the event is about
 * @param target the id of that
 * @returns the bytes of its ids and its impression, about
 */
function checkEvent(
  event: Interaction | ActionInteraction,
  about: "item" | "action",
  target: string,
  needed: ReadonlySet<string>,
  problems: RecordProblems,
): number {
  const { userId, sessionId, eventId, recommendationId, impression, timestamp } = event;
  if (userId === "" && sessionId === "") {
    problems.add("user_id", "is missing; give user_id, or session_id for an anonymous visitor");
  }
  problems.id("user_id", userId, false);
  problems.id("session_id", sessionId, false);
  problems.id(`${about}_id`, target, true);
  problems.id("event_id", eventId, false);
  problems.id("recommendation_id", recommendationId, false);
  if (impression.length > MAX_IMPRESSION) {
    problems.add("impression", `has ${impression.length} ${about}s; at most ${MAX_IMPRESSION} are right`);
  }
  impression.forEach((id, i) => problems.id(`impression[${i}]`, id, true));
  const time = timeProblem(timestamp, 0);
  if (time) problems.add("timestamp", time);
  if (recommendationId === "") checkNeeded("RECOMMENDATION_ID", "recommendation_id", needed, problems);
  if (impression.length === 0) checkNeeded("IMPRESSION", "impression", needed, problems);
  const ids = userId.length + target.length + eventId.length + sessionId.length;
  return 40 + 2 * (ids + impression.reduce((sum, id) => sum + id.length, 0));
}

function neededColumns(dataset: DatasetEntry): ReadonlySet<string> {
  return new Set(dataset.columns.filter((column) => !column.nullable).map((column) => column.name));
}

/** Finds fault with a field that is empty when its column may not be. */
function checkNeeded(column: string, field: string, needed: ReadonlySet<string>, problems: RecordProblems): void {
  if (needed.has(column)) problems.add(field, `is missing, and ${column} has no "null" in the schema's type`);
}
