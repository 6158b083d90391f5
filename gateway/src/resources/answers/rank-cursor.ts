import { invalidArgument } from "@palate/host";

/**
 * How many ranks a page leaves out.
 * @throws PalateError `invalid_argument` on anything but a cursor of a ranked list
 */
export function toOffset(after: string | null | undefined): number {
  if (after === undefined || after === null) return 0;
  const rank = cursorToRank(after);
  if (rank !== undefined) return rank;
  const message = "This is no cursor of a ranked list; take it from pageInfo.endCursor or an edge's cursor.";
  throw invalidArgument(message, [{ field: "after", message }]);
}

/** Cursors of the first ranks, which nearly every answer uses. */
const CURSORS = Array.from({ length: 1_024 }, (_, rank) => encodeRank(rank));

function encodeRank(rank: number): string {
  return Buffer.from(`rank:${rank}`).toString("base64url");
}

/** Cursor of a rank. */
export function rankToCursor(rank: number): string {
  return CURSORS[rank] ?? encodeRank(rank);
}

/** Rank of a cursor, or undefined when it is none of {@link rankToCursor}. */
function cursorToRank(cursor: string): number | undefined {
  const match = /^rank:(\d{1,7})$/.exec(Buffer.from(cursor, "base64url").toString());
  return match ? Number(match[1]) : undefined;
}
