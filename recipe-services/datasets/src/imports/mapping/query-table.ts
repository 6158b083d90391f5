import type { DuckDBConnection } from "@duckdb/node-api";
import { countRows, execute, identifier } from "../../storage/duckdb.js";
import { QUERY_TABLE, STAGED_TABLE, type FileTable, type LoadedRows } from "../load/file-table.js";
import { FileRefused } from "../staging/file-problem.js";
import { FILE_TABLE } from "./sandbox.js";
import { sqlProblem } from "./sql-errors.js";
import { ROW_NUMBER_NAME, visibleColumns, visibleNames } from "./visible-columns.js";

/**
 * What a mapping's query makes of an opened file, as a file of its own. The query has been checked.
 * @throws FileRefused when DuckDB cannot run it over this file
 */
export async function openQuery(
  connection: DuckDBConnection,
  label: string,
  table: FileTable,
  sql: string,
): Promise<FileTable> {
  const places = table.columns.map((_, place) => place);
  const counts = visibleNames(table).some((name) => name.toLowerCase() === ROW_NUMBER_NAME);
  const read = await table
    .load(
      places,
      (file) => {
        const row = counts ? [] : [`${file.rowNumber} + 1 AS ${ROW_NUMBER_NAME}`];
        const list = [...visibleColumns(table, file, places), ...row].join(", ");
        return `WITH ${FILE_TABLE} AS (SELECT ${list} FROM ${file.relation}) SELECT * FROM (\n${sql}\n)`;
      },
      { numbered: true },
    )
    .catch((thrown: unknown) => {
      const problem = sqlProblem(thrown, [{ field: "sql", text: sql }]);
      throw problem === undefined ? thrown : new FileRefused(label, [problem]);
    });
  await execute(connection, `ALTER TABLE ${STAGED_TABLE} RENAME TO ${QUERY_TABLE}`);
  return queryTable(connection, read);
}

async function queryTable(connection: DuckDBConnection, read: LoadedRows): Promise<FileTable> {
  const described = await connection.runAndReadAll(`SELECT * FROM ${QUERY_TABLE} LIMIT 0`);
  const names = described.columnNames();
  const types = described.columnTypes();
  const row = names.findIndex((name) => name.toLowerCase() === ROW_NUMBER_NAME);
  // The row's number says where a row comes from, and is no data.
  const places = names.flatMap((_, place) => (place === row ? [] : [place]));
  const nameOf = (column: number) => identifier(names[places[column]!]!);
  return {
    columns: places.map((place) => names[place]!),
    line: 0,
    async load(_used, select): Promise<LoadedRows> {
      const made = await select({
        relation: QUERY_TABLE,
        rowNumber: row === -1 ? "NULL::BIGINT" : `TRY_CAST(${identifier(names[row]!)} AS BIGINT) - 1`,
        textOf: (column) => `nullif(${nameOf(column)}::VARCHAR, '')`,
        rawOf: nameOf,
        typeOf: (column) => types[places[column]!]!,
      });
      await execute(connection, `CREATE TABLE ${STAGED_TABLE} AS ${made}`);
      return { ...read, rows: await countRows(connection, STAGED_TABLE) };
    },
  };
}
