/** Words that stand for "no value" whatever the column. */
const NULL_WORDS = ["NULL", "null", "None", "\\N", "nan", "NaN", "N/A", "n/a", "#N/A", "<NA>", "NaT"];

/** Words that may be values (Namibia, a grade), and stand for "no value" among numbers. */
const NULL_WORDS_AMONG_NUMBERS = ["NA", "na", "-", "--", "?", "inf", "-inf"];

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const COMMA_NUMBER = /^[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+$/;
const WHOLE = /^[+-]?\d+$/;

/** Share of filled values that must be in the same form. */
const MOST = 0.98;

/** Share of values with a separator from which on a column holds lists. */
const LIST_SHARE = 0.2;

/** Longest value of a list, on average; what is longer is prose. */
const LIST_VALUE_LENGTH = 30;

/** Times that a value must come, on average, for commas to separate values of lists. */
const REPEATED = 2;

/** The words among some values that stand for "no value". */
export function nullWords(values: readonly string[]): string[] {
  const present = new Set(values);
  const found = NULL_WORDS.filter((word) => present.has(word));
  const others = values.filter((value) => !NULL_WORDS.includes(value) && !NULL_WORDS_AMONG_NUMBERS.includes(value));
  const numbers = others.length > 0 && share(others, (value) => NUMBER.test(value)) >= MOST;
  return numbers ? [...found, ...NULL_WORDS_AMONG_NUMBERS.filter((word) => present.has(word))] : found;
}

/** Whether numbers are written with a decimal comma. */
export function hasDecimalComma(values: readonly string[]): boolean {
  if (!values.some((value) => COMMA_NUMBER.test(value))) return false;
  return values.every((value) => COMMA_NUMBER.test(value) || WHOLE.test(value));
}

/** What separates the values of lists, see `ColumnMapping.separator`; undefined when there are none, or "|" does. */
export function listSeparator(values: readonly string[]): string | undefined {
  if (values.length === 0) return undefined;
  if (share(values, (value) => /^\[.*\]$/s.test(value)) >= MOST) return "[]";
  if (values.some((value) => value.includes(" | "))) return "|";
  if (values.some((value) => value.includes("|"))) return undefined;
  return [", ", "; ", ";", ","].find((separator) => separatesLists(values, separator));
}

function separatesLists(values: readonly string[], separator: string): boolean {
  if (values.every((value) => COMMA_NUMBER.test(value) || WHOLE.test(value))) return false;
  if (share(values, (value) => value.includes(separator)) < LIST_SHARE) return false;
  const parts = values.flatMap((value) => value.split(separator));
  const length = parts.reduce((sum, part) => sum + part.length, 0) / parts.length;
  return length <= LIST_VALUE_LENGTH && parts.length >= REPEATED * new Set(parts).size;
}

/** Whether white space lies around some of the values. */
export function hasOuterSpace(values: readonly string[]): boolean {
  return values.some((value) => value !== value.trim());
}

function share(values: readonly string[], fits: (value: string) => boolean): number {
  return values.filter(fits).length / values.length;
}
