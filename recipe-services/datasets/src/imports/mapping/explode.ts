import { DuckDBTypeId, LIST, VARCHAR, type DuckDBType } from "@duckdb/node-api";
import type { Explode } from "@palate/proto/dataset";
import { literal } from "../../storage/duckdb.js";
import { isJson, JSON_TYPE, parsedJson, type SqlValue } from "./sql-value.js";

/** A list in SQL, of which each element becomes a row. */
export interface ExplodedList {
  /** The list; NULL where there is none. */
  readonly sql: string;
  /** The type of its elements. */
  readonly element: DuckDBType;
  /** SQL of whether the value is neither a list nor absent. */
  readonly isWrong: string;
}

/** The name of the element of a row's list, in a mapping's columns and SQL. */
export const ELEMENT = "element";

/**
 * A value as a list.
 * @returns undefined when its type can hold none
 */
export function explodedList({ sql, type, text }: SqlValue, separator: string): ExplodedList | undefined {
  if (isJson(type)) return separator === "" ? jsonList(sql, type) : splitList(text, separator);
  switch (type.typeId) {
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY:
      return { sql: `CASE WHEN len(${sql}) > 0 THEN ${sql} END`, element: type.valueType, isWrong: "false" };
    case DuckDBTypeId.VARCHAR:
      if (separator !== "") return splitList(text, separator);
      return {
        ...jsonList(parsedJson(text), JSON_TYPE),
        isWrong: `${text} IS NOT NULL AND coalesce(json_type(${parsedJson(text)}), 'x') NOT IN ('ARRAY', 'NULL')`,
      };
    default:
      return undefined;
  }
}

/** The parts of an element that is text. */
export function partsOf(element: SqlValue, { partSeparator }: Explode): SqlValue {
  if (partSeparator === "") return element;
  const sql = `string_split(${element.text}, ${literal(partSeparator)})`;
  return { sql, type: LIST(VARCHAR), text: `${sql}::VARCHAR` };
}

function splitList(text: string, separator: string): ExplodedList {
  const list = `list_filter(string_split(${text}, ${literal(separator)}), lambda e: e <> '')`;
  return { sql: `CASE WHEN len(${list}) > 0 THEN ${list} END`, element: VARCHAR, isWrong: "false" };
}

function jsonList(sql: string, type: DuckDBType): ExplodedList {
  const list = `json_extract(${sql}, '$[*]')`;
  return {
    sql: `CASE WHEN json_type(${sql}) = 'ARRAY' AND json_array_length(${sql}) > 0 THEN ${list} END`,
    element: type,
    isWrong: `coalesce(json_type(${sql}) NOT IN ('ARRAY', 'NULL'), false)`,
  };
}
