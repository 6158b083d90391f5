import { DuckDBTypeId, type DuckDBType } from "@duckdb/node-api";
import { isJson, type SqlValue } from "./sql-value.js";

/** Something that can be wrong with a value when it is made text. */
export interface ValueRefusal {
  /** SQL that is true where it is. */
  readonly when: string;
  /** SQL of the value to show. */
  readonly value: string;
  /** What is wrong and what would be right. */
  readonly message: string;
}

/** A value as text, with what can be wrong with it. */
export interface TextValue {
  /** SQL of the text, NULL where the value is empty. */
  readonly text: string;
  readonly refusals: readonly ValueRefusal[];
}

/** What a value is needed for. */
interface Purpose {
  /** Whether it becomes an id. */
  readonly isId: boolean;
  /** Whether it becomes text, rather than a number, a truth value or a time. */
  readonly isText: boolean;
}

/** Whole numbers below this are exact in a DOUBLE, and in a FLOAT; this one may have been the next before. */
const EXACT_DOUBLE = 2 ** 53;
const EXACT_FLOAT = 2 ** 24;

const NESTED = "is nested; a mapping can take a part of it, such as from: ";
const BAR = 'has a value that holds "|", which separates the values of a list; replace it in the file';

/**
 * A value of any type as the text that it stands for: lists joined by "|", whole numbers without ".0".
 * @param path how a mapping would name the value, for messages
 * @returns what is wrong with the whole column, when no value of its type can become text
 */
export function textValue(value: SqlValue, purpose: Purpose, path: string): TextValue | string {
  const { sql, type, text } = value;
  if (isJson(type)) return jsonText(value, purpose, path);
  switch (type.typeId) {
    case DuckDBTypeId.FLOAT:
      return purpose.isText ? floatText(sql, text, EXACT_FLOAT, purpose) : { text, refusals: [] };
    case DuckDBTypeId.DOUBLE:
      return purpose.isText ? floatText(sql, text, EXACT_DOUBLE, purpose) : { text, refusals: [] };
    case DuckDBTypeId.BLOB: {
      const decoded = `nullif(TRY(decode(${sql})), '')`;
      const when = `${sql} IS NOT NULL AND TRY(decode(${sql})) IS NULL`;
      const message = "is binary and no UTF-8 text; write it as text, in hexadecimal for instance";
      return { text: decoded, refusals: [{ when, value: `left(${sql}::VARCHAR, 200)`, message }] };
    }
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY:
      return listText(value, type.valueType, path);
    case DuckDBTypeId.STRUCT:
      return `${NESTED}["${path}.${type.entryNames[0] ?? "NAME"}"]`;
    case DuckDBTypeId.MAP:
      return `${NESTED}["${path}.KEY"]`;
    case DuckDBTypeId.UNION:
      return "has values of several types (a union); write it as text";
    case DuckDBTypeId.INTERVAL:
      return `is a duration; write it as a number, or take its seconds by the expression: epoch("${path}")`;
    case DuckDBTypeId.TIME: {
      const message = "is no time of a day; if it is a duration, write it as a number of seconds";
      const isNone = `${sql} < TIME '00:00:00' OR ${sql} > TIME '24:00:00'`;
      return { text, refusals: [{ when: `coalesce(${isNone}, false)`, value: `epoch_us(${sql})::VARCHAR`, message }] };
    }
    case DuckDBTypeId.SQLNULL:
      return { text: "NULL::VARCHAR", refusals: [] };
    default:
      return { text, refusals: [] };
  }
}

/** A floating-point number: whole ones as whole numbers. An id must be one that is exact. */
function floatText(sql: string, text: string, exact: number, purpose: Purpose): TextValue {
  const isWhole = `isfinite(${sql}) AND ${sql} = trunc(${sql}) AND abs(${sql}) ${purpose.isId ? "<" : "<="} ${exact}`;
  const whole = `CASE WHEN ${isWhole} THEN ${sql}::BIGINT::VARCHAR ELSE ${text} END`;
  const wrong = purpose.isId ? `NOT (${isWhole})` : `NOT isfinite(${sql})`;
  const message = purpose.isId
    ? `is a floating-point number and no whole one below ${exact}, so it may stand for several ids; write ids as text or whole numbers`
    : 'is no number; leave such values out, or name them in a mapping\'s nullValues ("nan")';
  return { text: whole, refusals: [{ when: `${sql} IS NOT NULL AND ${wrong}`, value: text, message }] };
}

