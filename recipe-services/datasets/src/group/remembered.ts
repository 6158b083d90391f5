import type { ActionInteraction, Interaction } from "@palate/proto/dataset";
import { EVENT_DATASETS } from "../schema/dataset-types.js";
import { SESSION_ID_COLUMN } from "../schema/internal-columns.js";
import { findDataset, type Manifest } from "../schema/manifest.js";
import { identifier, literal, queryRows, type DuckDb } from "../storage/duckdb.js";
import type { ParquetStore } from "../storage/parquet-store.js";
import { readEventIds } from "./event-ids.js";
import type { SessionWindow } from "./session-window.js";

/** What writers need to know of events that are in Parquet files only. */
export interface Remembered {
  /** Event ids, oldest first. */
  readonly eventIds: readonly string[];
  /** Sessions with the users who signed in to them, oldest first. */
  readonly sessions: readonly (readonly [sessionId: string, userId: string])[];
}

/**
 * Reads what writers need to know of a group's Parquet files.
 * @param most event ids, and rows with sessions, that are looked at; the newest
 */
export async function readRemembered(
  files: ParquetStore,
  duckdb: DuckDb,
  logId: string,
  manifest: Manifest,
  most: number,
): Promise<Remembered> {
  const eventIds = await readEventIds(files, duckdb, logId, manifest, most);
  const streamed = EVENT_DATASETS.flatMap((type) => findDataset(manifest, type)?.files ?? [])
    .filter((file) => file.kind === "streamed")
    .sort((a, b) => b.arrived - a.arrived);
  const parts: [string, string][][] = [];
  const session = identifier(SESSION_ID_COLUMN);
  let count = 0;
  for (const file of streamed) {
    if (count >= most) break;
    const source = `read_parquet(${literal(await files.local(logId, file))}, file_row_number = true)`;
    const sql = `SELECT ${session} AS s, arg_max("USER_ID", file_row_number) AS u FROM ${source}
      WHERE ${session} IS NOT NULL AND "USER_ID" IS NOT NULL GROUP BY ALL ORDER BY max(file_row_number)`;
    const rows = await duckdb.with((connection) => queryRows(connection, sql));
    parts.unshift(rows.map((row): [string, string] => [String(row["s"]), String(row["u"])]));
    count += rows.length;
  }
  return { eventIds, sessions: parts.flat() };
}

/**
 * Gives events without a user the user who has signed in to their session, one event after the other.
 * @param known sessions of earlier commits
 * @param seen sessions of the same commit so far; added to
 */
export function withUsers<T extends Pick<Interaction | ActionInteraction, "userId" | "sessionId">>(
  events: readonly T[],
  known: SessionWindow,
  seen: Map<string, string>,
): readonly T[] {
  if (events.every(({ sessionId }) => sessionId === "")) return events;
  return events.map((event) => {
    if (event.sessionId === "") return event;
    if (event.userId !== "") {
      seen.set(event.sessionId, event.userId);
      return event;
    }
    const userId = seen.get(event.sessionId) ?? known.userOf(event.sessionId);
    return userId === undefined ? event : { ...event, userId };
  });
}
