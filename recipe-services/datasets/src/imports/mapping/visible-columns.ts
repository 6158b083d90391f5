import { identifier } from "../../storage/duckdb.js";
import type { FileRelation, FileTable } from "../load/file-table.js";

/** The name of a query's column that counts the file's rows from 1. */
export const ROW_NUMBER_NAME = "row_number";

/** A column of a file as a mapping's SQL sees it: typed in typed formats, text in others. */
function visibleValue(file: FileRelation, column: number): string {
  const isText = file.kindOf?.(column) !== undefined;
  return isText ? file.textOf(column) : file.rawOf(column);
}

/**
 * The names by which SQL sees a file's columns: the file's own; "#3" for the third when it has no name, or one that
 * differs from an earlier one's by capitals only.
 */
export function visibleNames({ columns }: Pick<FileTable, "columns">): string[] {
  const taken = new Set<string>();
  return columns.map((column, place) => {
    const name = column.trim();
    const key = name.toLowerCase();
    if (name === "" || taken.has(key)) return `#${place + 1}`;
    taken.add(key);
    return name;
  });
}

/** SELECT items that give columns their visible names. */
export function visibleColumns(table: FileTable, file: FileRelation, places: readonly number[]): string[] {
  const names = visibleNames(table);
  return places.map((place) => `${visibleValue(file, place)} AS ${identifier(names[place]!)}`);
}
