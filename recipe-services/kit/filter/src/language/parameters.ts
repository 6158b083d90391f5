import { invalidArgument, type Violation } from "@palate/host";
import { suggestion } from "./nearest.js";
import { columnConditions, valuesOf, type Condition, type FilterClause, type FilterExpression } from "./syntax.js";

/**
 * Values of a filter's parameters as a request brings them: one text for each name, without the dollar sign. A text holds
 * one or more values with commas between: `"horror","comedy"`. Quotes may be left out around a value that has neither
 * comma nor quote: `18` or `horror, comedy`.
 */
export type FilterParameters = Readonly<Record<string, string>>;

/** The values of each parameter that was given. */
export type ParameterValues = ReadonlyMap<string, readonly string[]>;

/** A parameter of a filter. */
export interface FilterParameter {
  /** Name without the dollar sign. */
  readonly name: string;
  /**
   * Whether every request must bring it: so it is when an INCLUDE expression uses it. A condition of an EXCLUDE expression
   * that lacks its value removes nothing.
   */
  readonly required: boolean;
}

/** A filter's parameters in the order in which they are first written. */
export function filterParameters({ clauses }: FilterExpression): readonly FilterParameter[] {
  const required = new Map<string, boolean>();
  for (const clause of clauses) {
    for (const name of clauseParameters(clause)) {
      required.set(name, required.get(name) === true || clause.action === "INCLUDE");
    }
  }
  return [...required].map(([name, isRequired]) => ({ name, required: isRequired }));
}

/** Names of the parameters within a condition; a name may come more than once. */
export function conditionParameters(condition: Condition): readonly string[] {
  const values = columnConditions(condition).flatMap(valuesOf);
  return values.flatMap((value) => (value.kind === "parameter" ? [value.name] : []));
}

function clauseParameters({ where, when }: FilterClause): readonly string[] {
  return [...conditionParameters(where), ...(when === undefined ? [] : conditionParameters(when))];
}

/**
 * Reads what a request brought.
 * @throws PalateError invalid_argument naming every parameter that is missing, unknown or unreadable
 */
export function readParameters(parameters: readonly FilterParameter[], given: FilterParameters): ParameterValues {
  const violations: Violation[] = [];
  const complain = (name: string, message: string): unknown => violations.push({ field: `$${name}`, message });
  const names = parameters.map(({ name }) => name);
  const values = new Map<string, readonly string[]>();
  for (const [name, text] of Object.entries(given)) {
    if (!names.includes(name)) {
      complain(name, `the filter has no such parameter (upper and lower case differ).${suggestion(name, names)}`);
      continue;
    }
    const read = readValues(text);
    if (typeof read === "string") complain(name, read);
    else values.set(name, read);
  }
  for (const { name, required } of parameters) {
    if (required && !Object.hasOwn(given, name)) {
      complain(name, "an INCLUDE expression needs its value; only those of EXCLUDE expressions may be left out.");
    }
  }
  if (violations.length > 0) {
    const all = violations.map(({ field, message }) => `${field}: ${message}`).join(" ");
    throw invalidArgument(`Filter parameters: ${all}`, violations);
  }
  return values;
}

const VALUE = /\s*(?:"((?:[^"\\]|\\[^])*)"|'((?:[^'\\]|\\[^])*)'|([^\s"',](?:[^"',]*[^\s"',])?))\s*(,|$)/y;

/** Longest text of one parameter's values, in UTF-16 units. */
const MAX_VALUES_LENGTH = 100_000;

/** The values within a text, or what is wrong with it. */
function readValues(text: string): readonly string[] | string {
  if (text.length > MAX_VALUES_LENGTH)
    return `its text has ${text.length} characters; at most ${MAX_VALUES_LENGTH} are read.`;
  const values: string[] = [];
  let separator = ",";
  VALUE.lastIndex = 0;
  while (separator === ",") {
    const at = VALUE.lastIndex;
    const match = VALUE.exec(text);
    if (match === null) {
      const found = text.slice(at).trim() === "" ? "a value is missing" : `cannot read ${text.slice(at, at + 30)}`;
      return `${found}; write each value in quotes with commas between: "a","b".`;
    }
    const quoted = match[1] ?? match[2];
    if (quoted === "") return "a value is empty; leave the parameter out where none is meant.";
    values.push(quoted === undefined ? match[3]! : quoted.replace(/\\(["'\\])/g, "$1"));
    separator = match[4]!;
  }
  return values;
}
