import type { DuckDBConnection } from "@duckdb/node-api";
import { countRows, execute, identifier } from "../../storage/duckdb.js";
import { STAGED_TABLE, type FileTable, type LoadedRows } from "./file-table.js";

/** A file whose columns have types, as SQL. */
interface TypedFile {
  /** What stands behind FROM. */
  readonly rows: string;
  /** The same with the rows' numbers, from 0, in a further column. */
  readonly numberedRows: string;
  /** That column's name. */
  readonly rowNumber: string;
  /** The columns' names, where the file calls them otherwise than the SQL. */
  readonly names?: readonly string[];
}

/** Opens a file whose columns have types. It has no lines: its rows are counted from 1. */
export async function openTyped(connection: DuckDBConnection, file: TypedFile): Promise<FileTable> {
  const described = await connection.runAndReadAll(`SELECT * FROM ${file.rows} LIMIT 0`);
  const columns = described.columnNames();
  const types = described.columnTypes();
  return {
    columns: file.names ?? columns,
    line: 0,
    async load(_used, select, options): Promise<LoadedRows> {
      const sql = await select({
        relation: options?.numbered ? file.numberedRows : file.rows,
        rowNumber: file.rowNumber,
        textOf: (column) => `nullif(${identifier(columns[column]!)}::VARCHAR, '')`,
        rawOf: (column) => identifier(columns[column]!),
        typeOf: (column) => types[column]!,
      });
      await execute(connection, `CREATE TABLE ${STAGED_TABLE} AS ${sql}`);
      return { rows: await countRows(connection, STAGED_TABLE), broken: [], brokenRows: 0, lines: countedFromOne };
    },
  };
}

async function countedFromOne(rows: readonly number[]): Promise<Map<number, number>> {
  return new Map(rows.map((row) => [row, row + 1]));
}
