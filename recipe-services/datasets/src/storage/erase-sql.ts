import { DatasetType, DeletionKind } from "@palate/proto/dataset";
import { EVENT_DATASETS } from "../schema/dataset-types.js";
import { SESSION_ID_COLUMN } from "../schema/internal-columns.js";
import type { DataFile, Erasure } from "../schema/manifest.js";
import { identifier } from "./duckdb.js";
import { ErasedIds } from "./erased-ids.js";

/** Datasets that hold rows of users, and of items. */
const HOLDERS: Readonly<Record<number, readonly DatasetType[]>> = {
  [DeletionKind.DELETION_KIND_USERS]: [
    DatasetType.DATASET_TYPE_USERS,
    DatasetType.DATASET_TYPE_INTERACTIONS,
    DatasetType.DATASET_TYPE_ACTION_INTERACTIONS,
  ],
  [DeletionKind.DELETION_KIND_ITEMS]: [DatasetType.DATASET_TYPE_ITEMS, DatasetType.DATASET_TYPE_INTERACTIONS],
};

/** Whether a dataset may hold rows that a deletion of a kind removes. */
export function holdsRowsOf(kind: DeletionKind, type: DatasetType): boolean {
  return HOLDERS[kind]?.includes(type) ?? false;
}

/** How rows came into a file: in streamed ones sessions stand beside users, in exported ones in their place. */
export type Origin = DataFile["kind"] | "exported";

/**
 * The SQL that tells whether a stored row of a dataset is to go.
 * @param joined see {@link ErasedIds.test}
 */
export function isErased(erased: ErasedIds, type: DatasetType, origin: Origin, joined = false): string {
  if (!holdsRowsOf(erased.kind, type)) return "false";
  if (erased.kind === DeletionKind.DELETION_KIND_ITEMS) return erased.test(`"ITEM_ID"`, joined);
  if (origin === "exported") return erased.testSession(`"USER_ID"`, joined);
  const user = erased.test(`"USER_ID"`, joined);
  if (origin !== "streamed" || !EVENT_DATASETS.includes(type)) return user;
  const session = erased.testSession(identifier(SESSION_ID_COLUMN), joined);
  return `CASE WHEN "USER_ID" IS NULL THEN ${session} ELSE ${user} END`;
}

/** Those deletions whose rows a file may still have. */
function erasuresIn(file: Pick<DataFile, "arrived">, erasures: readonly Erasure[]): readonly Erasure[] {
  return erasures.filter((erasure) => file.arrived < erasure.at);
}

/** The SQL, beginning with " WHERE", that leaves deleted rows of a data file out; empty when it can have none. */
export function whereLiving(
  file: Pick<DataFile, "arrived" | "kind">,
  type: DatasetType,
  erasures: readonly Erasure[],
): string {
  const tests = erasuresIn(file, erasures)
    .filter(({ kind }) => holdsRowsOf(kind, type))
    .map((erasure) => `NOT (${isErased(new ErasedIds(erasure), type, file.kind)})`);
  return tests.length === 0 ? "" : ` WHERE ${tests.join(" AND ")}`;
}

/** The SQL of a column of impressions, ids joined by "|", without deleted items. */
export function impressionWithout(
  column: string,
  erasures: readonly Erasure[],
  file: Pick<DataFile, "arrived">,
): string {
  const items = erasuresIn(file, erasures).filter(({ kind }) => kind === DeletionKind.DELETION_KIND_ITEMS);
  return items.reduce((sql, erasure) => withoutMentions(sql, new ErasedIds(erasure)), column);
}

/** The SQL of ids joined by "|" without deleted ones; null when none is left. */
export function withoutMentions(column: string, erased: ErasedIds): string {
  const living = `list_filter(string_split(${column}, '|'), lambda one: NOT ${erased.test("one")})`;
  return `nullif(array_to_string(${living}, '|'), '')`;
}

/** The SQL that tells whether ids joined by "|" have a deleted one among them. */
export function mentions(column: string, erased: ErasedIds): string {
  const found = `list_filter(string_split(${column}, '|'), lambda one: ${erased.test("one")})`;
  return `coalesce(len(${found}) > 0, false)`;
}
