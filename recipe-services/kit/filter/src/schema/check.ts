import { literalNumber, typeInWords } from "../language/literal.js";
import { suggestion } from "../language/nearest.js";
import { placeOf, type Place } from "../language/place.js";
import {
  columnConditions,
  isEventType,
  valuesOf,
  type ColumnCondition,
  type Condition,
  type Field,
  type FilterExpression,
  type ListValue,
} from "../language/syntax.js";
import { fieldText, valueText } from "../language/to-text.js";
import { findColumn, ROWS, tableOf, type ColumnSchema, type FilterSchema } from "./columns.js";

/** One thing in a filter that does not fit the data. */
export interface FilterProblem {
  /** What is wrong and what would be right. */
  readonly message: string;
  /** Where it is written; none for a filter that was not parsed from text. */
  readonly place?: Place;
}

/** What in a filter does not fit a schema: unknown datasets and columns, and comparisons that make no sense for a type. */
export function checkFilter(filter: FilterExpression, schema: FilterSchema): readonly FilterProblem[] {
  const table = ROWS[filter.target];
  const missing = { message: `the dataset group has no dataset ${table} to select from.` };
  const problems = filter.clauses.flatMap(({ where, when }) => [
    ...checkCondition(where, schema),
    ...(when === undefined ? [] : checkCondition(when, schema)),
  ]);
  return schema[table] === undefined ? [missing, ...problems] : problems;
}

/** What in a condition does not fit a schema. */
function checkCondition(condition: Condition, schema: FilterSchema): readonly FilterProblem[] {
  return columnConditions(condition).flatMap((single) => checkColumn(single, schema));
}

function checkColumn(condition: ColumnCondition, schema: FilterSchema): readonly FilterProblem[] {
  const { field } = condition;
  const column = columnOf(field, schema);
  const message = typeof column === "string" ? column : wrongUse(condition, column);
  const values = typeof column === "string" ? [] : valuesOf(condition);
  const wrongValues = values.map((value) => wrongValue(field, column as ColumnSchema, value, schema));
  const place = placeOf(field);
  return [message, ...wrongValues].flatMap((text) =>
    text === undefined ? [] : [place === undefined ? { message: text } : { message: text, place }],
  );
}

/** A field's column, or what is wrong with the field. */
function columnOf(field: Field, schema: FilterSchema): ColumnSchema | string {
  const table = tableOf(field.dataset);
  const columns = schema[table];
  if (columns === undefined) return `the dataset group has no dataset ${table}, so there is no ${fieldText(field)}.`;
  const column = findColumn(columns, field.column);
  if (column !== undefined) return column;
  const names = columns.map(({ name }) => name);
  const meant = suggestion(field.column, names, "");
  const known = names.length === 0 ? "none" : names.slice(0, 20).join(", ") + (names.length > 20 ? ", …" : "");
  return `${table} has no column ${field.column}.${meant === "" ? ` Its columns: ${known}.` : meant}`;
}

/** What is wrong with how a column is compared, whatever with. */
function wrongUse(condition: ColumnCondition, { name, type }: ColumnSchema): string | undefined {
  if (condition.kind === "contains" && type !== "text") return `CONTAINS looks into texts, but ${name} is a ${type}.`;
  if (condition.kind !== "compare" || condition.operator === "=" || condition.operator === "!=") return undefined;
  if (type === "number") return undefined;
  const instead = type === "text" ? "=, !=, IN, NOT IN or CONTAINS" : "= or !=";
  return `${condition.operator} compares numbers, but ${name} is a ${type}; use ${instead}.`;
}

/** What is wrong with a value that a column is compared with. */
function wrongValue(field: Field, column: ColumnSchema, value: ListValue, schema: FilterSchema): string | undefined {
  switch (value.kind) {
    case "parameter":
      return undefined; // Its values come with each request, and are checked then.
    case "any":
      return isEventType(field) ? undefined : `* stands for all event types, but ${fieldText(field)} is none.`;
    case "now":
      return column.type === "number" ? undefined : `now is a number, but ${column.name} is a ${column.type}.`;
    case "field": {
      const other = columnOf(value, schema);
      if (typeof other === "string") return other;
      if (other.type === column.type) return undefined;
      return `${fieldText(field)} is a ${column.type} but ${fieldText(value)} is a ${other.type}; compare columns of one type.`;
    }
    default:
      if (column.type === "text" || literalNumber(value, column.type) !== undefined) return undefined;
      return `${fieldText(field)} is a ${column.type}; ${valueText(value)} is not ${typeInWords(column.type)}.`;
  }
}
