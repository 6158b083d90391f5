import type { ImportMapping, ImportProblem } from "@palate/proto/dataset";
import { problemAt } from "../staging/file-problem.js";
import { placeOfError, type MappingSql } from "./sql-place.js";

/** Errors of DuckDB that are about what a SQL text does with the values that it finds. */
const OF_THE_SQL =
  /^(Binder|Catalog|Parser|Conversion|Invalid Input|Invalid type|Out of Range|Not implemented|Constraint) Error/;

/**
 * What DuckDB has against a SQL text of a mapping, with the field, and the line and column in its text where DuckDB says it.
 * @param texts those that may be meant
 * @returns undefined when the error is about something else
 */
export function sqlProblem(thrown: unknown, texts: readonly MappingSql[]): ImportProblem | undefined {
  if (!(thrown instanceof Error) || !OF_THE_SQL.test(thrown.message)) return undefined;
  if (thrown.message.startsWith("Invalid Input Error: CSV Error")) return undefined;
  const message = thrown.message.split("\n")[0]!.slice(0, 500);
  const found = placeOfError(thrown.message, texts);
  const fields = found === undefined ? texts.map(({ field }) => field) : [found.field];
  const named = fields.length === 0 ? "mapping.explode" : fields.map((field) => `mapping.${field}`).join(" or ");
  const place = found === undefined ? "" : `, ${found.place}`;
  return problemAt(
    0,
    "",
    "",
    `cannot be mapped by ${named}${place} (${message}); change the SQL, or leave such rows out`,
  );
}

/** The SQL texts of a mapping's rows: its filter and its columns' expressions. */
export function rowSqlOf({ rowFilter, columns }: ImportMapping): MappingSql[] {
  const filter = { field: "row_filter", text: rowFilter };
  const expressions = columns.map(({ expression }, at) => ({ field: `columns[${at}].expression`, text: expression }));
  return [filter, ...expressions].filter(({ text }) => text !== "");
}
