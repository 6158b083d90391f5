import { invalidArgument } from "@palate/host";

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;

/** Checks a resource name. Throws `invalid_argument` saying which field and what would be right. */
export function checkName(field: string, name: string): string {
  if (NAME.test(name)) return name;
  const rule = `1 to 63 letters, digits, "-" and "_", starting with a letter or digit`;
  const message =
    name === "" ? `is missing; it takes ${rule}` : `"${name.slice(0, 100)}" is not a name; it takes ${rule}`;
  throw invalidArgument(`${field} ${message}.`, [{ field, message }]);
}

/** One page of a list. */
export interface Page<T> {
  /** The rows of the page. */
  readonly rows: readonly T[];
  /** Token of the next page, empty on the last. */
  readonly nextPageToken: string;
}

/**
 * Cuts a page out of rows that are sorted by `keyOf`.
 * @param pageSize rows wanted; 0 means 100, at most 1000
 * @param pageToken `nextPageToken` of the page before, or empty
 */
export function pageOf<T>(
  rows: readonly T[],
  keyOf: (row: T) => string,
  pageSize: number,
  pageToken: string,
  direction: "ascending" | "descending" = "ascending",
): Page<T> {
  const size = pageSize <= 0 ? 100 : Math.min(pageSize, 1000);
  const after = pageToken === "" ? undefined : Buffer.from(pageToken, "base64url").toString();
  const isLater = (key: string) => after === undefined || (direction === "ascending" ? key > after : key < after);
  const rest = rows.filter((row) => isLater(keyOf(row)));
  const page = rest.slice(0, size);
  const last = page.at(-1);
  const more = rest.length > page.length && last !== undefined;
  return { rows: page, nextPageToken: more ? Buffer.from(keyOf(last)).toString("base64url") : "" };
}
