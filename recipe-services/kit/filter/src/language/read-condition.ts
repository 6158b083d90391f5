import type { Cursor } from "./cursor.js";
import { placeOf, written } from "./place.js";
import { readField, seesField } from "./read-field.js";
import { readList, readScalar, type ValueRules } from "./read-value.js";
import {
  allOf,
  anyOf,
  type Condition,
  type ContainsCondition,
  type Dataset,
  type Field,
  type Operator,
  type Parameter,
  type Target,
  type TextValue,
} from "./syntax.js";

/** What may stand in a condition, by where the condition stands. */
export interface ConditionRules {
  readonly target: Target;
  /** Datasets whose columns may be compared. */
  readonly datasets: readonly Dataset[];
  /** Where the condition stands, for messages: "after WHERE in a filter of ItemID". */
  readonly clause: string;
  /** What its values may be. */
  readonly values: ValueRules;
}

const OPERATORS = ["=", "!=", "<", "<=", ">", ">="] as const satisfies readonly Operator[];
const AFTER_FIELD = "=, !=, <, <=, >, >=, IN, NOT IN or CONTAINS";

/** Conditions joined by OR; AND binds tighter, NOT tightest. */
export function readCondition(cursor: Cursor, rules: ConditionRules): Condition {
  const conditions = [readConjunction(cursor, rules)];
  while (cursor.takes("OR")) conditions.push(readConjunction(cursor, rules));
  return anyOf(conditions);
}

function readConjunction(cursor: Cursor, rules: ConditionRules): Condition {
  const conditions = [readSingle(cursor, rules)];
  while (cursor.takes("AND")) conditions.push(readSingle(cursor, rules));
  return allOf(conditions);
}

function readSingle(cursor: Cursor, rules: ConditionRules): Condition {
  if (seesField(cursor)) return readColumnCondition(cursor, rules);
  if (cursor.takes("NOT")) return cursor.nested(() => ({ kind: "not", condition: readSingle(cursor, rules) }));
  if (cursor.sees("(")) {
    return cursor.nested(() => {
      cursor.take();
      const condition = readCondition(cursor, rules);
      cursor.expect([")"], 'AND, OR or ")"');
      return condition;
    });
  }
  return readColumnCondition(cursor, rules);
}

function readColumnCondition(cursor: Cursor, rules: ConditionRules): Condition {
  const field = readField(cursor, rules.target, rules.datasets, rules.clause);
  const condition = readComparison(cursor, field, rules.values);
  return written(condition, placeOf(field)!);
}

function readComparison(cursor: Cursor, field: Field, rules: ValueRules): Condition {
  const operator = OPERATORS.find((symbol) => cursor.takes(symbol));
  if (operator !== undefined) return { kind: "compare", field, operator, value: readScalar(cursor, field, rules) };
  if (cursor.takes("IN")) return { kind: "in", field, negated: false, values: readList(cursor, field, rules) };
  if (cursor.takes("CONTAINS")) return readContains(cursor, field, rules);
  if (cursor.takes("NOT_IN")) return readNotIn(cursor, field, rules);
  if (cursor.takes("NOT")) {
    cursor.expect(["IN"], "IN after NOT");
    return readNotIn(cursor, field, rules);
  }
  throw cursor.unexpected(`${AFTER_FIELD} after ${field.dataset}.${field.column}`, ["IN", "NOT", "CONTAINS"]);
}

function readNotIn(cursor: Cursor, field: Field, rules: ValueRules): Condition {
  const noParameters =
    rules.noParameters ??
    "a parameter cannot stand after NOT IN: without its value, everything would match. " +
      "Write IN, and EXCLUDE in place of INCLUDE (or the other way round).";
  return { kind: "in", field, negated: true, values: readList(cursor, field, { ...rules, noParameters }) };
}

function readContains(cursor: Cursor, field: Field, rules: ValueRules): ContainsCondition {
  const token = cursor.peek();
  const values = readList(cursor, field, rules);
  if (!values.every((value): value is TextValue | Parameter => value.kind === "text" || value.kind === "parameter")) {
    throw cursor.error("CONTAINS looks for texts; put them in quotes.", token);
  }
  return { kind: "contains", field, values };
}
