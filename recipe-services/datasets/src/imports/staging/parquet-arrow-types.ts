import type { DuckDBConnection } from "@duckdb/node-api";
import { DataType, MessageReader, TimeUnit, type Field, type Schema, type Struct } from "apache-arrow";
import { identifier, literal, queryRows } from "../../storage/duckdb.js";
import { parquetKeyValues, parquetRows } from "../../storage/read-files.js";
import "./arrow-guard.js"; // Its schema is in Arrow's form.
import { isList } from "./arrow-types.js";
import { FileRefused, problemAt } from "./file-problem.js";
import { periodOf, periodSql } from "./pandas-period.js";
import { UnknownType } from "./typed-rows.js";

/** Microseconds of a duration's number, as SQL. */
const MICROSECONDS: Readonly<Record<TimeUnit, (number: string) => string>> = {
  [TimeUnit.SECOND]: (number) => `${number} * 1000000`,
  [TimeUnit.MILLISECOND]: (number) => `${number} * 1000`,
  [TimeUnit.MICROSECOND]: (number) => number,
  [TimeUnit.NANOSECOND]: (number) => `${number} // 1000`,
};

/**
 * Parquet has no durations and no periods such as months: writers store them as whole numbers, or as times of a day, and say
 * elsewhere in the file what they are. Durations become INTERVALs, which are no times or counts to anyone, periods their first
 * day or moment.
 * @param label what the file is called in refusals
 * @returns the file's rows, given SQL of them, with these types
 * @throws FileRefused when a column has periods that are not read
 */
export async function arrowTypesOf(
  connection: DuckDBConnection,
  label: string,
  file: string,
): Promise<(rows: string) => string> {
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
    const found = key === "pandas" ? pandasDurations(bytes, types) : arrowColumns(bytes, types, label);
    for (const [name, sql] of found) made.set(name, sql);
  }
  if (made.size === 0) return (rows) => rows;
  const replaced = [...made].map(([name, sql]) => `${sql} AS ${identifier(name)}`).join(", ");
  const withTypes = (rows: string) => `(SELECT * REPLACE (${replaced}) FROM ${rows})`;
  try {
    await connection.run(`SELECT * FROM ${withTypes(parquetRows(file))} LIMIT 0`);
    return withTypes;
  } catch {
    return (rows) => rows; // What is said about the columns is not what they are.
  }
}

/** Columns that hold such values by the schema of Arrow that the file was written from, as SQL by their names. */
function* arrowColumns(bytes: Buffer, types: ReadonlyMap<string, string>, label: string): Generator<[string, string]> {
  for (const field of arrowSchema(bytes)?.fields ?? []) {
    if (!types.has(field.name)) continue;
    try {
      const sql = typedSql(field, identifier(field.name), 0);
      if (sql !== undefined) yield [field.name, sql];
    } catch (thrown) {
      if (!(thrown instanceof UnknownType)) throw thrown;
      throw new FileRefused(label, [problemAt(0, field.name, "", thrown.message)]);
    }
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

/** A value with the durations and periods in it as such; undefined when it has none. Throws UnknownType. */
function typedSql(field: Field, sql: string, depth: number): string | undefined {
  const type = field.type as DataType;
  const period = periodOf(field);
  if (period) return periodSql(period, sql);
  if (DataType.isDuration(type)) return `to_microseconds(${MICROSECONDS[type.unit](sql)})`;
  if (isList(type)) {
    const element = `e${depth}`;
    const inner = typedSql(type.children[0] as Field, element, depth + 1);
    return inner && `list_transform(${sql}, lambda ${element}: ${inner})`;
  }
  if (!DataType.isStruct(type)) return undefined;
  const parts = (type as Struct).children.map((child) => {
    const part = `struct_extract(${sql}, ${literal(child.name)})`;
    return { name: child.name, part, inner: typedSql(child, part, depth) };
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
