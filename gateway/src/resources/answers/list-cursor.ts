import { invalidArgument } from "@palate/host";
import type { FieldSelection } from "./field-selection.js";
import { selectsField } from "./selects-field.js";

/** A recipe service's page token, which ends in the number of items before the page. */
const FORM = /^[\w-]+\.(\d{1,5})$/;

/** Fields that show cursors, for which a page token has to be asked for. */
const CURSORS = ["endCursor", "startCursor", "cursor"];

/** Whether a query reads a cursor. */
export function selectsCursor(info: FieldSelection): boolean {
  return CURSORS.some((name) => selectsField(info, name));
}

/** Where a page of recommendations begins. */
export interface ListPlace {
  /** What the recipe service is told; empty for the first page. */
  readonly pageToken: string;
  /** Items of the list before the page. */
  readonly rank: number;
}

/**
 * The place that a cursor names.
 * @throws PalateError `invalid_argument` on anything but a cursor of a list of recommendations
 */
export function toListPlace(after: string | null | undefined): ListPlace {
  if (after === undefined || after === null) return { pageToken: "", rank: 0 };
  const match = FORM.exec(after);
  if (match) return { pageToken: after, rank: Number(match[1]) };
  const message =
    "This is no cursor of a list of recommendations; take it from pageInfo.endCursor or an edge's cursor.";
  throw invalidArgument(message, [{ field: "after", message }]);
}

/**
 * Makes the cursors of a page's items.
 * @param nextPageToken token of the page after it; empty when no cursor was asked for
 * @returns gives the cursor of the item of a rank, from 1
 */
export function cursorsOf(nextPageToken: string): (rank: number) => string {
  const list = nextPageToken.slice(0, nextPageToken.lastIndexOf(".") + 1);
  return (rank) => list + rank;
}
