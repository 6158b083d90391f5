import { invalidArgument } from "@palate/host";
import type { MetadataColumn } from "@palate/proto/recipe";
import type { ActionsView, ReplicaView } from "@palate/recipe";

/**
 * Columns of the items of an answer.
 * @param columns names in upper or lower case; "*" for all
 * @param items replica item indices; -1 for one that the replica does not know
 * @throws PalateError `invalid_argument` on a column that items do not have
 */
export function metadataOf(columns: readonly string[], replica: ReplicaView, items: Int32Array): MetadataColumn[] {
  if (columns.length === 0) return [];
  return namedColumns(columns, "Items", replica.itemColumns).map((name) => ({
    name,
    values: Array.from(items, (item) => (item < 0 ? "" : replica.itemAttribute(item, name))),
  }));
}

/** Columns of the actions of an answer, as {@link metadataOf} gives those of items. */
export function actionMetadataOf(columns: readonly string[], view: ActionsView, actions: Int32Array): MetadataColumn[] {
  if (columns.length === 0) return [];
  return namedColumns(columns, "Actions", view.columns).map((name) => ({
    name,
    values: Array.from(actions, (action) => view.attribute(action, name)),
  }));
}

/** The columns that a request asks for, by their exact names. */
function namedColumns(asked: readonly string[], whose: string, columns: readonly string[]): readonly string[] {
  const names = asked.includes("*") ? columns : asked.map((name) => name.toUpperCase());
  const unknown = names.filter((name) => !columns.includes(name));
  if (unknown.length === 0) return names;
  const known = columns.join(", ") || "none";
  throw invalidArgument(`${whose} have no column ${unknown.join(", ")}; known columns: ${known}.`, [
    { field: "metadata_columns", message: `known: ${known}` },
  ]);
}
