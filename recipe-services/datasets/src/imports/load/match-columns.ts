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
    if (column === undefined) {
      const message = `is not in the schema, whose columns are ${schemaNames}; take it out of the file, or add it to the schema`;
      problems.push(problemAt(line, name.slice(0, 100), name, message));
    } else if (matched.has(column.name)) {
      problems.push(problemAt(line, column.name, name, "comes twice; keep one of them"));
    } else matched.set(column.name, place);
  }
  for (const column of columns) {
    if (column.nullable || column.defaultValue !== undefined || matched.has(column.name)) continue;
    problems.push(problemAt(line, column.name, "", `is missing; the file has ${shortened(found.join(", "))}`));
  }
  if (problems.length === 0) return matched;
  throw otherSeparator(label, found, line) ?? new FileRefused(label, problems);
}

/** The refusal of a text file whose single "column" is a header with another separator than the comma. */
function otherSeparator(label: string, found: readonly string[], line: number): FileRefused | undefined {
  const [only] = found;
  const separator = [";", "\t", "|"].find((candidate) => found.length === 1 && only?.includes(candidate));
  if (separator === undefined) return undefined;
  const message = `is separated by ${JSON.stringify(separator)}; separate values by commas`;
  return new FileRefused(label, [problemAt(line, "", only ?? "", message)]);
}

function shortened(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
