import { UNITS } from "./token.js";
import type { ColumnCondition, Condition, Field, FilterClause, FilterExpression, ListValue } from "./syntax.js";

/**
 * A filter in its canonical form: keywords in capitals, datasets as Amazon writes them, no parentheses but those that are
 * needed. `parseFilter(toText(filter))` equals `filter`.
 */
export function toText({ target, clauses }: FilterExpression): string {
  const clauseText = ({ action, where, when }: FilterClause): string => {
    const condition = when === undefined ? "" : ` IF ${conditionText(when)}`;
    return `${action} ${target} WHERE ${conditionText(where)}${condition}`;
  };
  return clauses.map(clauseText).join(" | ");
}

/** A condition in its canonical form. */
export function conditionText(condition: Condition): string {
  switch (condition.kind) {
    case "or":
      return condition.conditions.map(conditionText).join(" OR ");
    case "and":
      return condition.conditions.map((part) => within(part, part.kind === "or")).join(" AND ");
    case "not":
      return `NOT ${within(condition.condition, condition.condition.kind === "and" || condition.condition.kind === "or")}`;
    default:
      return columnConditionText(condition);
  }
}

function within(condition: Condition, parentheses: boolean): string {
  return parentheses ? `(${conditionText(condition)})` : conditionText(condition);
}

function columnConditionText(condition: ColumnCondition): string {
  const field = fieldText(condition.field);
  if (condition.kind === "compare") return `${field} ${condition.operator} ${valueText(condition.value)}`;
  const values = condition.values.map(valueText).join(", ");
  if (condition.kind === "contains") return `${field} CONTAINS ${condition.values.length > 1 ? `(${values})` : values}`;
  return `${field} ${condition.negated ? "NOT IN" : "IN"} (${values})`;
}

/** "Items.GENRE". */
export function fieldText({ dataset, column }: Field): string {
  return `${dataset}.${column}`;
}

/** A value as it stands in a filter. */
export function valueText(value: ListValue): string {
  switch (value.kind) {
    case "text":
      return `"${value.text.replace(/["\\]/g, "\\$&")}"`;
    case "number":
      return String(value.number);
    case "boolean":
      return String(value.boolean);
    case "parameter":
      return `$${value.name}`;
    case "any":
      return `"*"`;
    case "field":
      return fieldText(value);
    case "now":
      return value.offset === 0 ? "now" : `now ${value.offset < 0 ? "-" : "+"} ${durationText(Math.abs(value.offset))}`;
  }
}

/** Seconds in the largest unit that gives a whole number: 604800 is 1w, 691200 is 8d. */
function durationText(seconds: number): string {
  const [unit, length] = Object.entries(UNITS).find(([, length]) => seconds % length === 0)!;
  return `${seconds / length}${unit}`;
}
