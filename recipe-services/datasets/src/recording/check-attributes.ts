import { DatasetType, type Action, type Item, type User } from "@palate/proto/dataset";
import { NO_RECORDS, type Records } from "../group/commit-queue.js";
import type { Manifest } from "../schema/manifest.js";
import { checkEach, type RecordCheck, type RecordKind } from "./check-records.js";

const ITEMS: RecordKind = {
  type: DatasetType.DATASET_TYPE_ITEMS,
  list: "items",
  fields: { ITEM_ID: "item_id" },
};
const USERS: RecordKind = {
  type: DatasetType.DATASET_TYPE_USERS,
  list: "users",
  fields: { USER_ID: "user_id" },
};
const ACTIONS: RecordKind = {
  type: DatasetType.DATASET_TYPE_ACTIONS,
  list: "actions",
  fields: { ACTION_ID: "action_id" },
};

/** Only the id is to be checked beside the properties. */
function checkIdOf<R>(field: string, idOf: (record: R) => string): RecordCheck<R> {
  return (record, problems) => {
    const id = idOf(record);
    problems.id(field, id, true);
    return { record, bytes: 20 + 2 * id.length };
  };
}

/**
 * Checks the items of a PutItems.
 * @throws PalateError `invalid_argument` with each problem and the index of its record; `failed_precondition` when the
 * group has no Items dataset
 */
export function checkItems(group: string, manifest: Manifest, items: readonly Item[]): Records {
  const check = checkIdOf<Item>("item_id", ({ itemId }) => itemId);
  const { checked, ...rest } = checkEach(group, manifest, ITEMS, items, () => check);
  return { ...NO_RECORDS, items: checked, ...rest };
}

/** Checks the users of a PutUsers; throws as {@link checkItems} does. */
export function checkUsers(group: string, manifest: Manifest, users: readonly User[]): Records {
  const check = checkIdOf<User>("user_id", ({ userId }) => userId);
  const { checked, ...rest } = checkEach(group, manifest, USERS, users, () => check);
  return { ...NO_RECORDS, users: checked, ...rest };
}

/** Checks the actions of a PutActions; throws as {@link checkItems} does. */
export function checkActions(group: string, manifest: Manifest, actions: readonly Action[]): Records {
  const check = checkIdOf<Action>("action_id", ({ actionId }) => actionId);
  const { checked, ...rest } = checkEach(group, manifest, ACTIONS, actions, () => check);
  return { ...NO_RECORDS, actions: checked, ...rest };
}
