import type { DuckDBConnection } from "@duckdb/node-api";
import type { Column, ColumnMapping, ImportMapping, ImportProblem } from "@palate/proto/dataset";
import { columnKey } from "../../schema/column-name.js";
import type { DatasetTypeRules } from "../../schema/dataset-types.js";
import type { FileRelation, FileTable } from "../load/file-table.js";
import { FileRefused, problemAt } from "../staging/file-problem.js";
import { FileColumns, type FilePlace } from "./file-columns.js";
import type { NamedValue } from "./plan-column.js";
import { columnValue, partOf } from "./sql-value.js";
import { stageColumns, type ColumnWish } from "./stage-columns.js";
import type { StagedRows } from "../load/staged-rows.js";

/** What is loaded. */
interface MappedLoad {
  readonly table: FileTable;
  readonly rules: DatasetTypeRules;
  readonly columns: readonly Column[];
  readonly mapping: ImportMapping;
}

/** A column, and where in the file it comes from. */
interface MappedWish extends ColumnWish {
  readonly places: readonly (FilePlace & { path: readonly string[]; name: string })[];
}

/**
 * Loads an opened file as its mapping says.
 * @throws FileRefused with every column that the file lacks or that cannot be made of it
 */
export async function loadMapped(_connection: DuckDBConnection, load: MappedLoad): Promise<StagedRows> {
  const { table, rules } = load;
  const names = new FileColumns(table.columns);
  const wishes = needWishes(load, names);
  const used = [...new Set(wishes.flatMap((wish) => wish.places.map((place) => place.column)))];
  const ignoredColumns = leftOut(load, names, used);
  const loaded = await stageColumns({ table, rules, wishes, used }, (file) => ({
    origin: { relation: file.relation },
    valuesOf: (wish) => valuesOf(wish, file),
  }));
  return { ...loaded, ignoredColumns };
}

/** Where in the file each column comes from. Throws FileRefused. */
function needWishes({ table, rules, columns, mapping }: MappedLoad, names: FileColumns): MappedWish[] {
  const problems: ImportProblem[] = [];
  const wishes = columns.map((column): MappedWish => {
    const said = mapping.columns.find((each) => columnKey(each.name) === columnKey(column.name));
    const places: MappedWish["places"][number][] = [];
    for (const reference of referencesOf(column, said)) {
      const place = names.find(reference);
      if (typeof place !== "string") places.push({ ...place, name: reference });
      else if (isAsked(column, said)) problems.push(problemAt(table.line, column.name, "", place));
    }
    return {
      column,
      mapping: said,
      nullValues: said !== undefined && said.nullValues.length > 0 ? said.nullValues : mapping.nullValues,
      trim: said?.trim ?? mapping.trim,
      places,
    };
  });
  if (problems.length > 0) throw new FileRefused(rules.label, problems);
  return wishes;
}

/** What a column is taken from: what the mapping says, or the column of the same name. */
function referencesOf(column: Column, said: ColumnMapping | undefined): readonly string[] {
  if (said === undefined) return [column.name];
  if (said.from.length > 0) return said.from;
  return said.constant === undefined ? [column.name] : [];
}

/** Whether a column must be in the file. */
function isAsked(column: Column, said: ColumnMapping | undefined): boolean {
  const isRequired = !column.nullable && column.defaultValue === undefined;
  return isRequired || (said?.from.length ?? 0) > 0;
}

function valuesOf({ places }: MappedWish, file: FileRelation): readonly NamedValue[] | string {
  const values: NamedValue[] = [];
  for (const { column, path, name } of places) {
    const value = partOf(columnValue(file, column), path);
    if (value === undefined)
      return `"${name}" is not in the file: the column has the type ${String(file.typeOf(column))}`;
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
