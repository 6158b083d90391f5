import type { DuckDBConnection } from "@duckdb/node-api";
import type { Column, ColumnMapping, ImportMapping, ImportProblem } from "@palate/proto/dataset";
import { columnKey } from "../../schema/column-name.js";
import type { DatasetTypeRules } from "../../schema/dataset-types.js";
import type { FileTable } from "../load/file-table.js";
import type { StagedRows } from "../load/staged-rows.js";
import { FileRefused, problemAt } from "../staging/file-problem.js";
import { ELEMENT } from "./explode.js";
import { FileColumns } from "./file-columns.js";
import { changesRows, mapRows, needsNumbers, type MappedRows, type RowPlace } from "./mapped-rows.js";
import type { NamedValue } from "./plan-column.js";
import { openQuery } from "./query-table.js";
import { checkExpression } from "./sandbox.js";
import { rowSqlOf, sqlProblem } from "./sql-errors.js";
import { stageColumns, type ColumnWish } from "./stage-columns.js";
import { visibleNames } from "./visible-columns.js";

/** What is loaded. */
interface MappedLoad {
  readonly table: FileTable;
  readonly rules: DatasetTypeRules;
  readonly columns: readonly Column[];
  readonly mapping: ImportMapping;
}

/** A column, and where in a row it comes from. */
interface MappedWish extends ColumnWish {
  readonly places: readonly { readonly place: RowPlace; readonly name: string }[];
  /** The place of its expression among the mapping's columns. */
  readonly expression: number | undefined;
}

/**
 * Loads an opened file as its mapping says. Its SQL has been checked.
 * @throws FileRefused with every column that the file lacks or that cannot be made of it
 */
export async function loadMapped(connection: DuckDBConnection, given: MappedLoad): Promise<StagedRows> {
  const { rules, mapping } = given;
  const { label } = rules;
  const table = mapping.sql === "" ? given.table : await openQuery(connection, label, given.table, mapping.sql);
  const load = { ...given, table };
  const names = new FileColumns(table.columns);
  const wishes = needWishes(load, names);
  const used = [...new Set([...placesOf(wishes), ...(await placesOfRows(connection, load, names))])];
  const ignoredColumns = leftOut(load, names, used);
  let mapped: MappedRows | undefined;
  const request = { table, rules, wishes, used, numbered: needsNumbers(mapping) };
  const loaded = await stageColumns(request, async (file) => {
    mapped = await mapRows({ connection, label, table, mapping, used }, file);
    const rows = mapped;
    return { origin: rows.origin, valuesOf: (wish) => valuesOf(wish, rows) };
  }).catch((thrown: unknown) => {
    const problem = changesRows(mapping) ? sqlProblem(thrown, rowSqlOf(mapping)) : undefined;
    throw problem === undefined ? thrown : new FileRefused(label, [problem]);
  });
  return { ...loaded, ignoredColumns, filteredRows: mapped?.filteredRows ?? 0 };
}

/** Where in a row each column comes from. Throws FileRefused. */
function needWishes({ table, rules, columns, mapping }: MappedLoad, names: FileColumns): MappedWish[] {
  const problems: ImportProblem[] = [];
  const wishes = columns.map((column): MappedWish => {
    const at = mapping.columns.findIndex((each) => columnKey(each.name) === columnKey(column.name));
    const said = mapping.columns[at];
    const places: MappedWish["places"][number][] = [];
    for (const name of referencesOf(column, said)) {
      const place = placeOf(name, names, mapping);
      if (typeof place !== "string") places.push({ place, name });
      else if (isAsked(column, said)) problems.push(problemAt(table.line, column.name, "", place));
    }
    return {
      column,
      mapping: said,
      nullValues: said !== undefined && said.nullValues.length > 0 ? said.nullValues : mapping.nullValues,
      trim: said?.trim ?? mapping.trim,
      places,
      expression: said !== undefined && said.expression !== "" ? at : undefined,
    };
  });
  if (problems.length > 0) throw new FileRefused(rules.label, problems);
  return wishes;
}

/** The place that a reference means, or what is wrong with it. */
function placeOf(name: string, names: FileColumns, { explode }: ImportMapping): RowPlace | string {
  const [first, ...path] = name.split(".");
  return explode !== undefined && first === ELEMENT ? { element: path } : names.find(name);
}

/** What a column is taken from: what the mapping says, or the column of the same name. */
function referencesOf(column: Column, said: ColumnMapping | undefined): readonly string[] {
  if (said === undefined) return [column.name];
  if (said.from.length > 0) return said.from;
  return said.constant === undefined && said.expression === "" ? [column.name] : [];
}

/** Whether a column must be in the file. */
function isAsked(column: Column, said: ColumnMapping | undefined): boolean {
  const isRequired = !column.nullable && column.defaultValue === undefined;
  return isRequired || (said?.from.length ?? 0) > 0;
}

function placesOf(wishes: readonly MappedWish[]): number[] {
  return wishes.flatMap(({ places }) => places.flatMap(({ place }) => ("element" in place ? [] : [place.column])));
}

/** The file's columns that its lists, its filter and its expressions name. */
async function placesOfRows(
  connection: DuckDBConnection,
  { table, mapping }: MappedLoad,
  names: FileColumns,
): Promise<number[]> {
  const { explode } = mapping;
  const lists = explode === undefined ? [] : [explode.list, ...explode.parallel].map((name) => names.find(name));
  const named = new Set<string>();
  for (const { text } of rowSqlOf(mapping))
    for (const name of (await checkExpression(connection, text)).columns) named.add(name);
  const seen = visibleNames(table).flatMap((name, place) => (named.has(name.toLowerCase()) ? [place] : []));
  return [...lists.flatMap((place) => (typeof place === "string" ? [] : [place.column])), ...seen];
}

function valuesOf({ places, expression, column }: MappedWish, rows: MappedRows): readonly NamedValue[] | string {
  if (expression !== undefined) {
    const value = rows.expression(expression);
    return value === undefined ? [] : [{ path: column.name, value }];
  }
  const values: NamedValue[] = [];
  for (const { place, name } of places) {
    const value = rows.at(place);
    if (value === undefined) return `"${name}" is not in the file: what it is a part of has no such part`;
    values.push({ path: name, value });
  }
  return values;
}

/** Columns of the file that nothing uses and nobody meant to leave out. Throws FileRefused where the mapping refuses such. */
function leftOut({ table, rules, mapping }: MappedLoad, names: FileColumns, used: readonly number[]): string[] {
  const meant = new Set(mapping.ignoredColumns.map((name) => columnKey(name.trim())));
  const unused = table.columns.flatMap((name, place) => {
    const isMeant = meant.has(columnKey(name.trim())) || meant.has(`#${place + 1}`);
    return used.includes(place) || isMeant ? [] : [names.nameOf(place)];
  });
  if (!mapping.refuseUnknownColumns || unused.length === 0) return unused;
  const message = "is used by nothing; use it, or name it in the mapping's ignored columns";
  throw new FileRefused(
    rules.label,
    unused.map((name) => problemAt(table.line, name.slice(0, 100), name, message)),
  );
}
