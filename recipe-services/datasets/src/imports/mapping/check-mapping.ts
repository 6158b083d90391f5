import type { DuckDBConnection } from "@duckdb/node-api";
import { invalidArgument, type Violation } from "@palate/host";
import {
  ImportMapping,
  TimeUnit,
  type Column,
  type ColumnMapping,
  type CsvDialect,
  type TimeFormat,
} from "@palate/proto/dataset";
import { columnKey } from "../../schema/column-name.js";
import { literal } from "../../storage/duckdb.js";
import { ELEMENT } from "./explode.js";
import { checkExpression, checkQuery } from "./sandbox.js";
import { ISO } from "./times.js";

/** Longest mapping as JSON in characters: it is stored with the job. */
const MAX_LENGTH = 200_000;

/** Longest delimiter in bytes, DuckDB's limit. */
const MAX_DELIMITER_BYTES = 4;

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
    if (mapping.csv !== undefined) this.#csv(mapping.csv);
    for (const [at, column] of mapping.columns.entries()) await this.#column(mapping, column, at, columns);
    if (mapping.explode !== undefined) {
      const { list, parallel } = mapping.explode;
      if (list === "") this.#add("explode.list", "is empty; name the list whose elements become rows");
      if (parallel.includes(list)) this.#add("explode.parallel", "names the list itself; name others");
    }
    for (const [at, key] of mapping.partitionKeys.entries()) {
      if (key === "") this.#add(`partition_keys[${at}]`, "is empty; name a folder's key");
    }
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

  #csv({ delimiter, quote, escape, skipLines, comment, names }: CsvDialect): void {
    const bytes = Buffer.byteLength(delimiter);
    if (bytes > MAX_DELIMITER_BYTES || /[\r\n]/.test(delimiter)) {
      this.#add("csv.delimiter", `must be 1 to ${MAX_DELIMITER_BYTES} bytes without line ends, such as ";" or "\\t"`);
    }
    for (const [field, text] of Object.entries({ quote, escape })) {
      const isRight = text === undefined || text === "" || (Buffer.byteLength(text) === 1 && !/[\r\n]/.test(text));
      if (!isRight) this.#add(`csv.${field}`, 'must be one ASCII character, such as \'"\'; "" is none');
    }
    if (quote !== undefined && quote !== "" && (delimiter || ",").includes(quote)) {
      this.#add("csv.quote", "is part of the delimiter; they must differ");
    }
    if (skipLines < 0) this.#add("csv.skip_lines", `is ${skipLines}; it must be 0 or more`);
    if (/[\r\n]/.test(comment)) this.#add("csv.comment", "holds a line end; it is what a line begins with");
    for (const [at, name] of names.entries()) {
      if (name.trim() === "") this.#add(`csv.names[${at}]`, "is empty; each column needs a name");
      else if (names.indexOf(name) < at) this.#add(`csv.names[${at}]`, `is "${name}" again; names must differ`);
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
    if (unit !== TimeUnit.TIME_UNIT_UNSPECIFIED && formats.length > 0) {
      this.#add(`${field}.unit`, "is given together with formats; a time is a number or a text");
    }
    for (const [at, format] of formats.entries()) {
      const message = await this.#tried(`SELECT try_strptime('', ${literal(format)})`);
      if (format === "")
        this.#add(`${field}.formats[${at}]`, `is empty; "${ISO}" or a pattern such as "%Y-%m-%d" is right`);
      else if (format !== ISO && message !== undefined) {
        this.#add(`${field}.formats[${at}]`, `is "${format.slice(0, 100)}", no pattern of strptime (${message})`);
      } else if (format !== ISO && !format.includes("%")) {
        this.#add(
          `${field}.formats[${at}]`,
          `is "${format.slice(0, 100)}"; "${ISO}" or a pattern such as "%Y-%m-%d" is right`,
        );
      }
    }
    if (zone === "") return;
    const unknown = await this.#tried(`SELECT TIMESTAMP '2020-01-01 00:00:00' AT TIME ZONE ${literal(zone)}`);
    if (unknown === undefined) return;
    this.#add(`${field}.zone`, `is "${zone.slice(0, 100)}", which is no zone; a name such as "Europe/Berlin" is right`);
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
