import type { Column, ImportProblem } from "@palate/proto/dataset";
import { columnKey } from "../../schema/column-name.js";
import { FileRefused, problemAt } from "../staging/file-problem.js";
import type { FileTable } from "./file-table.js";

/** Most columns of a file; one with more has no header of values that anybody wrote. */
export const MAX_COLUMNS = 20_000;

/** Which column of the file fills which column of the schema: schema column → place in the file, counted from 0. */
export type MatchedColumns = ReadonlyMap<string, number>;

/**
 * Matches the file's columns with the schema's by name; capitals and underscores do not count.
 * @param label the dataset, for messages
 * @throws FileRefused listing every missing, unknown and repeated column
 */
export function matchColumns(
  label: string,
  { columns: found, line }: Pick<FileTable, "columns" | "line">,
  columns: readonly Column[],
): MatchedColumns {
  if (found.length > MAX_COLUMNS) {
    const message = `has ${found.length}${found.length === MAX_COLUMNS + 1 ? " or more" : ""} columns; at most ${MAX_COLUMNS} are read`;
    throw new FileRefused(label, [problemAt(line, "", "", message)]);
  }
  const problems: ImportProblem[] = [];
  const schemaNames = shortened(columns.map((column) => column.name).join(", "));
  const byKey = new Map(columns.map((column) => [columnKey(column.name), column]));
  const matched = new Map<string, number>();
  for (const [place, name] of found.entries()) {
    const column = byKey.get(columnKey(name.trim()));
    if (column === undefined) problems.push(unknownColumn(name, place, line, schemaNames));
    else if (matched.has(column.name)) {
      const first = found[matched.get(column.name)!]!;
      problems.push(problemAt(line, column.name, name, repeated(first.slice(0, 100), name.slice(0, 100))));
    } else matched.set(column.name, place);
  }
  for (const column of columns) {
    if (column.nullable || column.defaultValue !== undefined || matched.has(column.name)) continue;
    problems.push(problemAt(line, column.name, "", `is missing; the file has ${shortened(found.join(", "))}`));
  }
  if (problems.length === 0) return matched;
  const whole =
    notAHeader(found) ?? otherSeparator(found) ?? (matched.size === 0 ? noHeader(found, columns) : undefined);
  throw new FileRefused(
    label,
    whole === undefined ? problems : [problemAt(line, "", found.join(",").slice(0, 200), whole)],
  );
}

function repeated(first: string, second: string): string {
  if (first === second) return "comes twice; keep one of them";
  const both = `"${first}" and "${second}"`;
  return `has two names, ${both}; keep one of them, or give both as from in a mapping, of which the first that has a value in a row counts`;
}

/** The problem of a column that the schema does not have. */
function unknownColumn(name: string, place: number, line: number, schemaNames: string): ImportProblem {
  if (name.trim() === "") {
    const message = `has no name for column ${place + 1}: a row index that pandas or R wrote (write the file with index=False or row.names=FALSE), or a separator at the end of each line; take the column out of the file`;
    return problemAt(line, "", name, message);
  }
  if (/^__index_level_\d+__$/.test(name)) {
    return problemAt(line, name, name, "is the row index of pandas; write the file with index=False");
  }
  const message = `is not in the schema, whose columns are ${schemaNames}; take it out of the file, or add it to the schema`;
  return problemAt(line, name.slice(0, 100), name, message);
}

/** What a first line is that is not meant as a header, and what would be right. */
function notAHeader([first = ""]: readonly string[]): string | undefined {
  if (/^sep=/i.test(first)) {
    return "is the line that tells Excel the separator, and no header; take it out, or pass over it with csv.skip_lines in a mapping";
  }
  if (!first.startsWith("#")) return undefined;
  return 'begins with "#", so it is a comment and no header; take it out, or set csv.comment in a mapping';
}

/** What is wrong when the first line is a row, as its numbers tell. */
function noHeader(found: readonly string[], columns: readonly Column[]): string | undefined {
  if (!found.some((name) => /^[+-]?\d+([.,]\d+)?$/.test(name.trim()))) return undefined;
  const names = shortened(columns.map((column) => column.name).join(","));
  return `looks like data, so the file has no header; begin it with the columns' names (${names}), or give them as csv.names in a mapping`;
}

/** What is wrong when the only "column" is a header with another separator than the comma. */
function otherSeparator(found: readonly string[]): string | undefined {
  const [only = ""] = found;
  const separator = [";", "\t", "|", "::"].find((candidate) => found.length === 1 && only.includes(candidate));
  if (separator === undefined) return undefined;
  const shown = JSON.stringify(separator);
  return `is separated by ${shown}; separate values by commas, or set csv.delimiter to ${shown} in a mapping`;
}

function shortened(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
