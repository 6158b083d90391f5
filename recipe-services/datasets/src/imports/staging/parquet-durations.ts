import type { DuckDBConnection } from "@duckdb/node-api";
import { DataType, MessageReader, TimeUnit, type Field, type Schema, type Struct } from "apache-arrow";
import { identifier, literal, queryRows } from "../../storage/duckdb.js";
import { parquetKeyValues, parquetRows } from "../../storage/read-files.js";
import "./arrow-guard.js"; // Its schema is in Arrow's form.
import { isList } from "./arrow-types.js";

/** Microseconds of a duration's number, as SQL. */
const MICROSECONDS: Readonly<Record<TimeUnit, (number: string) => string>> = {
  [TimeUnit.SECOND]: (number) => `${number} * 1000000`,
  [TimeUnit.MILLISECOND]: (number) => `${number} * 1000`,
  [TimeUnit.MICROSECOND]: (number) => number,
  [TimeUnit.NANOSECOND]: (number) => `${number} // 1000`,
};

/**
 * Parquet has no durations: writers store them as whole numbers, or as times of a day, and say elsewhere in the file what
 * they are. Taken as INTERVALs, they are no times or counts to anyone.
 * @returns the file's rows, given SQL of them, with its durations as such
 */
export async function durationsOf(connection: DuckDBConnection, file: string): Promise<(rows: string) => string> {
  const said = await queryRows(
    connection,
    `SELECT decode(key) AS key, base64(value) AS value FROM ${parquetKeyValues(file)}
      WHERE key IN ('ARROW:schema'::BLOB, 'pandas'::BLOB)`,
  );
  if (said.length === 0) return (rows) => rows;
  const described = await connection.runAndReadAll(`SELECT * FROM ${parquetRows(file)} LIMIT 0`);
  const types = new Map(described.columnNames().map((name, place) => [name, String(described.columnType(place))]));
  const made = new Map<string, string>();
  for (const { key, value } of said) {
    const bytes = Buffer.from(String(value), "base64");
    const found = key === "pandas" ? pandasDurations(bytes, types) : arrowDurations(bytes, types);
    for (const [name, sql] of found) made.set(name, sql);
  }
  if (made.size === 0) return (rows) => rows;
  const replaced = [...made].map(([name, sql]) => `${sql} AS ${identifier(name)}`).join(", ");
  const withDurations = (rows: string) => `(SELECT * REPLACE (${replaced}) FROM ${rows})`;
  try {
    await connection.run(`SELECT * FROM ${withDurations(parquetRows(file))} LIMIT 0`);
    return withDurations;
  } catch {
    return (rows) => rows; // What is said about the columns is not what they are.
  }
}

/** Columns that hold durations by the schema of Arrow that the file was written from, as SQL by their names. */
function* arrowDurations(bytes: Buffer, types: ReadonlyMap<string, string>): Generator<[string, string]> {
  for (const field of arrowSchema(bytes)?.fields ?? []) {
    const sql = types.has(field.name) ? durationSql(field, identifier(field.name), 0) : undefined;
    if (sql !== undefined) yield [field.name, sql];
  }
}

/** The schema in a file's "ARROW:schema"; undefined when it has types that the library does not know. */
function arrowSchema(bytes: Buffer): Schema | undefined {
  try {
    return new MessageReader(Buffer.from(bytes.toString("latin1"), "base64")).readSchema() ?? undefined;
  } catch {
    return undefined;
  }
}

/** A value with its durations as INTERVALs; undefined when it has none. */
function durationSql(field: Field, sql: string, depth: number): string | undefined {
  const type = field.type as DataType;
  if (DataType.isDuration(type)) return `to_microseconds(${MICROSECONDS[type.unit](sql)})`;
  if (isList(type)) {
    const element = `e${depth}`;
    const inner = durationSql(type.children[0] as Field, element, depth + 1);
    return inner && `list_transform(${sql}, lambda ${element}: ${inner})`;
  }
  if (!DataType.isStruct(type)) return undefined;
  const parts = (type as Struct).children.map((child) => {
    const part = `struct_extract(${sql}, ${literal(child.name)})`;
    return { name: child.name, part, inner: durationSql(child, part, depth) };
  });
  if (parts.every(({ inner }) => inner === undefined)) return undefined;
  const packed = parts.map(({ name, part, inner }) => `${identifier(name)} := ${inner ?? part}`).join(", ");
  return `CASE WHEN ${sql} IS NOT NULL THEN struct_pack(${packed}) END`;
}

/** Columns that are durations in pandas and times of a day in the file, as fastparquet writes them. */
function* pandasDurations(bytes: Buffer, types: ReadonlyMap<string, string>): Generator<[string, string]> {
  for (const { name, numpy_type: type } of pandasColumns(bytes)) {
    if (typeof name !== "string" || types.get(name) !== "TIME" || !String(type).startsWith("timedelta64")) continue;
    yield [name, `to_microseconds(epoch_us(${identifier(name)}))`];
  }
}

function pandasColumns(bytes: Buffer): { readonly name?: unknown; readonly numpy_type?: unknown }[] {
  try {
    const { columns } = JSON.parse(bytes.toString()) as { columns?: unknown };
    return Array.isArray(columns) ? columns.filter((column) => typeof column === "object" && column !== null) : [];
  } catch {
    return [];
  }
}
