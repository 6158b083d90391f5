import { invalidArgument, PalateError } from "@palate/host";
import { parseFilter } from "../language/parse.js";
import { placeOf, placeText } from "../language/place.js";
import type { FilterExpression } from "../language/syntax.js";
import { checkFilter, type FilterProblem } from "./check.js";
import { checkLiterals } from "./check-literals.js";
import type { FilterSchema } from "./columns.js";

/** Result of checking a text as a filter. */
export interface CheckedText {
  /** The filter; undefined when the text cannot be read as one. */
  readonly filter: FilterExpression | undefined;
  /** Everything that is wrong, in the order in which it is written; empty when the filter can be used. */
  readonly problems: readonly FilterProblem[];
}

/** Reads a text as a filter and checks it against a schema, without throwing. */
export function checkFilterText(text: string, schema: FilterSchema): CheckedText {
  let filter: FilterExpression;
  try {
    filter = parseFilter(text);
  } catch (thrown) {
    if (!(thrown instanceof PalateError)) throw thrown;
    const place = placeOf(thrown);
    const message = thrown.details.violations?.[0]?.message ?? thrown.message;
    return { filter: undefined, problems: [place === undefined ? { message } : { message, place }] };
  }
  return { filter, problems: [...checkFilter(filter, schema), ...checkLiterals(filter, schema)] };
}

/** The error that names every problem of a filter and its place. */
export function filterError(problems: readonly FilterProblem[]): PalateError {
  const violations = problems.map(({ message, place }) => ({ field: place ? placeText(place) : "filter", message }));
  const texts = problems.map(({ message, place }) => (place ? `${placeText(place)}: ${message}` : message));
  return invalidArgument(`Filter, ${[...new Set(texts)].join(" ")}`, violations);
}
