import { invalidArgument } from "@palate/host";

const DEFAULT_PAGE = 100;
const MAX_PAGE = 1000;

/**
 * One page of a list that is sorted by a key.
 * @param pageToken key of the last row of the page before, in base64; empty for the first page
 * @throws PalateError `invalid_argument` on a token that no page gave
 */
export function page<T>(
  rows: readonly T[],
  keyOf: (row: T) => string,
  pageSize: number,
  pageToken: string,
): { rows: T[]; nextPageToken: string } {
  const size = pageSize <= 0 ? DEFAULT_PAGE : Math.min(pageSize, MAX_PAGE);
  let start = 0;
  if (pageToken !== "") {
    const key = Buffer.from(pageToken, "base64url").toString("utf8");
    start = rows.findIndex((row) => keyOf(row) === key) + 1;
    if (start === 0)
      throw invalidArgument("page_token: is not one that the page before gave; start again without it.", [
        { field: "page_token", message: "is unknown" },
      ]);
  }
  const chosen = rows.slice(start, start + size);
  const more = start + size < rows.length;
  return { rows: chosen, nextPageToken: more ? Buffer.from(keyOf(chosen.at(-1)!), "utf8").toString("base64url") : "" };
}
