import { invalidArgument } from "@palate/host";
import { literalNumber, literalText, typeInWords, type Literal } from "../language/literal.js";
import type { ParameterValues } from "../language/parameters.js";
import {
  isEventType,
  valuesOf,
  type AnyValue,
  type ColumnCondition,
  type Field,
  type ListValue,
  type Now,
} from "../language/syntax.js";
import { fieldText } from "../language/to-text.js";
import type { Matcher } from "../matching/matcher.js";
import { NumberListMatcher, NumberOrderMatcher, type Order, type Threshold } from "../matching/number-matcher.js";
import { AnyTextMatcher, ContainsMatcher, SharedTextMatcher, TextListMatcher } from "../matching/text-matcher.js";
import { idValueProblem } from "../schema/check-literals.js";
import {
  findColumn,
  tableOf,
  type FilterColumn,
  type FilterColumns,
  type NumberColumn,
  type TextDictionary,
} from "../schema/columns.js";

/** A value of a condition whose parameters have been replaced by what they stand for. */
type BoundValue = Literal | Now | Field | AnyValue;

/**
 * A condition with the values of its parameters in their place. All of its parameters have values.
 * @throws PalateError invalid_argument when a value cannot be what it stands for
 */
export function substituted(condition: ColumnCondition, values: ParameterValues): ColumnCondition {
  const literals = (name: string): readonly Literal[] => {
    const texts = values.get(name)!;
    for (const text of texts) {
      const message = idValueProblem(condition, text);
      if (message === undefined) continue;
      throw invalidArgument(`Filter parameters: $${name}: ${message}`, [{ field: `$${name}`, message }]);
    }
    return texts.map((text) => ({ kind: "text", text }));
  };
  if (condition.kind === "compare") {
    const { value } = condition;
    if (value.kind !== "parameter") return condition;
    const [literal, ...others] = literals(value.name);
    if (others.length === 0) return { ...condition, value: literal! };
    const message = `${fieldText(condition.field)} ${condition.operator} takes one value; $${value.name} has ${others.length + 1}.`;
    throw invalidArgument(`Filter parameters: ${message}`, [{ field: `$${value.name}`, message }]);
  }
  const all = valuesOf(condition).flatMap((value): readonly ListValue[] =>
    value.kind === "parameter" ? literals(value.name) : [value],
  );
  return { ...condition, values: all } as ColumnCondition;
}

/**
 * What tells which values of a column meet a condition. The condition is a positive one without parameters, and fits the
 * schema; its values may come from parameters and are checked here.
 * @param column the column of the condition's field
 */
export function matcherOf(
  condition: ColumnCondition,
  column: TextDictionary | { readonly kind: "number" | "boolean" },
  columns: FilterColumns,
): Matcher {
  const values = valuesOf(condition) as readonly BoundValue[];
  if (column.kind === "text") return textMatcher(condition, column, values, columns);
  const thresholds = values.map((value) => thresholdOf(condition.field, value, column.kind, columns));
  if (condition.kind !== "compare" || condition.operator === "=") return new NumberListMatcher(thresholds);
  return new NumberOrderMatcher(condition.operator as Order, thresholds[0]!);
}

function textMatcher(
  condition: ColumnCondition,
  column: TextDictionary,
  values: readonly BoundValue[],
  columns: FilterColumns,
): Matcher {
  const first = values[0]!;
  const ignoreCase = isEventType(condition.field);
  if (first.kind === "field") {
    return new SharedTextMatcher(
      column,
      currentItemColumn(first, columns) as FilterColumn & TextDictionary,
      ignoreCase,
    );
  }
  const texts = values.flatMap((value) => ("offset" in value || value.kind === "field" ? [] : [textOf(value)]));
  if (condition.kind === "contains") return new ContainsMatcher(column, texts);
  return ignoreCase && texts.includes("*")
    ? new AnyTextMatcher(column)
    : new TextListMatcher(column, texts, ignoreCase);
}

function textOf(value: Literal | AnyValue): string {
  return value.kind === "any" ? "*" : literalText(value);
}

function thresholdOf(field: Field, value: BoundValue, type: "number" | "boolean", columns: FilterColumns): Threshold {
  if (value.kind === "now") return { kind: "now", offset: value.offset };
  if (value.kind === "field") {
    return { kind: "currentItem", column: currentItemColumn(value, columns) as NumberColumn };
  }
  const number = value.kind === "any" ? undefined : literalNumber(value, type);
  if (number !== undefined) return { kind: "number", number };
  const written = value.kind === "any" ? "*" : literalText(value);
  const message = `${JSON.stringify(written)} is not ${typeInWords(type)}, which ${fieldText(field)} is compared with.`;
  throw invalidArgument(`Filter parameters: ${message}`, [{ field: fieldText(field), message }]);
}

function currentItemColumn({ column }: Field, columns: FilterColumns): FilterColumn {
  const items = columns[tableOf("CurrentItem") as "Items"]!;
  return items.column(findColumn(items.columns, column)!.name)!;
}
