import { invalidArgument, type PalateError } from "@palate/host";

/** How long a GraphQL request may be; looked at before anything reads what it says. */
export interface RequestLimits {
  /** Longest body, in bytes. */
  readonly maxBodyBytes: number;
  /** Milliseconds in which a body must have come, from its first bytes on. */
  readonly controlDeadlineMs: number;
  /** Longest query document within it, in characters. */
  readonly maxQueryLength: number;
}

/** What is wrong with a document that is longer than the limit; undefined when nothing is. */
export function queryTooLong(
  query: unknown,
  { maxQueryLength }: Pick<RequestLimits, "maxQueryLength">,
): PalateError | undefined {
  if (typeof query !== "string" || query.length <= maxQueryLength) return undefined;
  const message = `The query has ${query.length} characters; the limit is ${maxQueryLength}. Put long input into variables.`;
  return invalidArgument(message);
}
