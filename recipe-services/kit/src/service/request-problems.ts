import { invalidArgument, type Violation } from "../errors/index.js";

/** Unix times in seconds are below this for the next three thousand years; those in milliseconds are above it. */
const MILLISECONDS_FROM = 100_000_000_000;

/** What is wrong with the time that a request names; nothing, or one thing. */
export function timestampProblems(timestamp: number): Violation[] {
  if (timestamp <= MILLISECONDS_FROM) return [];
  const message = `is ${timestamp}, which looks like milliseconds; it must be Unix seconds`;
  return [{ field: "timestamp", message }];
}

/** Refuses a request when something is wrong with it: PalateError `invalid_argument` naming every such field. */
export function refuseProblems(violations: readonly Violation[]): void {
  if (violations.length === 0) return;
  const text = violations.map(({ field, message }) => `${field} ${message}`).join("; ");
  throw invalidArgument(`The request is not usable: ${text}.`, [...violations]);
}
