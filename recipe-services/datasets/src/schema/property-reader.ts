import type { Column } from "@palate/proto/dataset";
import { defaultOf } from "./column-default.js";
import { columnKey } from "./column-name.js";
import { MAX_CATEGORICAL_LENGTH } from "./dataset-types.js";
import { timeProblem } from "./unix-time.js";

/** Most characters of the properties of one record. */
const MAX_PROPERTIES_LENGTH = 32_000;

/** Takes the properties of streamed records apart by the columns of a dataset. */
export class PropertyReader {
  readonly #columns: readonly Column[];
  readonly #byKey: ReadonlyMap<string, Column>;
  readonly #elsewhere: ReadonlyMap<string, string>;
  readonly #timeColumns: ReadonlySet<string>;
  readonly #earliest: number;
  readonly #ranges: ReadonlyMap<string, readonly [number, number]>;

  /**
   * @param columns the columns that properties may fill
   * @param elsewhere column name → the message field that carries it instead
   * @param timeColumns the columns that hold Unix seconds
   * @param earliest the first of them that is right
   * @param ranges the least and the most of columns whose numbers are limited
   */
  constructor(
    columns: readonly Column[],
    elsewhere: Readonly<Record<string, string>>,
    timeColumns: readonly string[],
    earliest: number,
    ranges: ReadonlyMap<string, readonly [number, number]> = new Map(),
  ) {
    this.#columns = columns;
    this.#byKey = new Map(columns.map((column) => [columnKey(column.name), column]));
    this.#elsewhere = new Map(Object.entries(elsewhere).map(([name, field]) => [columnKey(name), field]));
    this.#timeColumns = new Set(timeColumns);
    this.#earliest = earliest;
    this.#ranges = ranges;
  }

  /**
   * Checks properties and returns them as a JSON object with the schema's column names; columns that are null, empty or
   * absent have their default, or are left out. Keys match in Amazon's camelCase form too.
   * @param problem is told everything that is wrong
   */
  read(json: string, problem: (message: string) => void): string {
    const values = json === "" ? {} : this.#parse(json, problem);
    if (values === undefined) return "";
    const result: Record<string, unknown> = {};
    for (const [key, raw] of Object.entries(values)) {
      const column = this.#byKey.get(columnKey(key));
      if (column === undefined) problem(this.#unknown(key));
      else if (column.name in result) problem(`properties name ${column.name} twice; keep one of them`);
      else if (raw !== null && raw !== "") {
        const value = this.#convert(column, raw, problem);
        const [least, most] = this.#ranges.get(column.name) ?? [-Infinity, Infinity];
        if (typeof value === "number" && (value < least || value > most))
          problem(`${column.name} is ${value}; it must be from ${least} to ${most}`);
        if (value !== "") result[column.name] = value; // A list may turn out to be empty.
      }
    }
    for (const column of this.#columns) {
      if (column.name in result) continue;
      const fallback = defaultOf(column);
      if (fallback !== undefined) result[column.name] = fallback;
      else if (!column.nullable) {
        problem(`${column.name} is missing, and its type in the schema has no "null"; give it in properties`);
      }
    }
    return Object.keys(result).length === 0 ? "" : JSON.stringify(result);
  }

  #parse(json: string, problem: (message: string) => void): Record<string, unknown> | undefined {
    if (json.length > MAX_PROPERTIES_LENGTH) {
      problem(`properties have ${json.length} characters; at most ${MAX_PROPERTIES_LENGTH} are right`);
      return undefined;
    }
    try {
      const parsed: unknown = JSON.parse(json);
      if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed))
        return parsed as Record<string, unknown>;
    } catch {
      // Said below.
    }
    problem(`properties must be a JSON object such as {"COLUMN": value}, not ${json.slice(0, 60)}`);
    return undefined;
  }

  #unknown(key: string): string {
    const field = this.#elsewhere.get(columnKey(key));
    if (field) return `${key} belongs into the field ${field}, not into properties`;
    const names = this.#columns.map((column) => column.name).join(", ");
    const right = names === "" ? "it has no columns for properties" : `its columns for properties are ${names}`;
    return `the schema has no column ${JSON.stringify(key)}; ${right}`;
  }

  #convert(column: Column, raw: unknown, problem: (message: string) => void): unknown {
    const shown = JSON.stringify(raw).slice(0, 60);
    const wrong = (right: string) => problem(`${column.name} is ${shown}; it must be ${right}`);
    switch (column.type) {
      case "int":
      case "long": {
        const value = wholeNumber(column.type, raw, wrong);
        const isTime = value !== undefined && this.#timeColumns.has(column.name);
        const time = isTime ? timeProblem(value, this.#earliest) : undefined;
        if (time) problem(`${column.name} ${time}`);
        return value;
      }
      case "float":
      case "double":
        return decimalNumber(raw, wrong);
      case "boolean":
        return truthValue(raw, wrong);
      default:
        return textOf(column, raw, wrong);
    }
  }
}

/** Says what would have been right. */
type Wrong = (right: string) => void;

function wholeNumber(type: "int" | "long", raw: unknown, wrong: Wrong): number | undefined {
  const value = typeof raw === "string" && /^[+-]?\d{1,19}$/.test(raw) ? Number(raw) : raw;
  const most = type === "int" ? 2 ** 31 : 2 ** 53;
  if (typeof value === "number" && Number.isInteger(value) && Math.abs(value) < most) return value;
  wrong(type === "int" ? "a whole number of 32 bits" : "a whole number below 2^53");
  return undefined;
}

function decimalNumber(raw: unknown, wrong: Wrong): number | undefined {
  const value = typeof raw === "string" && raw.trim() !== "" ? Number(raw) : raw;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  wrong("a finite number");
  return undefined;
}

function truthValue(raw: unknown, wrong: Wrong): boolean | undefined {
  if (raw === true || raw === "true") return true;
  if (raw === false || raw === "false") return false;
  wrong("true or false");
  return undefined;
}

function textOf(column: Column, raw: unknown, wrong: Wrong): string | undefined {
  if (Number.isInteger(raw) && !Number.isSafeInteger(raw)) {
    wrong("a string where a number is above 2^53, whose last digits JSON loses");
    return undefined;
  }
  const list = Array.isArray(raw) && raw.every((entry) => typeof entry === "string");
  const text = list ? raw.join("|") : typeof raw === "number" || typeof raw === "boolean" ? String(raw) : raw;
  if (typeof text === "string" && text.includes("\0")) wrong("text without NUL characters");
  else if (typeof text !== "string") wrong(`text, several values separated by "|"`);
  else if (column.categorical && text.length > MAX_CATEGORICAL_LENGTH) {
    wrong(`at most ${MAX_CATEGORICAL_LENGTH} characters, being categorical`);
  } else return text;
  return undefined;
}
