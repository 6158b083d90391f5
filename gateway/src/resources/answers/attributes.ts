import type { MetadataColumn } from "@palate/proto/recipe";
import type { NameValue } from "../common/name-value.js";

/**
 * What the columns of an answer say of one of its rows.
 * @returns columns without a value left out
 */
export function attributesIn(columns: readonly MetadataColumn[], row: number): NameValue[] {
  return columns
    .filter((column) => column.values[row])
    .map((column) => ({ name: column.name, value: column.values[row] ?? "" }));
}

/** What one column of an answer says of a row; null where it says nothing, or the answer has no such column. */
export function attributeIn(columns: readonly MetadataColumn[], row: number, name: string): string | null {
  return columns.find((column) => column.name === name)?.values[row] || null;
}
