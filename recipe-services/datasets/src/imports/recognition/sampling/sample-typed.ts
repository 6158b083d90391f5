import type { DuckDBConnection } from "@duckdb/node-api";
import type { FileFormat } from "@palate/proto/dataset";
import { queryRows } from "../../../storage/duckdb.js";
import { STAGED_TABLE, type FileTable } from "../../load/file-table.js";
import { columnValue } from "../../mapping/sql-value.js";
import { textValue } from "../../mapping/value-text.js";
import type { ContentSample } from "./content-sample.js";
import { SAMPLED_ROWS } from "./sample-text.js";

const TIME_TYPE = /^(TIMESTAMP|DATE|DATETIME)/;

/** Looks at the first rows of a file whose format has types. */
export async function sampleTyped(
  connection: DuckDBConnection,
  table: FileTable,
  format: FileFormat,
): Promise<ContentSample> {
  const places = table.columns.map((_, place) => place);
  const temporal: string[] = [];
  const unusable = new Map<string, string>();
  await table.load(places, (file) => {
    temporal.push(...table.columns.filter((_, place) => TIME_TYPE.test(String(file.typeOf(place)))));
    for (const [place, name] of table.columns.entries()) {
      const text = textValue(columnValue(file, place), { isId: false, isText: true }, name);
      if (typeof text === "string") unusable.set(name, text);
    }
    const list = places.map((place) => `to_json(${file.rawOf(place)})::VARCHAR AS c${place}`).join(", ");
    return `SELECT ${list} FROM ${file.relation} LIMIT ${SAMPLED_ROWS}`;
  });
  const read = await queryRows(connection, `SELECT * FROM ${STAGED_TABLE}`);
  const rows = read.map((row) =>
    Object.fromEntries(table.columns.map((name, place) => [name, valueOf(row[`c${place}`] as string | null)])),
  );
  return { format, lines: [], rowsPath: "", columns: table.columns, rows, temporal, unusable };
}

/** What numbers that are none are called in JSON, and as text. */
const NO_NUMBERS: Readonly<Record<string, string>> = { NaN: "nan", Infinity: "inf", "-Infinity": "-inf" };

/** A value of DuckDB's JSON, whose numbers may be no numbers. */
function valueOf(json: string | null): unknown {
  if (json === null) return undefined;
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return NO_NUMBERS[json] ?? json;
  }
}
