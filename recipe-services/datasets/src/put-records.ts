import type { Interaction, Item, User } from "@palate/proto/dataset";
import { DatasetType, type Column } from "@palate/proto/dataset";
import { defaultOf } from "./column-default.js";
import type { Records } from "./commit-queue.js";
import { needDataset, type Manifest } from "./manifest.js";
import {
  checkCount,
  checkId,
  MAX_IMPRESSION,
  NO_RECORDS,
  Problems,
  propertyReader,
  sameDataset,
  sized,
} from "./put-checks.js";
import { timeProblem } from "./unix-time.js";

/** Columns of interactions that have fields of their own in the message. */
const INTERACTION_FIELDS = {
  USER_ID: "user_id",
  ITEM_ID: "item_id",
  TIMESTAMP: "timestamp",
  EVENT_TYPE: "event_type",
  EVENT_VALUE: "event_value",
  RECOMMENDATION_ID: "recommendation_id",
  IMPRESSION: "impression",
} as const;

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
  checkCount(interactions.length, "interactions");
  const dataset = needDataset(manifest, group, DatasetType.DATASET_TYPE_INTERACTIONS);
  const properties = propertyReader(dataset, INTERACTION_FIELDS);
  const needed = dataset.columns.filter((column) => !column.nullable);
  const fallback = (name: string) => {
    const column = dataset.columns.find((candidate) => candidate.name === name);
    return column && defaultOf(column);
  };
  const [eventType, eventValue] = [fallback("EVENT_TYPE"), fallback("EVENT_VALUE")];
  const problems = new Problems();
  let bytes = 0;
  const checked = interactions.map((sent, index) => {
    const where = `interactions[${index}]`;
    const given = { ...sent };
    if (given.eventType === "" && eventType !== undefined) given.eventType = String(eventType);
    if (given.eventValue === undefined && eventValue !== undefined) given.eventValue = Number(eventValue);
    checkInteraction(problems, where, given, needed);
    const read = properties.read(given.properties, (message) => problems.add(`${where}.properties`, message));
    const interaction = { ...given, timestamp: given.timestamp === 0 ? nowSeconds : given.timestamp, properties: read };
    bytes += 40 + 2 * (given.userId.length + given.itemId.length + given.eventId.length + given.sessionId.length);
    bytes += 2 * (read.length + given.impression.reduce((sum, id) => sum + id.length, 0));
    return interaction;
  });
  problems.throwIfAny();
  return { ...NO_RECORDS, interactions: checked, bytes: sized(bytes), check: sameDataset(group, dataset) };
}

function checkInteraction(
  problems: Problems,
  where: string,
  interaction: Interaction,
  needed: readonly Column[],
): void {
  if (interaction.userId === "" && interaction.sessionId === "") {
    problems.add(`${where}.user_id`, "is missing; give user_id, or session_id for an anonymous visitor");
  }
  checkId(problems, `${where}.user_id`, interaction.userId, false);
  checkId(problems, `${where}.session_id`, interaction.sessionId, false);
  checkId(problems, `${where}.item_id`, interaction.itemId, true);
  checkId(problems, `${where}.event_type`, interaction.eventType, false);
  checkId(problems, `${where}.event_id`, interaction.eventId, false);
  checkId(problems, `${where}.recommendation_id`, interaction.recommendationId, false);
  if (interaction.impression.length > MAX_IMPRESSION) {
    problems.add(
      `${where}.impression`,
      `has ${interaction.impression.length} items; at most ${MAX_IMPRESSION} are right`,
    );
  }
  interaction.impression.forEach((id, i) => checkId(problems, `${where}.impression[${i}]`, id, true));
  const time = timeProblem(interaction.timestamp, 0);
  if (time) problems.add(`${where}.timestamp`, time);
  if (interaction.eventValue !== undefined && !Number.isFinite(interaction.eventValue)) {
    problems.add(`${where}.event_value`, `${interaction.eventValue} must be a finite number`);
  }
  const missing = (column: string, field: string) => {
    if (!needed.some((candidate) => candidate.name === column)) return;
    problems.add(`${where}.${field}`, `is missing, and ${column} has no "null" in the schema's type`);
  };
  if (interaction.eventType === "") missing("EVENT_TYPE", "event_type");
  if (interaction.eventValue === undefined) missing("EVENT_VALUE", "event_value");
  if (interaction.recommendationId === "") missing("RECOMMENDATION_ID", "recommendation_id");
  if (interaction.impression.length === 0) missing("IMPRESSION", "impression");
}

/** Checks the items of a PutItems; throws as {@link checkInteractions} does. */
export function checkItems(group: string, manifest: Manifest, items: readonly Item[]): Records {
  checkCount(items.length, "items");
  const dataset = needDataset(manifest, group, DatasetType.DATASET_TYPE_ITEMS);
  const properties = propertyReader(dataset, { ITEM_ID: "item_id" });
  const problems = new Problems();
  let bytes = 0;
  const checked = items.map(({ itemId, properties: json }, index) => {
    checkId(problems, `items[${index}].item_id`, itemId, true);
    const read = properties.read(json, (message) => problems.add(`items[${index}].properties`, message));
    bytes += 20 + 2 * (itemId.length + read.length);
    return { itemId, properties: read };
  });
  problems.throwIfAny();
  return { ...NO_RECORDS, items: checked, bytes: sized(bytes), check: sameDataset(group, dataset) };
}

/** Checks the users of a PutUsers; throws as {@link checkInteractions} does. */
export function checkUsers(group: string, manifest: Manifest, users: readonly User[]): Records {
  checkCount(users.length, "users");
  const dataset = needDataset(manifest, group, DatasetType.DATASET_TYPE_USERS);
  const properties = propertyReader(dataset, { USER_ID: "user_id" });
  const problems = new Problems();
  let bytes = 0;
  const checked = users.map(({ userId, properties: json }, index) => {
    checkId(problems, `users[${index}].user_id`, userId, true);
    const read = properties.read(json, (message) => problems.add(`users[${index}].properties`, message));
    bytes += 20 + 2 * (userId.length + read.length);
    return { userId, properties: read };
  });
  problems.throwIfAny();
  return { ...NO_RECORDS, users: checked, bytes: sized(bytes), check: sameDataset(group, dataset) };
}
