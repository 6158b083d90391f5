import type { Column } from "@palate/proto/dataset";

/** What stands in for a column in rows that do not have it; undefined when that is null. */
export function defaultOf(column: Column): string | number | boolean | undefined {
  return column.defaultValue === undefined ? undefined : (JSON.parse(column.defaultValue) as string | number | boolean);
}
