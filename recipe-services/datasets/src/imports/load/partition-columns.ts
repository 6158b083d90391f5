import { VARCHAR } from "@duckdb/node-api";
import { columnKey } from "../../schema/column-name.js";
import { literal } from "../../storage/duckdb.js";
import { partitionValue } from "../sources/partition-folders.js";
import { FileRefused, problemAt } from "../staging/file-problem.js";
import type { FileRelation, FileTable } from "./file-table.js";

/**
 * A file with further columns: the keys of its `key=value` folders, whose values are the same in all rows.
 * @param keys the mapping's partition keys
 * @param folders the folders that the file lies in
 * @throws FileRefused when the file has such a column itself, or lies in no folder of that key
 */
export function withPartitionKeys(
  label: string,
  table: FileTable,
  keys: readonly string[],
  folders: readonly string[],
): FileTable {
  if (keys.length === 0) return table;
  const refuse = (line: number, key: string, message: string) =>
    new FileRefused(label, [problemAt(line, key, "", message)]);
  const values = keys.map((key) => {
    const value = partitionValue(folders, key);
    if (value === undefined) {
      throw refuse(
        0,
        key,
        "is one of the mapping's partition_keys, but the file lies in no folder of that name and a value",
      );
    }
    const own = table.columns.find((name) => columnKey(name.trim()) === columnKey(key));
    if (own !== undefined) {
      const message = `is a column of the file ("${own.slice(0, 100)}") and the key of its folder ("${value ?? "no value"}"); take it out of the file, or out of the mapping's partition_keys`;
      throw refuse(table.line, key, message);
    }
    return value === null ? "NULL::VARCHAR" : `${literal(value)}::VARCHAR`;
  });
  const width = table.columns.length;
  const withValues = (file: FileRelation): FileRelation => ({
    ...file,
    textOf: (column) => values[column - width] ?? file.textOf(column),
    rawOf: (column) => values[column - width] ?? file.rawOf(column),
    typeOf: (column) => (column < width ? file.typeOf(column) : VARCHAR),
  });
  return {
    ...table,
    columns: [...table.columns, ...keys],
    load: (used, select, options) =>
      table.load(
        used.filter((column) => column < width),
        (file) => select(withValues(file)),
        options,
      ),
  };
}
