import type { DuckDBConnection, DuckDBType } from "@duckdb/node-api";
import type { ImportMapping, ImportProblem } from "@palate/proto/dataset";
import { identifier, queryRows } from "../../storage/duckdb.js";
import type { FileRelation, FileTable } from "../load/file-table.js";
import { FileRefused, problemAt } from "../staging/file-problem.js";
import { ELEMENT, explodedList, partsOf, type ExplodedList } from "./explode.js";
import { FileColumns, type FilePlace } from "./file-columns.js";
import type { RowOrigin } from "./select-rows.js";
import { columnValue, partOf, projected, valueOf, type SqlValue } from "./sql-value.js";
import { sqlProblem } from "./sql-errors.js";
import { visibleColumns, visibleNames } from "./visible-columns.js";

/** Where in a row a column comes from: a place in the file, or in the element of its list. */
export type RowPlace = FilePlace | { readonly element: readonly string[] };

/** A file's rows as a mapping's columns see them. */
export interface MappedRows {
  readonly origin: RowOrigin;
  /** The value at a place; undefined when there is no such part. */
  at(place: RowPlace): SqlValue | undefined;
  /** The value of an expression, by its place among the mapping's columns. */
  expression(column: number): SqlValue | undefined;
  /** Rows that the filter leaves out. */
  readonly filteredRows: number;
}

/** What rows are made of. */
interface RowsToMap {
  readonly connection: DuckDBConnection;
  readonly label: string;
  readonly table: FileTable;
  readonly mapping: ImportMapping;
  /** The file's columns that are needed, by their places. */
  readonly used: readonly number[];
}

const LIST = "__palate_list";
const NUMBER = "__palate_number";
const NO_LIST = "__palate_no_list";
const WRONG_LIST = "__palate_wrong";
const ANY = "__palate_any";

/** Whether a mapping does more with rows than to take columns of them. */
export function changesRows({ explode, rowFilter, columns }: ImportMapping): boolean {
  return explode !== undefined || rowFilter !== "" || columns.some(({ expression }) => expression !== "");
}

/** Whether rows of a mapping need their numbers in the file. */
export function needsNumbers({ explode, rowFilter, sql }: ImportMapping): boolean {
  return explode !== undefined || rowFilter !== "" || sql !== "";
}

/**
 * Opens a file's rows for a mapping's columns: exploded, filtered, and with its expressions.
 * @throws FileRefused when its SQL cannot be run over this file
 */
export async function mapRows(request: RowsToMap, file: FileRelation): Promise<MappedRows> {
  const { mapping } = request;
  const numbered = needsNumbers(mapping);
  if (!changesRows(mapping)) {
    return {
      origin: { relation: file.relation, ...(numbered && { rowNumber: file.rowNumber }) },
      at: (place) => ("element" in place ? undefined : partOf(columnValue(file, place.column), place.path)),
      expression: () => undefined,
      filteredRows: 0,
    };
  }
  const layers = new RowLayers(request, file);
  const { rows, filteredRows } = await layers.filtered();
  const expressions = await layers.expressions(rows);
  return {
    origin: {
      relation: `(${expressions.sql})`,
      ...(numbered && { rowNumber: NUMBER }),
      refusals: layers.refusals,
    },
    at: (place) => layers.at(place),
    expression: (column) => expressions.values.get(column),
    filteredRows,
  };
}

/** The SELECTs around a file's rows, innermost first. */
class RowLayers {
  readonly refusals: NonNullable<RowOrigin["refusals"]>;
  readonly #request: RowsToMap;
  readonly #values = new Map<number, SqlValue>();
  readonly #parallel = new Map<number, SqlValue>();
  #element: SqlValue | undefined;
  #rows: string;

