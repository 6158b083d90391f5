import type { ValueRule } from "@palate/proto/dataset";
import { literal } from "../../storage/duckdb.js";
import { step, type Step } from "./steps.js";
import { joined } from "./value-text.js";

/** White space, also such as is not seen: no-break and zero-width blanks, and a byte order mark. */
const BLANKS =
  " \t\r\n\v\f\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff";

/** The separator that stands for lists as JSON or Python prints them. */
export const PRINTED_LIST = "[]";

/** SQL of a text without white space around it. */
export function trimmed(text: string): string {
  return `trim(${text}, ${literal(BLANKS)})`;
}

/** SQL of a list of words. */
export function words(list: readonly string[]): string {
  return `(${list.map(literal).join(", ")})`;
}

/** SQL of what a text becomes by rules, in order; the empty text is no value. */
export function ruled(text: string, rules: readonly ValueRule[]): string {
  if (rules.length === 0) return text;
  const cases = rules.map(({ equals, atLeast, value }) => {
    const fits =
      equals === undefined ? `TRY_CAST(${text} AS DOUBLE) >= ${atLeast ?? 0}` : `${text} = ${literal(equals)}`;
    return `WHEN ${fits} THEN ${value === "" ? "NULL" : literal(value)}`;
  });
  return `CASE ${cases.join(" ")} ELSE ${text} END`;
}

/** The step from a number with this decimal mark, and with separated thousands, to one with a point and without. */
export function decimalStep(mark: string): Step {
  const [other, point] = mark === "," ? [".", ","] : [",", "[.]"];
  const thousands = `[${other} '\u2019\u00a0\u202f]`;
  const form = `[+-]?(\\d{1,3}(${thousands}\\d{3})+|\\d*)(${point}\\d*)?([eE][+-]?\\d+)?`;
  const message = `is no number with the decimal mark "${mark}"`;
  return {
    sql: ([text]) =>
      `CASE WHEN regexp_full_match(${text}, ${literal(form)}) AND regexp_matches(${text}, '\\d') THEN
        replace(regexp_replace(${text}, ${literal(thousands)}, '', 'g'), ${literal(mark)}, '.') END`,
    refusals: (result, [text]) => [
      { when: `${text} IS NOT NULL AND ${result} IS NULL`, value: `left(${text}, 200)`, message },
    ],
  };
}

/**
 * An element of a list as Python and DuckDB print it: in single or double quotes, or bare as numbers and None are, and as
 * DuckDB writes texts, of which those that begin with a letter may hold blanks.
 */
const PYTHON_ELEMENT = `'(?:[^'\\\\]|\\\\.)*'|"(?:[^"\\\\]|\\\\.)*"|\\pL(?:[^,\\[\\]'"]*[^,\\[\\]\\s'"])?|[^,\\[\\]\\s'"]+`;
/** Lists as NumPy prints them have blanks between their elements: truth values and missing numbers begin with a letter too. */
const NUMPY_LIST = "\\[\\s*(True|False|nan|inf|None)\\s+[^,\\s].*";
const PYTHON_LIST = `\\[\\s*(?:(?:${PYTHON_ELEMENT})\\s*(?:,\\s*(?:${PYTHON_ELEMENT})\\s*)*,?)?\\s*\\]`;
const PYTHON_NOTHING = ["None", "nan", "null", "NaN", "NULL"];

/** SQL of what Python prints between quotes as the text that it stands for: "\n" is a line feed, "\xa0" a blank. */
function unescaped(printed: string): string {
  // JSON reads nearly all of these escapes. A backslash that stands for itself waits as a character that Python escapes.
  const single = `replace(${printed}, ${literal(String.raw`\\`)}, chr(1))`;
  const far = `regexp_extract_all(${single}, ${literal(String.raw`\\U00(?:0[1-9a-f]|10)[0-9a-f]{4}`)})`;
  const near = `list_reduce(list_prepend(${single}, ${far}), lambda text, far: replace(text, far, chr(('0x' || far[3:])::INTEGER)))`;
  const plain = `regexp_replace(${near}, ${literal(String.raw`\\([^nrtuxU])`)}, ${literal(String.raw`\1`)}, 'g')`;
  const short = `regexp_replace(${plain}, ${literal(String.raw`\\x([0-9a-f]{2})`)}, ${literal(String.raw`\\u00\1`)}, 'g')`;
  const inner = `replace(replace(${short}, '"', ${literal(String.raw`\"`)}), chr(1), ${literal(String.raw`\\`)})`;
  const read = `json_extract_string(TRY_CAST('"' || ${inner} || '"' AS JSON), '$')`;
  return `CASE WHEN contains(${printed}, '\\') THEN coalesce(${read}, ${printed}) ELSE ${printed} END`;
}

/**
 * The steps from a text that holds a list to its values joined by "|".
 * @param trim whether white space around the values is cut off
 */
export function listSteps(separator: string, trim: boolean, rules: readonly ValueRule[]): Step[] {
  const split: Step =
    separator === PRINTED_LIST ? printedList() : step((text) => `string_split(${text}, ${literal(separator)})`);
  const each = ruled(trim ? trimmed("e") : "e", rules);
  const list = each === "e" ? [] : [step((value) => `list_transform(${value}, lambda e: ${each})`)];
  const join: Step = {
    sql: ([value]) => joined(value!).text,
    refusals: (_result, [value]) => joined(value!).refusals,
  };
  return [split, ...list, join];
}

function printedList(): Step {
  const json = (text: string) =>
    `json_valid(${text}) AND json_type(CASE WHEN json_valid(${text}) THEN ${text} END) = 'ARRAY'`;
  return {
    sql: ([text]) => {
      const tokens = `regexp_extract_all(${text}, ${literal(PYTHON_ELEMENT)})`;
      const element = `CASE WHEN e[1] IN ('''', '"') THEN ${unescaped("e[2:-2]")} WHEN e IN ${words(PYTHON_NOTHING)} THEN NULL ELSE e END`;
      return `CASE WHEN ${json(text!)} THEN json_extract_string(${text}, '$[*]')
        WHEN regexp_full_match(${text}, ${literal(NUMPY_LIST)}, 's') THEN NULL
        WHEN regexp_full_match(${text}, ${literal(PYTHON_LIST)}) THEN list_transform(${tokens}, lambda e: ${element}) END`;
    },
    refusals: (result, [text]) => [
      {
        when: `${text} IS NOT NULL AND ${result} IS NULL`,
        value: `left(${text}, 200)`,
        message: 'is no list such as ["a", "b"]',
      },
    ],
  };
}
