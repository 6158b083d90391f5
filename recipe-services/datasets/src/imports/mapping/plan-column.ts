import { TimeUnit, type Column, type ColumnMapping } from "@palate/proto/dataset";
import { defaultOf } from "../../schema/column-default.js";
import type { DatasetTypeRules } from "../../schema/dataset-types.js";
import { literal } from "../../storage/duckdb.js";
import type { ColumnPlan } from "./select-rows.js";
import { isJson, type SqlValue } from "./sql-value.js";
import { step, type Step } from "./steps.js";
import { decimalStep, listSteps, PRINTED_LIST, ruled, trimmed, words } from "./text-steps.js";
import { isTimeType, timeSteps, typedTime } from "./times.js";
import { textValue, type TextValue, type ValueRefusal } from "./value-text.js";

/** A value of the file that a column is made of. */
export interface NamedValue {
  /** How a mapping names it. */
  readonly path: string;
  readonly value: SqlValue;
}

/** What one column is made of. */
export interface ColumnRequest {
  /** The schema's column. */
  readonly column: Column;
  /** What it is made of: the first that is not empty counts. */
  readonly values: readonly NamedValue[];
  /** What the mapping says about it. */
  readonly mapping?: ColumnMapping | undefined;
  /** Words that mean "no value". */
  readonly nullValues: readonly string[];
  /** Whether white space is cut off. */
  readonly trim: boolean;
}

/** A planned column. */
export interface PlannedColumn {
  readonly plan: ColumnPlan;
  /** What was decided without being asked for. */
  readonly notes: readonly string[];
}

/**
 * Plans how a column is made.
 * @returns what is wrong with it, when it cannot be made of these values
 */
export function planColumn(request: ColumnRequest, rules: DatasetTypeRules): PlannedColumn | string {
  const { column, values, mapping, nullValues, trim } = request;
  const notes: string[] = [];
  const texts: TextValue[] = [];
  for (const { path, value } of values) {
    const text = textOf(request, rules, { path, value }, notes);
    if (typeof text === "string") return text;
    texts.push(withoutWords(text, value.text, nullValues));
  }
  const { first, steps } = firstText(
    texts.map((each) => each.text),
    nullValues,
    trim,
  );
  const fallback = values.length === 0 ? literalOf(mapping?.constant ?? defaultOf(column)) : undefined;
  const plan = {
    name: column.name,
    first: fallback ?? first,
    refusals: texts.flatMap((each) => each.refusals),
    steps: [...(fallback === undefined ? steps : []), ...conversionSteps(request)],
  };
  return { plan, notes };
}

function literalOf(value: string | number | boolean | undefined): string {
  return value === undefined ? "NULL::VARCHAR" : `${literal(String(value))}::VARCHAR`;
}

/** A value as text; its own type is believed where it is a time. */
function textOf(
  { column, mapping }: ColumnRequest,
  rules: DatasetTypeRules,
  { path, value }: NamedValue,
  notes: string[],
): TextValue | string {
  const time = mapping?.time;
  if (time !== undefined || rules.timeColumns.includes(column.name)) {
    const isSaid = time !== undefined && (time.unit !== TimeUnit.TIME_UNIT_UNSPECIFIED || time.formats.length > 0);
    if (isSaid && isTimeType(value.type)) {
      return `is a ${String(value.type)}, which says what times it has; leave the unit and the formats of its time out`;
    }
    const typed = isSaid ? undefined : typedTime(value.sql, value.type, time?.zone ?? "");
    if (typed !== undefined) {
      if (typed.note !== "") notes.push(`${path} ${typed.note}.`);
      return { text: typed.sql, refusals: [] };
    }
  }
  const isId = rules.idColumns.includes(column.name);
  const separator = mapping?.separator ?? "";
  if (separator !== "" && isJson(value.type)) return separatedJson(value, separator);
  return textValue(value, { isId, isText: column.type === "string" && time === undefined }, path);
}

/** JSON of which texts are to be split: a list of JSON is split already. */
function separatedJson({ text, kind, kinds }: SqlValue, separator: string): TextValue {
  if (separator === PRINTED_LIST || kinds?.has("ARRAY") === false) return { text, refusals: [] };
  const message = `is a list by itself; leave the separator out, or make it "${PRINTED_LIST}"`;
  return { text, refusals: [{ when: `${kind} = 'ARRAY'`, value: `left(${text}, 200)`, message }] };
}

/** The same without refusals where the value is a word that means "no value". */
function withoutWords(text: TextValue, written: string, nullValues: readonly string[]): TextValue {
  if (nullValues.length === 0 || text.refusals.length === 0) return text;
  const isValue = `coalesce(${written} NOT IN ${words(nullValues)}, true)`;
  const refusals: ValueRefusal[] = text.refusals.map((refusal) => ({
    ...refusal,
    when: `(${refusal.when}) AND ${isValue}`,
  }));
  return { text: text.text, refusals };
}

/** The first of the texts that is a value: not empty, and no word that means so. */
function firstText(
  texts: readonly string[],
  nullValues: readonly string[],
  trim: boolean,
): { first: string; steps: Step[] } {
  const [only] = texts;
  const none = words(["", ...nullValues]);
  const isPlain = nullValues.length === 0 && !trim;
  if (texts.length > 1 && isPlain) return { first: `coalesce(${texts.join(", ")})`, steps: [] };
  if (texts.length > 1) {
    const each = (list: string) => (trim ? `list_transform(${list}, lambda e: ${trimmed("e")})` : list);
    const pick = step((list) => `list_filter(${each(list)}, lambda e: e NOT IN ${none})[1]`);
    return { first: `[${texts.join(", ")}]`, steps: [pick] };
  }
  if (isPlain) return { first: only ?? "NULL::VARCHAR", steps: [] };
  const text = only ?? "NULL::VARCHAR";
  return {
    first: trim ? trimmed(text) : text,
    steps: [step((value) => `CASE WHEN ${value} IN ${none} THEN NULL ELSE ${value} END`)],
  };
}

/** The steps that the mapping of a column asks for. */
function conversionSteps({ mapping, values, trim }: ColumnRequest): Step[] {
  if (mapping === undefined) return [];
  const { constant, rules, separator, decimalMark, time } = mapping;
  const steps: Step[] = [];
  if (constant !== undefined && values.length > 0) {
    steps.push(step((value) => `coalesce(${value}, ${literal(constant)})`));
  }
  if (decimalMark !== "") steps.push(decimalStep(decimalMark));
  const isList = values.some(({ value }) => /\[\d*\]$/.test(String(value.type)));
  if (separator !== "" && !isList) return [...steps, ...listSteps(separator, trim, rules)];
  if (rules.length > 0) steps.push(step((value) => ruled(value, rules)));
  if (time !== undefined) steps.push(...timeSteps(time));
  return steps;
}
