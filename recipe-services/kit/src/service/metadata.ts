import type { MetadataColumn } from "@palate/proto/recipe";
import { invalidArgument } from "../errors/index.js";
import type { ReplicaView } from "../recipe/index.js";

/**
 * Columns of the items of an answer.
 * @param columns names in any case; "*" for all
 * @param items replica item indices; -1 for one that the replica does not know
 * @throws PalateError `invalid_argument` on a column that items do not have
 */
export function metadataOf(columns: readonly string[], replica: ReplicaView, items: Int32Array): MetadataColumn[] {
  if (columns.length === 0) return [];
  const names = columns.includes("*") ? replica.itemColumns : columns.map((name) => name.toUpperCase());
  const unknown = names.filter((name) => !replica.itemColumns.includes(name));
  if (unknown.length > 0) {
    const known = replica.itemColumns.join(", ") || "none";
    throw invalidArgument(`Items have no column ${unknown.join(", ")}; known columns: ${known}.`, [
      { field: "metadata_columns", message: `known: ${known}` },
    ]);
  }
  return names.map((name) => ({
    name,
    values: Array.from(items, (item) => (item < 0 ? "" : replica.itemAttribute(item, name))),
  }));
}
