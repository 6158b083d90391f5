import type { ImportProblem } from "@palate/proto/dataset";
import { problemAt } from "../staging/file-problem.js";

/** Errors of DuckDB that are about what a SQL text does with the values that it finds. */
const OF_THE_SQL =
  /^(Binder|Catalog|Parser|Conversion|Invalid Input|Invalid type|Out of Range|Not implemented|Constraint) Error/;

/**
 * What DuckDB has against a SQL text of a mapping.
 * @param field the mapping's field that it stands in
 * @returns undefined when the error is about something else
 */
export function sqlProblem(thrown: unknown, field: string): ImportProblem | undefined {
  if (!(thrown instanceof Error) || !OF_THE_SQL.test(thrown.message)) return undefined;
  if (thrown.message.startsWith("Invalid Input Error: CSV Error")) return undefined;
  const message = thrown.message.split("\n")[0]!.slice(0, 500);
  return problemAt(
    0,
    "",
    "",
    `cannot be mapped by mapping.${field} (${message}); change the SQL, or leave such rows out`,
  );
}