function listText({ sql }: SqlValue, element: DuckDBType, path: string): TextValue | string {
  const { typeId } = element;
  const isNested =
    typeId === DuckDBTypeId.LIST || typeId === DuckDBTypeId.ARRAY || typeId === DuckDBTypeId.MAP || isJson(element);
  if (typeId === DuckDBTypeId.STRUCT) {
    return `is a list of nested values; a mapping can take a part of each, such as from: ["${path}.${element.entryNames[0] ?? "NAME"}"]`;
  }
  if (isNested) return "is a list of lists or other nested values; make it a list of texts or numbers";
  if (typeId === DuckDBTypeId.INTERVAL) return "is a list of durations; make it a list of numbers";
  if (typeId === DuckDBTypeId.BLOB) return "is a list of binary values; make it a list of texts";
  return joined(`${sql}::VARCHAR[]`);
}

/** SQL of a list of texts, NULL and empty ones left out, joined by "|"; NULL when nothing is left. */
export function joined(list: string): TextValue {
  const text = `nullif(array_to_string(list_filter(${list}, lambda e: e <> ''), '|'), '')`;
  return { text, refusals: [{ when: holdsBar(list), value: `left(to_json(${list})::VARCHAR, 200)`, message: BAR }] };
}

/** SQL of whether a text of a list holds "|". */
function holdsBar(list: string): string {
  return `coalesce(len(list_filter(${list}, lambda e: contains(e, '|'))), 0) > 0`;
}

function jsonText(value: SqlValue, purpose: Purpose, path: string): TextValue {
  const { text, kind, kinds } = value;
  // A file of millions of rows rarely has all kinds in a column; SQL of those that it does not have costs as much as the rest.
  const may = (wanted: string) => kinds === undefined || kinds.has(wanted);
  // A CASE evaluates what stands behind THEN for the rows that it is about only.
  const where = (wanted: string, when: string) => `CASE WHEN ${kind} = '${wanted}' THEN ${when} ELSE false END`;
  const list = may("ARRAY") ? jsonListText(value, path) : undefined;
  // A whole number too long for 64 bits is a DOUBLE to DuckDB, but its text is there to the digit.
  const isFloat = where("DOUBLE", `NOT regexp_full_match(${text}, '-?[0-9]+')`);
  const number = `TRY_CAST(${text} AS DOUBLE)`;
  const float = purpose.isText && may("DOUBLE") ? floatText(number, text, EXACT_DOUBLE, purpose) : undefined;
  const cases = [
    ...(list ? [`WHEN ${kind} = 'ARRAY' THEN ${list.text}`] : []),
    ...(float ? [`WHEN ${isFloat} THEN ${float.text}`] : []),
  ];
  const object = { when: `${kind} = 'OBJECT'`, value: `left(${text}, 200)`, message: `${NESTED}["${path}.NAME"]` };
  return {
    text: cases.length === 0 ? text : `CASE ${cases.join(" ")} ELSE ${text} END`,
    refusals: [
      ...(may("OBJECT") ? [object] : []),
      ...(list?.refusals ?? []).map((refusal) => ({ ...refusal, when: where("ARRAY", refusal.when) })),
      ...(float?.refusals ?? []).map((refusal) => ({
        ...refusal,
        when: `CASE WHEN ${isFloat} THEN ${refusal.when} ELSE false END`,
      })),
    ],
  };
}

/** A list of JSON. */
function jsonListText({ sql, text }: SqlValue, path: string): TextValue {
  const list = joined(`json_extract_string(${sql}, '$[*]')`);
  const nested = `len(list_filter(json_type(${sql}, '$[*]'), lambda e: e IN ('OBJECT', 'ARRAY'))) > 0`;
  const message = `is a list of nested values; a mapping can take a part of each, such as from: ["${path}.NAME"]`;
  return {
    text: list.text,
    refusals: [
      { when: nested, value: `left(${text}, 200)`, message },
      ...list.refusals.map((refusal) => ({ ...refusal, when: `NOT (${nested}) AND ${refusal.when}` })),
    ],
  };
}
