import { DuckDBVarCharType, type DuckDBConnection } from "@duckdb/node-api";
import { countRows, execute, literal, queryRows } from "../../storage/duckdb.js";
import { jsonObjects } from "../../storage/read-files.js";
import { FileRefused, MAX_LISTED, problemAt } from "../staging/file-problem.js";
import { MAX_LINE_BYTES } from "../staging/text-checker.js";
import { STAGED_TABLE, type FileTable, type LoadedRows } from "./file-table.js";
import { MAX_COLUMNS } from "./match-columns.js";
import { linesOf } from "./record-places.js";

/** The temporary DuckDB table that holds a file's lines while it is loaded. */
export const JSON_LINES_TABLE = "json_lines";

type Lines = LoadedRows["lines"];

const JSON_TYPE = DuckDBVarCharType.create("JSON");

/** How many kinds of values json_type tells apart. */
const JSON_KINDS = 8;

/**
 * Opens a file of JSON lines. Its columns are the keys of all lines, in the order in which they first come.
 * @throws FileRefused when lines are no JSON objects
 */
export async function openJsonLines(connection: DuckDBConnection, label: string, file: string): Promise<FileTable> {
  await execute(
    connection,
    `CREATE TEMP TABLE ${JSON_LINES_TABLE} AS SELECT json AS line FROM ${jsonObjects(
      file,
      `ignore_errors = true, maximum_object_size = ${MAX_LINE_BYTES}`,
    )}`,
  );
  const lines: Lines = (rows) => linesOf(file, { marks: undefined, skip: 0, dropped: new Set(), linesBefore: 0 }, rows);
  await needObjects(connection, label, lines);
  const kinds = await kindsByKey(connection);
  const firstLine = await lines([0]);
  await needRows(connection, label, kinds, firstLine.get(0) ?? 1);
  const columns = [...kinds.keys()].slice(0, MAX_COLUMNS + 1);
  return {
    columns,
    line: firstLine.get(0) ?? 1,
    async load(used, select): Promise<LoadedRows> {
      const paths = used.map((column) => literal(pathOf(columns[column]!))).join(", ");
      const sql = await select({
        relation: `(SELECT rowid AS row, line, json_extract_string(line, [${paths}]) AS texts, json_type(line, [${paths}]) AS types
           FROM ${JSON_LINES_TABLE})`,
        rowNumber: "row",
        textOf: (column) => `nullif(texts[${used.indexOf(column) + 1}], '')`,
        kindOf: (column) => `types[${used.indexOf(column) + 1}]`,
        kindsOf: (column) => kinds.get(columns[column]!)!,
        rawOf: (column) => `json_extract(line, ${literal(pathOf(columns[column]!))})`,
        typeOf: () => JSON_TYPE,
      });
      await connection.run(`CREATE TABLE ${STAGED_TABLE} AS ${sql}`);
      return { rows: await countRows(connection, STAGED_TABLE), broken: [], brokenRows: 0, lines };
    },
  };
}

/** The keys of all lines in the order in which they first come, with the kinds of their values as json_type says them. */
async function kindsByKey(connection: DuckDBConnection): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const rows = await queryRows(
    connection,
    `SELECT key, kind, min(id) AS id
       FROM (SELECT rowid AS id, unnest(json_keys(line)) AS key, unnest(json_type(line, '$.*')) AS kind FROM ${JSON_LINES_TABLE})
       GROUP BY key, kind ORDER BY id, key LIMIT ${(MAX_COLUMNS + 1) * JSON_KINDS}`,
  );
  const kinds = new Map<string, Set<string>>();
  for (const row of rows) {
    const key = String(row["key"]);
    const known = kinds.get(key) ?? new Set();
    kinds.set(key, known.add(String(row["kind"])));
  }
  return kinds;
}

async function needObjects(connection: DuckDBConnection, label: string, lines: Lines): Promise<void> {
  const notObject = `line IS NULL OR json_type(line) <> 'OBJECT'`;
  const bad = await queryRows(
    connection,
    `SELECT rowid AS id, left(line::VARCHAR, 200) AS text FROM ${JSON_LINES_TABLE} WHERE ${notObject} ORDER BY rowid
       LIMIT ${MAX_LISTED}`,
  );
  if (bad.length === 0) return;
  const [counted] = await queryRows(connection, `SELECT count(*) AS bad FROM ${JSON_LINES_TABLE} WHERE ${notObject}`);
  const lineOf = await lines(bad.map((row) => Number(row["id"])));
  const problems = bad.map((row) => {
    const line = lineOf.get(Number(row["id"])) ?? 0;
    return problemAt(line, "", String(row["text"] ?? ""), `is not a JSON object such as {"ITEM_ID": "1"}`);
  });
  throw new FileRefused(label, problems, Number(counted?.["bad"]), await countRows(connection, JSON_LINES_TABLE));
}

/** Refuses a table by columns, which pandas writes by default: an object for each column, with the rows' numbers as keys. */
async function needRows(
  connection: DuckDBConnection,
  label: string,
  kinds: ReadonlyMap<string, ReadonlySet<string>>,
  line: number,
): Promise<void> {
  if (kinds.size === 0 || ![...kinds.values()].every((each) => each.size === 1 && each.has("OBJECT"))) return;
  const [found] = await queryRows(
    connection,
    `SELECT count(*) AS lines, bool_and(len(list_filter(json_extract(line, '$.*'), lambda e: json_keys(e)[1] <> '0')) = 0) AS numbered
       FROM (SELECT line FROM ${JSON_LINES_TABLE} LIMIT 2)`,
  );
  if (Number(found?.["lines"]) !== 1 || found?.["numbered"] !== true) return;
  const message =
    'holds an object for each column, as pandas writes JSON by default; write one for each row: to_json(path, orient="records", lines=True)';
  throw new FileRefused(label, [problemAt(line, "", "", message)]);
}

/** The JSON path of a key. */
function pathOf(key: string): string {
  return `$."${key.replaceAll('"', '\\"')}"`;
}
