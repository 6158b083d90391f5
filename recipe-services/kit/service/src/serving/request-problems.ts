import { idProblem, invalidArgument, type Violation } from "@palate/host";
import { SeenItems } from "@palate/proto/recipe";
import type { ReplicaView } from "@palate/recipe";
import { MAX_RESULTS } from "./limits.js";

/** Unix times in seconds are below this for the next three thousand years; those in milliseconds are above it. */
const MILLISECONDS_FROM = 100_000_000_000;

/** Most results that paging may skip. */
const MAX_OFFSET = 1_000_000;

/**
 * The problems of a request's page: its length and its offset.
 * @param usual results of a request that does not say how many
 */
export function pageProblems(
  { numResults, offset }: { readonly numResults: number; readonly offset: number },
  usual: number,
): Violation[] {
  const problems: Violation[] = [];
  if (numResults < 0 || numResults > MAX_RESULTS) {
    const message = `is ${numResults}; it must be from 1 to ${MAX_RESULTS}, or 0 for ${usual}`;
    problems.push({ field: "num_results", message });
  }
  if (offset < 0 || offset > MAX_OFFSET)
    problems.push({ field: "offset", message: `is ${offset}; it must be from 0 to ${MAX_OFFSET}` });
  return problems;
}

/**
 * The problems of a request's ids.
 * @param ids by field, one or a list; an empty one of its own counts as not given
 */
export function idProblems(ids: Readonly<Record<string, string | readonly string[]>>): Violation[] {
  return Object.entries(ids).flatMap(([field, given]): Violation[] => {
    if (given === "") return [];
    if (typeof given === "string") return problemAt(field, given);
    return given.flatMap((id, place) => problemAt(`${field}[${place}]`, id));
  });
}

function problemAt(field: string, id: string): Violation[] {
  const message = idProblem(id);
  return message === undefined ? [] : [{ field, message }];
}

/** The problem of a page token: an offset beside it. Empty when there is none. */
export function pageTokenProblems({
  pageToken,
  offset,
}: {
  readonly pageToken: string;
  readonly offset: number;
}): Violation[] {
  if (pageToken === "" || offset === 0) return [];
  return [{ field: "offset", message: "means nothing beside page_token, which says where the page begins" }];
}

/** The problem of what a request says of seen items: a number that stands for nothing. Empty when there is none. */
export function seenItemsProblems(seenItems: SeenItems): Violation[] {
  if (seenItems in SeenItems && seenItems !== SeenItems.UNRECOGNIZED) return [];
  return [{ field: "seen_items", message: `is ${seenItems}; it must be from 0 to ${SeenItems.SEEN_ITEMS_INCLUDE}` }];
}

/** The problem of a request's timestamp; empty when there is none. */
export function timestampProblems(timestamp: number): Violation[] {
  if (timestamp < 0) return [{ field: "timestamp", message: `is ${timestamp}; it must be Unix seconds, or 0 for now` }];
  if (timestamp <= MILLISECONDS_FROM) return [];
  const message = `is ${timestamp}, which looks like milliseconds; it must be Unix seconds`;
  return [{ field: "timestamp", message }];
}

/**
 * The problem of a request's context: columns that interactions do not have. Any value is accepted; one that a model does not
 * know counts as not given.
 */
export function contextProblems(
  context: Readonly<Record<string, string>>,
  { contextColumns }: Pick<ReplicaView, "contextColumns">,
): Violation[] {
  const unknown = Object.keys(context).filter((name) => !contextColumns.includes(name));
  if (unknown.length === 0) return [];
  const known = contextColumns.length === 0 ? "they have none" : `there are ${contextColumns.join(", ")}`;
  const message = `names ${unknown.join(", ")}, but context must be categorical columns of interactions, and ${known}`;
  return [{ field: "context", message }];
}

/**
 * The problems of texts that may be left out and are empty: such a text is not "not given", which often means everything, but one
 * that went missing.
 * @param texts by field
 */
export function emptyTextProblems(texts: Readonly<Record<string, string | undefined>>): Violation[] {
  const empty = Object.keys(texts).filter((field) => texts[field] === "");
  return empty.map((field) => ({ field, message: "is empty; leave it out, or give a value" }));
}

/** Refuses a request when something is wrong with it: PalateError `invalid_argument` naming every such field. */
export function refuseProblems(violations: readonly Violation[]): void {
  if (violations.length === 0) return;
  const text = violations.map(({ field, message }) => `${field} ${message}`).join("; ");
  throw invalidArgument(`The request is not usable: ${text}.`, [...violations]);
}
