import type { DuckDBConnection } from "@duckdb/node-api";
import { invalidArgument, type Violation } from "@palate/host";
import {
  FileFormat,
  ImportMapping,
  TimeUnit,
  type Column,
  type ColumnMapping,
  type Explode,
  type TimeFormat,
} from "@palate/proto/dataset";
import { columnKey } from "../../schema/column-name.js";
import { literal } from "../../storage/duckdb.js";
import { dialectProblems } from "./check-dialect.js";
import { ELEMENT } from "./explode.js";
import { checkExpression, checkQuery } from "./sandbox.js";
import { ISO } from "./times.js";

/** Longest mapping as JSON in characters: it is stored with the job. */
const MAX_LENGTH = 200_000;

/** Units of times, for messages. */
const UNITS = Object.keys(TimeUnit)
  .flatMap((name) => /^TIME_UNIT_(?!UNSPECIFIED)(.*)$/.exec(name)?.[1] ?? [])
  .join(", ");

/** The parts of patterns of strptime that tell a year. */
const HAS_YEAR = /%(-?[Yy]|G|c|x)/;

/** The zones of three letters that IANA has; DuckDB takes others, such as "IST" and "BST", for one of those that are called so. */
const SHORT_ZONES = new Set("UTC GMT UCT CET EET MET WET EST MST HST PRC ROC ROK".split(" "));

/**
 * Checks what can be said of a mapping without a file.
 * @param columns the dataset's columns; undefined when there is no dataset yet
 * @throws PalateError `invalid_argument` with every problem and the field that it is in
 */
export async function checkMapping(
  connection: DuckDBConnection,
  mapping: ImportMapping,
  columns: readonly Column[] | undefined,
): Promise<void> {
  const check = new MappingCheck(connection);
  await check.all(mapping, columns);
  const [first, ...others] = check.violations;
  if (first === undefined) return;
  const more = others.length === 0 ? "" : ` (and ${others.length} more problem${others.length === 1 ? "" : "s"})`;
  throw invalidArgument(`${first.field} ${first.message}${more}.`, check.violations);
}

