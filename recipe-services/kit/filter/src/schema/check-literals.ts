import { idProblem } from "@palate/host";
import { literalText, type Literal } from "../language/literal.js";
import { placeOf } from "../language/place.js";
import {
  columnConditions,
  valuesOf,
  type ColumnCondition,
  type Dataset,
  type Field,
  type FilterExpression,
  type ListValue,
} from "../language/syntax.js";
import { fieldText } from "../language/to-text.js";
import type { FilterProblem } from "./check.js";
import { findColumn, tableOf, type FilterSchema } from "./columns.js";

/** The column of a dataset that says which item, user or action a row is about. */
const ABOUT: Readonly<Record<Dataset, string>> = {
  Items: "ITEM_ID",
  Interactions: "ITEM_ID",
  CurrentItem: "ITEM_ID",
  Users: "USER_ID",
  CurrentUser: "USER_ID",
  Actions: "ACTION_ID",
  Action_Interactions: "ACTION_ID",
};

/** Most characters of a value that a message shows. */
const SHOWN = 60;

/**
 * What is written in a filter and cannot be meant: ids that none can have, as at every other door, and numbers with more digits
 * than a number keeps where a text is compared. Filters that were stored before stay in use with them.
 */
export function checkLiterals({ clauses }: FilterExpression, schema: FilterSchema): readonly FilterProblem[] {
  const conditions = clauses.flatMap(({ where, when }) => (when === undefined ? [where] : [where, when]));
  return conditions.flatMap(columnConditions).flatMap((condition) =>
    valuesOf(condition).flatMap((value): FilterProblem[] => {
      if (!isLiteral(value)) return [];
      const message = idValueProblem(condition, literalText(value)) ?? digitsProblem(condition.field, value, schema);
      if (message === undefined) return [];
      const place = placeOf(condition.field);
      return [place === undefined ? { message } : { message, place }];
    }),
  );
}

/** What is wrong with a text that an id is to equal, as a sentence; undefined when nothing is, or the condition is about no id. */
export function idValueProblem({ kind, field }: ColumnCondition, text: string): string | undefined {
  if (kind === "contains" || field.column.toUpperCase() !== ABOUT[field.dataset]) return undefined;
  const problem = idProblem(text);
  if (problem === undefined) return undefined;
  return `${fieldText(field)} is an id, and ${JSON.stringify(text.slice(0, SHOWN))} ${problem}.`;
}

function digitsProblem(field: Field, value: Literal, schema: FilterSchema): string | undefined {
  if (value.kind !== "number" || Math.abs(value.number) <= Number.MAX_SAFE_INTEGER) return undefined;
  if (findColumn(schema[tableOf(field.dataset)] ?? [], field.column)?.type !== "text") return undefined;
  return `${fieldText(field)} is a text, and a number above 2^53 loses digits; write it in quotes.`;
}

function isLiteral(value: ListValue): value is Literal {
  return value.kind === "text" || value.kind === "number" || value.kind === "boolean";
}
