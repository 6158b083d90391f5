import type { Action, ActionInteraction, Column } from "@palate/proto/dataset";
import { DatasetType } from "@palate/proto/dataset";
import type { Records } from "./commit-queue.js";
import { closedValue, rulesOf } from "./dataset-types.js";
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

/** Columns of action interactions that have fields of their own in the message. */
const FIELDS = {
  USER_ID: "user_id",
  ACTION_ID: "action_id",
  TIMESTAMP: "timestamp",
  EVENT_TYPE: "event_type",
  RECOMMENDATION_ID: "recommendation_id",
  IMPRESSION: "impression",
} as const;

/** What may have happened, as it is stored. */
const EVENT_TYPES =
  rulesOf(DatasetType.DATASET_TYPE_ACTION_INTERACTIONS).known.find(({ name }) => name === "EVENT_TYPE")?.values ?? [];

/**
 * Checks the actions of a PutActions.
 * @throws PalateError `invalid_argument` with each problem and the index of its record; `failed_precondition` when the
 * group has no Actions dataset
 */
export function checkActions(group: string, manifest: Manifest, actions: readonly Action[]): Records {
  checkCount(actions.length, "actions");
  const dataset = needDataset(manifest, group, DatasetType.DATASET_TYPE_ACTIONS);
  const properties = propertyReader(dataset, { ACTION_ID: "action_id" });
  const problems = new Problems();
  let bytes = 0;
  const checked = actions.map(({ actionId, properties: json }, index) => {
    checkId(problems, `actions[${index}].action_id`, actionId, true);
    const read = properties.read(json, (message) => problems.add(`actions[${index}].properties`, message));
    bytes += 20 + 2 * (actionId.length + read.length);
    return { actionId, properties: read };
  });
  problems.throwIfAny();
  return { ...NO_RECORDS, actions: checked, bytes: sized(bytes), check: sameDataset(group, dataset) };
}

/**
 * Checks and completes the records of a PutActionInteractions; throws as {@link checkActions} does.
 * @param nowSeconds Unix time that stands in for a timestamp of 0
 */
export function checkActionInteractions(
  group: string,
  manifest: Manifest,
  interactions: readonly ActionInteraction[],
  nowSeconds: number,
): Records {
  checkCount(interactions.length, "action_interactions");
  const dataset = needDataset(manifest, group, DatasetType.DATASET_TYPE_ACTION_INTERACTIONS);
  const properties = propertyReader(dataset, FIELDS);
  const needed = dataset.columns.filter((column) => !column.nullable);
  const problems = new Problems();
  let bytes = 0;
  const checked = interactions.map((given, index) => {
    const where = `action_interactions[${index}]`;
    checkActionInteraction(problems, where, given, needed);
    const read = properties.read(given.properties, (message) => problems.add(`${where}.properties`, message));
    bytes += 40 + 2 * (given.userId.length + given.actionId.length + given.eventId.length + given.sessionId.length);
    bytes += 2 * (read.length + given.impression.reduce((sum, id) => sum + id.length, 0));
    return {
      ...given,
      eventType: closedValue(given.eventType),
      timestamp: given.timestamp === 0 ? nowSeconds : given.timestamp,
      properties: read,
    };
  });
  problems.throwIfAny();
  return { ...NO_RECORDS, actionInteractions: checked, bytes: sized(bytes), check: sameDataset(group, dataset) };
}

function checkActionInteraction(
  problems: Problems,
  where: string,
  given: ActionInteraction,
  needed: readonly Column[],
): void {
  if (given.userId === "" && given.sessionId === "") {
    problems.add(`${where}.user_id`, "is missing; give user_id, or session_id for an anonymous visitor");
  }
  checkId(problems, `${where}.user_id`, given.userId, false);
  checkId(problems, `${where}.session_id`, given.sessionId, false);
  checkId(problems, `${where}.action_id`, given.actionId, true);
  checkId(problems, `${where}.event_id`, given.eventId, false);
  checkId(problems, `${where}.recommendation_id`, given.recommendationId, false);
  if (!EVENT_TYPES.includes(closedValue(given.eventType))) {
    const shown = given.eventType === "" ? "is missing; it" : `is ${JSON.stringify(given.eventType.slice(0, 60))}; it`;
    problems.add(`${where}.event_type`, `${shown} must be one of ${EVENT_TYPES.join(", ")}`);
  }
  if (given.impression.length > MAX_IMPRESSION) {
    problems.add(`${where}.impression`, `has ${given.impression.length} actions; at most ${MAX_IMPRESSION} are right`);
  }
  given.impression.forEach((id, i) => checkId(problems, `${where}.impression[${i}]`, id, true));
  const time = timeProblem(given.timestamp, 0);
  if (time) problems.add(`${where}.timestamp`, time);
  const missing = (column: string, field: string) => {
    if (!needed.some((candidate) => candidate.name === column)) return;
    problems.add(`${where}.${field}`, `is missing, and ${column} has no "null" in the schema's type`);
  };
  if (given.recommendationId === "") missing("RECOMMENDATION_ID", "recommendation_id");
  if (given.impression.length === 0) missing("IMPRESSION", "impression");
}