class MappingCheck {
  readonly violations: Violation[] = [];
  readonly #connection: DuckDBConnection;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  async all(mapping: ImportMapping, columns: readonly Column[] | undefined): Promise<void> {
    const { length } = JSON.stringify(ImportMapping.toJSON(mapping));
    if (length > MAX_LENGTH) this.#add("", `has ${length} characters as JSON; at most ${MAX_LENGTH} are right`);
    this.#format(mapping);
    if (mapping.csv !== undefined) {
      for (const { field, message } of dialectProblems(mapping.csv, mapping.format)) this.#add(field, message);
    }
    for (const [at, column] of mapping.columns.entries()) await this.#column(mapping, column, at, columns);
    if (mapping.explode !== undefined) this.#explode(mapping.explode);
    this.#partitionKeys(mapping.partitionKeys);
    this.#named("ignored_columns", mapping.ignoredColumns, "name a column of the file");
    if (mapping.rowFilter !== "") {
      this.#sql("row_filter", (await checkExpression(this.#connection, mapping.rowFilter)).problem);
    }
    if (mapping.sql !== "") this.#sql("sql", (await checkQuery(this.#connection, mapping.sql)).problem);
  }

  #add(field: string, message: string): void {
    this.violations.push({ field: field === "" ? "mapping" : `mapping.${field}`, message });
  }

  #sql(field: string, problem: string | undefined): void {
    if (problem !== undefined) this.#add(field, problem);
  }

  #format({ format, rowsPath }: ImportMapping): void {
    if (format === FileFormat.FILE_FORMAT_ORC)
      this.#add("format", "is ORC, which is not read; write the table as Parquet");
    else if (FileFormat[format] === undefined || format === FileFormat.UNRECOGNIZED) {
      this.#add("format", `is ${format}, which is no format; CSV, JSON_LINES, JSON, PARQUET, AVRO and ARROW are right`);
    }
    const isJson = format === FileFormat.FILE_FORMAT_UNSPECIFIED || format === FileFormat.FILE_FORMAT_JSON;
    if (rowsPath !== "" && !isJson) {
      this.#add("rows_path", "is a place in a JSON document, and format is another; leave one of them out");
    }
  }

  #explode({ list, parallel }: Explode): void {
    if (list === "") this.#add("explode.list", "is empty; name the list whose elements become rows");
    if (parallel.includes(list)) this.#add("explode.parallel", "names the list itself; name others");
    this.#named("explode.parallel", parallel, "name a list of the file");
  }

  #partitionKeys(keys: readonly string[]): void {
    this.#named("partition_keys", keys, "name a folder's key");
    for (const [at, key] of keys.entries()) {
      const message = `is "${key.slice(0, 100)}"; the key of a folder "key=value" has neither "=" nor "/"`;
      if (/[=/]/.test(key)) this.#add(`partition_keys[${at}]`, message);
    }
  }

  /** Names that are empty or come again. */
  #named(field: string, names: readonly string[], remedy: string): void {
    for (const [at, name] of names.entries()) {
      if (name === "") this.#add(`${field}[${at}]`, `is empty; ${remedy}`);
      else if (names.indexOf(name) < at) this.#add(`${field}[${at}]`, `is "${name.slice(0, 100)}" again; say it once`);
    }
  }

  async #column(
    mapping: ImportMapping,
    column: ColumnMapping,
    at: number,
    columns: readonly Column[] | undefined,
  ): Promise<void> {
    const field = `columns[${at}]`;
    const { name, from, expression, time, separator, decimalMark, rules, constant } = column;
    const key = columnKey(name);
    if (name === "") this.#add(`${field}.name`, "is empty; name a column of the schema");
    else if (columns !== undefined && !columns.some((each) => columnKey(each.name) === key)) {
      const list = columns.map((each) => each.name).join(", ");
      this.#add(
        `${field}.name`,
        `is "${name.slice(0, 100)}", which is not in the schema; it has ${list.slice(0, 500)}`,
      );
    }
    if (mapping.columns.findIndex((each) => columnKey(each.name) === key) < at) {
      this.#add(`${field}.name`, `is "${name.slice(0, 100)}" again; say all about a column in one place`);
    }
    if (expression !== "") {
      if (from.length > 0 || constant !== undefined) {
        this.#add(`${field}.expression`, "is given together with from or a constant; give one of them");
      }
      this.#sql(`${field}.expression`, (await checkExpression(this.#connection, expression)).problem);
    }
    for (const [place, reference] of from.entries()) {
      if (reference === "") this.#add(`${field}.from[${place}]`, "is empty; name a column of the file");
      else if (mapping.explode === undefined && reference.startsWith(`${ELEMENT}.`)) {
        this.#add(`${field}.from[${place}]`, `is "${reference.slice(0, 100)}", but nothing is exploded; set explode`);
      }
    }
    if (!["", ".", ","].includes(decimalMark)) this.#add(`${field}.decimal_mark`, 'must be "." or ","');
    if (separator !== "" && (time !== undefined || decimalMark !== "")) {
      this.#add(`${field}.separator`, "makes a list, which is neither a time nor a number; leave one of them out");
    }
    if (time !== undefined && decimalMark !== "") {
      this.#add(`${field}.decimal_mark`, "is about a number, and time about a time; leave one of them out");
    }
    for (const [place, rule] of rules.entries()) {
      const isOne = (rule.equals === undefined) !== (rule.atLeast === undefined);
      if (!isOne) this.#add(`${field}.rules[${place}]`, "must have equals or at_least, one of them");
      else if (!Number.isFinite(rule.atLeast ?? 0)) this.#add(`${field}.rules[${place}].at_least`, "is no number");
    }
    if (time !== undefined) await this.#time(`${field}.time`, time);
  }

  async #time(field: string, { unit, formats, zone }: TimeFormat): Promise<void> {
    if (TimeUnit[unit] === undefined || unit === TimeUnit.UNRECOGNIZED) {
      this.#add(`${field}.unit`, `is ${unit}, which is no unit; ${UNITS} are right`);
    } else if (unit !== TimeUnit.TIME_UNIT_UNSPECIFIED && formats.length > 0) {
      this.#add(`${field}.unit`, "is given together with formats; a time is a number or a text");
    }
    for (const [at, format] of formats.entries()) {
      const message = await this.#formatProblem(format);
      if (message !== undefined) this.#add(`${field}.formats[${at}]`, message);
    }
    if (zone === "") return;
    const message = await this.#zoneProblem(zone);
    if (message !== undefined) this.#add(`${field}.zone`, message);
    else if (unit !== TimeUnit.TIME_UNIT_UNSPECIFIED) {
      this.#add(
        `${field}.zone`,
        "is given together with a unit, which counts from a moment in UTC; leave the zone out",
      );
    }
  }

  async #formatProblem(format: string): Promise<string | undefined> {
    if (format === ISO) return undefined;
    const shown = `is "${format.slice(0, 100)}"`;
    const right = `"${ISO}" or a pattern such as "%Y-%m-%d" is right`;
    if (format === "") return `is empty; ${right}`;
    const message = await this.#tried(`SELECT try_strptime('', ${literal(format)})`);
    if (message !== undefined) return `${shown}, no pattern of strptime (${message})`;
    if (!format.includes("%")) return `${shown}; ${right}`;
    return HAS_YEAR.test(format.replaceAll("%%", "")) ? undefined : `${shown}, which tells no year; ${right}`;
  }

  async #zoneProblem(zone: string): Promise<string | undefined> {
    const right = 'a name such as "Europe/Berlin" is right';
    const shown = `is "${zone.slice(0, 100)}"`;
    const unknown = await this.#tried(`SELECT TIMESTAMP '2020-01-01 00:00:00' AT TIME ZONE ${literal(zone)}`);
    if (unknown !== undefined) return `${shown}, which is no zone; ${right}`;
    return /^[a-z]{3}$/i.test(zone) && !SHORT_ZONES.has(zone.toUpperCase())
      ? `${shown}, which stands for several zones; ${right}`
      : undefined;
  }

  /** What DuckDB says against a statement. */
  async #tried(sql: string): Promise<string | undefined> {
    try {
      await this.#connection.run(sql);
      return undefined;
    } catch (thrown) {
      return (thrown as Error).message.split("\n")[0];
    }
  }
}
