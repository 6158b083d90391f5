import { DuckDBTypeId, DuckDBVarCharType, LIST, type DuckDBType } from "@duckdb/node-api";
import { columnKey } from "../../schema/column-name.js";
import { identifier, literal } from "../../storage/duckdb.js";
import type { FileRelation } from "../load/file-table.js";

/** The value of a row in SQL. */
export interface SqlValue {
  /** It as the file has it. */
  readonly sql: string;
  /** Its type; JSON is text with that alias. */
  readonly type: DuckDBType;
  /** It as text, NULL where it is empty. */
  readonly text: string;
  /** Of JSON, what kind of value it is: "OBJECT", "ARRAY", "DOUBLE" and so on. */
  readonly kind?: string;
  /** Of JSON, the kinds that it has in the file; any of them unless known. */
  readonly kinds?: ReadonlySet<string>;
}

/** JSON, which DuckDB keeps as text. */
export const JSON_TYPE = DuckDBVarCharType.create("JSON");

/** Whether a type is JSON, which DuckDB keeps as text. */
export function isJson(type: DuckDBType): boolean {
  return type.typeId === DuckDBTypeId.VARCHAR && type.alias === "JSON";
}

/** A column of an opened file. */
export function columnValue(file: FileRelation, column: number): SqlValue {
  const kind = file.kindOf?.(column);
  const value = { sql: file.rawOf(column), type: file.typeOf(column), text: file.textOf(column) };
  const kinds = file.kindsOf?.(column);
  if (kind !== undefined) return { ...value, kind, ...(kinds && { kinds }) };
  return isJson(value.type) ? jsonValue(value.sql) : value;
}

/** A value of this SQL and type. */
export function valueOf(sql: string, type: DuckDBType): SqlValue {
  return isJson(type) ? jsonValue(sql) : { sql, type, text: `nullif(${sql}::VARCHAR, '')` };
}

/** Part of a JSON value; all of it without a path. */
function jsonValue(json: string, path?: string): SqlValue {
  const sql = path === undefined ? json : `json_extract(${json}, ${literal(path)})`;
  const at = path === undefined ? `${json}, '$'` : `${json}, ${literal(path)}`;
  return {
    sql,
    type: JSON_TYPE,
    text: `nullif(json_extract_string(${at}), '')`,
    kind: `json_type(${at})`,
  };
}

/** JSON that stands in a text; NULL where it is none. */
export function parsedJson(text: string): string {
  return `CASE WHEN json_valid(${text}) THEN ${text}::JSON END`;
}

/**
 * The part of a nested value that a path leads to. "#2" in it is the second element of a list; a name behind a list is
 * that part of each of its elements.
 * @returns undefined when the type has no such part; JSON always may
 */
export function partOf(value: SqlValue, path: readonly string[]): SqlValue | undefined {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  const { sql, type } = value;
  if (isJson(type)) return jsonPart(sql, path);
  switch (type.typeId) {
    case DuckDBTypeId.VARCHAR:
      return jsonPart(parsedJson(sql), path);
    case DuckDBTypeId.STRUCT: {
      const { entryNames, entryTypes } = type;
      const exact = entryNames.indexOf(name);
      const place = exact === -1 ? entryNames.findIndex((each) => columnKey(each) === columnKey(name)) : exact;
      if (place === -1) return undefined;
      return partOf(valueOf(`struct_extract(${sql}, ${literal(entryNames[place]!)})`, entryTypes[place]!), rest);
    }
    case DuckDBTypeId.MAP:
      return partOf(valueOf(`map_extract_value(${sql}, ${literal(name)})`, type.valueType), rest);
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY: {
      const place = placeOf(name);
      if (place !== undefined) return partOf(valueOf(`list_extract(${sql}, ${place})`, type.valueType), rest);
      const inner = partOf(valueOf("e", type.valueType), path);
      return inner && listOf(`list_transform(${sql}, lambda e: ${inner.sql})`, inner.type);
    }
    default:
      return undefined;
  }
}

function listOf(sql: string, element: DuckDBType): SqlValue {
  return { sql, type: LIST(element), text: `${sql}::VARCHAR` };
}

/** A part of JSON; of a list just above its last name, that part of each element. */
function jsonPart(json: string, path: readonly string[]): SqlValue {
  const direct = jsonValue(json, jsonPath(path));
  const last = path.at(-1)!;
  if (placeOf(last) !== undefined) return direct;
  const above = jsonPath(path.slice(0, -1));
  const each = `to_json(json_extract(${json}, ${literal(`${above}[*].${jsonName(last)}`)}))`;
  return jsonValue(`CASE WHEN json_type(${json}, ${literal(above)}) = 'ARRAY' THEN ${each} ELSE ${direct.sql} END`);
}

/** The number in "#2", counted from 1; undefined of a name. */
function placeOf(name: string): number | undefined {
  return /^#[1-9][0-9]{0,5}$/.test(name) ? Number(name.slice(1)) : undefined;
}

function jsonPath(path: readonly string[]): string {
  const steps = path.map((name) => {
    const place = placeOf(name);
    return place === undefined ? `.${jsonName(name)}` : `[${place - 1}]`;
  });
  return `$${steps.join("")}`;
}

function jsonName(name: string): string {
  return `"${name.replaceAll('"', '\\"')}"`;
}

/** A column of a projection as a value. */
export function projected(name: string, type: DuckDBType): SqlValue {
  return valueOf(identifier(name), type);
}
