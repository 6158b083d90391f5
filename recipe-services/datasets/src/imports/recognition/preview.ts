import type { DuckDBConnection } from "@duckdb/node-api";
import type { Column, ImportProblem, PreviewRow } from "@palate/proto/dataset";
import type { DatasetTypeRules } from "../../schema/dataset-types.js";
import { identifier, queryRows } from "../../storage/duckdb.js";
import { STAGED_TABLE, type FileTable } from "../load/file-table.js";
import type { StagedRows } from "../load/staged-rows.js";
import { validateRows } from "../load/validate-rows.js";
import { FileRefused } from "../staging/file-problem.js";

/** Rows, and problems, of a preview. */
const PREVIEWED = 20;

/** Longest value of a preview. */
const MAX_VALUE = 500;

/** The first rows of a file as it is. */
export async function previewFile(connection: DuckDBConnection, table: FileTable): Promise<PreviewRow[]> {
  const places = table.columns.map((_, place) => place);
  await table.load(places, (file) => {
    const list = places.map((place) => `${file.textOf(place)} AS c${place}`).join(", ");
    return `SELECT ${list} FROM ${file.relation} LIMIT ${PREVIEWED}`;
  });
  return previewRows(
    connection,
    places.map((place) => `c${place}`),
  );
}

/** The first rows of {@link STAGED_TABLE}. */
export async function previewRows(connection: DuckDBConnection, names: readonly string[]): Promise<PreviewRow[]> {
  if (names.length === 0) return [];
  const list = names.map((name, place) => `left(${identifier(name)}::VARCHAR, ${MAX_VALUE}) AS c${place}`).join(", ");
  const rows = await queryRows(connection, `SELECT ${list} FROM ${STAGED_TABLE} LIMIT ${PREVIEWED}`);
  return rows.map((row) => ({
    values: names.map((_, place) => {
      const value = row[`c${place}`];
      return { text: value === null || value === undefined ? undefined : String(value) };
    }),
  }));
}

/** What is wrong with the rows of {@link STAGED_TABLE}, in plain words with the line. */
export async function previewProblems(
  connection: DuckDBConnection,
  loaded: StagedRows,
  columns: readonly Column[],
  rules: DatasetTypeRules,
): Promise<string[]> {
  try {
    await validateRows(connection, loaded, columns, rules);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof FileRefused)) throw thrown;
    return thrown.problems.slice(0, PREVIEWED).map(sentence);
  }
}

function sentence({ line, column, message }: ImportProblem): string {
  const what = column === "" ? message : `${column} ${message}`;
  return line > 0 ? `Line ${line}: ${what}` : what;
}
