import { failedPrecondition, invalidArgument, type Violation } from "@palate/kit/errors";
import type { Interaction, Item, User } from "@palate/proto/dataset";
import { DatasetType, type Column } from "@palate/proto/dataset";
import { tooLarge, type Records } from "./commit-queue.js";
import { MAX_ID_LENGTH, rulesOf } from "./dataset-types.js";
import { needDataset, type DatasetEntry, type Manifest } from "./manifest.js";
import { PropertyReader } from "./properties.js";
import { timeProblem } from "./unix-time.js";

/** Most records of one request. */
export const MAX_RECORDS = 10_000;

/** Most bytes of one request: it becomes part of one document, which holds 16 MB. */
const MAX_BYTES = 12 * 1024 * 1024;

/** Most items of an impression. */
const MAX_IMPRESSION = 1_000;

/** Problems listed in full; the message says how many there are. */
const MAX_VIOLATIONS = 100;

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

/** Gathers what is wrong with the records of a request. */
class Problems {
  readonly #list: Violation[] = [];
  #count = 0;

  add(field: string, message: string): void {
    this.#count++;
    if (this.#list.length < MAX_VIOLATIONS) this.#list.push({ field, message });
  }

  /** Throws when there are any; nothing of the request is then recorded. */
  throwIfAny(): void {
    const [first] = this.#list;
    if (first === undefined) return;
    const more = this.#count > 1 ? ` And ${this.#count - 1} more problem(s).` : "";
    throw invalidArgument(`${first.field}: ${first.message}.${more} Nothing was recorded.`, this.#list);
  }
}

/** Checks an id of a record. */
function checkId(problems: Problems, where: string, id: string, needed: boolean): void {
  if (needed && id === "") problems.add(where, "is missing");
  else if (id.length > MAX_ID_LENGTH) {
    problems.add(where, `has ${id.length} characters; at most ${MAX_ID_LENGTH} are right`);
  }
}

function checkCount(count: number, what: string): void {
  if (count >= 1 && count <= MAX_RECORDS) return;
  throw invalidArgument(`${what} holds ${count} records; 1 to ${MAX_RECORDS} are right.`, [
    { field: what, message: `must hold 1 to ${MAX_RECORDS} records` },
  ]);
}

function sized(bytes: number): number {
  if (bytes > MAX_BYTES) throw tooLarge(bytes, MAX_BYTES);
  return bytes;
}

/** Refuses records whose dataset was deleted, or made anew with other columns, after they were checked. */
function sameDataset(group: string, dataset: DatasetEntry): (manifest: Manifest) => void {
  return (manifest) => {
    const now = needDataset(manifest, group, dataset.type);
    if (now.createdSequence === dataset.createdSequence) return;
    throw failedPrecondition(
      `The ${rulesOf(dataset.type).label} dataset of "${group}" was made anew meanwhile; send again.`,
    );
  };
}

function propertyReader(dataset: DatasetEntry, fields: Readonly<Record<string, string>>): PropertyReader {
  const columns = dataset.columns.filter((column) => !(column.name in fields));
  const { timeColumns, earliestTime } = rulesOf(dataset.type);
  return new PropertyReader(columns, fields, timeColumns, earliestTime);
}

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
  const problems = new Problems();
  let bytes = 0;
  const checked = interactions.map((given, index) => {
    const where = `interactions[${index}]`;
    checkInteraction(problems, where, given, needed);
    const read = properties.read(given.properties, (message) => problems.add(`${where}.properties`, message));
    const interaction = { ...given, timestamp: given.timestamp === 0 ? nowSeconds : given.timestamp, properties: read };
    bytes += 40 + 2 * (given.userId.length + given.itemId.length + given.eventId.length + given.sessionId.length);
    bytes += 2 * (read.length + given.impression.reduce((sum, id) => sum + id.length, 0));
    return interaction;
  });
  problems.throwIfAny();
  return { interactions: checked, items: [], users: [], bytes: sized(bytes), check: sameDataset(group, dataset) };
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
  return { interactions: [], items: checked, users: [], bytes: sized(bytes), check: sameDataset(group, dataset) };
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
  return { interactions: [], items: [], users: checked, bytes: sized(bytes), check: sameDataset(group, dataset) };
}