  constructor(request: RowsToMap, file: FileRelation) {
    this.#request = request;
    const { mapping, table, used } = request;
    const lists = mapping.explode === undefined ? [] : this.#lists(file);
    const hidden = new Set(lists.slice(1).map(({ column }) => column));
    const own = used.flatMap((column) => this.#project(file, column));
    const visible = visibleColumns(
      table,
      file,
      used.filter((column) => !hidden.has(column)),
    );
    const number = needsNumbers(mapping) ? [`${file.rowNumber} AS ${NUMBER}`] : [];
    // A SELECT needs a column, and a mapping of constants uses none.
    const items = [...own, ...visible, ...number, `1 AS ${ANY}`, ...listItems(lists)].join(", ");
    this.#rows = `SELECT ${items} FROM ${file.relation}`;
    this.refusals = lists.length === 0 ? [] : this.#explode(lists);
  }

  /** The rows that the filter keeps, and how many it does not. */
  async filtered(): Promise<{ rows: string; filteredRows: number }> {
    const { connection, label, mapping } = this.#request;
    if (mapping.rowFilter === "") return { rows: this.#rows, filteredRows: 0 };
    const rows = `SELECT * FROM (${this.#rows}) WHERE (\n${mapping.rowFilter}\n)`;
    try {
      await connection.run(`SELECT 1 FROM (${rows}) LIMIT 0`);
      const count = (from: string) => `(SELECT count(*) FROM (${from}))`;
      const [row] = await queryRows(connection, `SELECT ${count(this.#rows)} - ${count(rows)} AS filtered`);
      return { rows, filteredRows: Number(row?.["filtered"]) };
    } catch (thrown) {
      const problem = sqlProblem(thrown, [{ field: "row_filter", text: mapping.rowFilter }]);
      throw problem === undefined ? thrown : new FileRefused(label, [problem]);
    }
  }

  /** The rows with the values of the mapping's expressions. */
  async expressions(rows: string): Promise<{ sql: string; values: Map<number, SqlValue> }> {
    const { connection, label, mapping } = this.#request;
    const values = new Map<number, SqlValue>();
    const items: string[] = [];
    const problems: ImportProblem[] = [];
    for (const [place, { expression }] of mapping.columns.entries()) {
      if (expression === "") continue;
      const name = `__palate_expression_${place}`;
      const item = `(\n${expression}\n) AS ${name}`;
      try {
        const described = await connection.runAndReadAll(`SELECT ${item} FROM (${rows}) LIMIT 0`);
        values.set(place, projected(name, described.columnType(0)));
        items.push(item);
      } catch (thrown) {
        const problem = sqlProblem(thrown, [{ field: `columns[${place}].expression`, text: expression }]);
        if (problem === undefined) throw thrown;
        problems.push(problem);
      }
    }
    if (problems.length > 0) throw new FileRefused(label, problems);
    return { sql: items.length === 0 ? rows : `SELECT *, ${items.join(", ")} FROM (${rows})`, values };
  }

  /** The value at a place. */
  at(place: RowPlace): SqlValue | undefined {
    const { explode } = this.#request.mapping;
    if ("element" in place) {
      if (this.#element === undefined || explode === undefined) return undefined;
      const isPart = place.element.length > 0;
      return partOf(isPart ? partsOf(this.#element, explode) : this.#element, place.element);
    }
    const value = this.#parallel.get(place.column) ?? this.#values.get(place.column);
    return value && partOf(value, place.path);
  }

  /** The columns of a file's column: its value, and its text and kind where they are not told by that. */
  #project(file: FileRelation, column: number): string[] {
    const { sql, type, text, kind } = columnValue(file, column);
    const [name, textName, kindName] = ["v", "t", "k"].map((letter) => `__palate_${letter}${column}`);
    const value = { sql: name!, type, text: textName! };
    this.#values.set(column, kind === undefined ? value : { ...value, kind: kindName! });
    return [`${sql} AS ${name}`, `${text} AS ${textName}`, ...(kind === undefined ? [] : [`${kind} AS ${kindName}`])];
  }

  /** The list that is exploded, and those that go along. Throws FileRefused. */
  #lists(file: FileRelation): RowList[] {
    const { label, table, mapping } = this.#request;
    const { list, separator, parallel } = mapping.explode!;
    const names = new FileColumns(table.columns);
    return [list, ...parallel].map((name) => {
      const place = names.find(name);
      if (typeof place === "string") throw new FileRefused(label, [problemAt(table.line, "", "", place)]);
      const value = partOf(columnValue(file, place.column), place.path);
      const exploded = value && explodedList(value, separator);
      if (exploded !== undefined) return { ...exploded, name, column: place.column };
      const message = `"${name}" is no list, but ${String(value?.type ?? file.typeOf(place.column))}; explode a list, or say its separator`;
      throw new FileRefused(label, [problemAt(table.line, "", "", message)]);
    });
  }

  /** Makes a row of each element. A row whose lists do not fit together stays one, and is refused. */
  #explode(lists: readonly RowList[]) {
    const { table, mapping } = this.#request;
    const [first, ...others] = lists;
    const names = lists.map((_, place) => `${LIST}${place}`);
    const [main, ...rest] = names;
    const differ = rest.map((name) => `len(${name}) IS DISTINCT FROM len(${main})`);
    const uneven = differ.length === 0 ? "false" : `${main} IS NOT NULL AND (${differ.join(" OR ")})`;
    // Several lists are unnested together, so that values at the same place are of one row.
    const elements = names.map((name, place) => {
      const kept = `CASE WHEN ${WRONG_LIST} THEN [${name}[1]] WHEN ${main} IS NOT NULL THEN ${name} END`;
      return `unnest(${kept}) AS ${elementName(place)}`;
    });
    const flagged = `SELECT *, ${NO_LIST} OR (${uneven}) AS ${WRONG_LIST} FROM (${this.#rows})`;
    const unnested = `SELECT * EXCLUDE (${names.join(", ")}), ${elements.join(", ")} FROM (${flagged})`;
    const shown = visibleNames(table);
    const along = others.map(({ column }, place) => `${elementName(place + 1)} AS ${identifier(shown[column]!)}`);
    this.#rows = `SELECT *, ${[`${elementName(0)} AS ${identifier(ELEMENT)}`, ...along].join(", ")} FROM (${unnested})`;
    this.#element = elementOf(first!.element, 0);
    for (const [place, { column, element }] of others.entries()) {
      this.#parallel.set(column, elementOf(element, place + 1));
    }
    const parallel = mapping.explode!.parallel.join(", ");
    const message = others.length > 0 ? `is no list, or not as long as ${parallel}` : "is no list";
    return [{ column: mapping.explode!.list, message, when: WRONG_LIST, value: "''" }];
  }
}

/** A list of each row. */
type RowList = ExplodedList & { readonly name: string; readonly column: number };

/** The columns of lists, and of whether any of them is none. */
function listItems(lists: readonly RowList[]): string[] {
  if (lists.length === 0) return [];
  const wrong = lists.map(({ isWrong }) => `(${isWrong})`).join(" OR ");
  return [...lists.map(({ sql }, place) => `${sql} AS ${LIST}${place}`), `coalesce(${wrong}, false) AS ${NO_LIST}`];
}

function elementOf(type: DuckDBType, place: number): SqlValue {
  return valueOf(elementName(place), type);
}

function elementName(list: number): string {
  return `__palate_e${list}`;
}
