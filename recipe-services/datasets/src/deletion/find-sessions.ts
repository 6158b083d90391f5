import type { GroupState } from "../group/group-state.js";
import { EVENT_DATASETS } from "../schema/dataset-types.js";
import { SESSION_ID_COLUMN } from "../schema/internal-columns.js";
import { findDataset } from "../schema/manifest.js";
import { eventsOf } from "../schema/streamed-rows.js";
import { identifier, literal, queryRows, type DuckDb } from "../storage/duckdb.js";
import { withParquet, type ParquetLease } from "../storage/parquet-lease.js";
import type { ParquetStore } from "../storage/parquet-store.js";
import { numberedParquetRows, parquetRows } from "../storage/read-files.js";

/** Texts in one list of a query. */
const AT_ONCE = 5_000;

/**
 * The sessions whose anonymous events became users' when they signed in: those in which one of the users was the first to
 * be named.
 */
export async function findSessions(
  state: GroupState,
  files: ParquetStore,
  duckdb: DuckDb,
  userIds: readonly string[],
): Promise<string[]> {
  return withParquet(files, state.logId, (lease) => findIn(state, lease, duckdb, userIds));
}

async function findIn(
  state: GroupState,
  lease: ParquetLease,
  duckdb: DuckDb,
  userIds: readonly string[],
): Promise<string[]> {
  const users = new Set(userIds);
  const found: string[] = [];
  for (const type of EVENT_DATASETS) {
    const dataset = findDataset(state.manifest, type);
    if (dataset === undefined) continue;
    /** Who was named first in each session that one of the users was named in. */
    const first = new Map<string, string>();
    const streamed = dataset.files.filter((file) => file.kind === "streamed").sort((a, b) => a.arrived - b.arrived);
    const paths: string[] = [];
    for (const file of streamed) paths.push(await lease.path(file));
    const events = state.uncompacted().flatMap((commit) => (commit.records ? eventsOf(type, commit.records) : []));
    const sessions = new Set<string>();
    for (const { userId, sessionId } of events) if (sessionId !== "" && users.has(userId)) sessions.add(sessionId);
    const session = identifier(SESSION_ID_COLUMN);
    for (const path of paths) {
      for (const list of lists(userIds)) {
        const sql = `SELECT DISTINCT ${session} AS id FROM ${parquetRows(path)}
          WHERE "USER_ID" IN (${list}) AND ${session} IS NOT NULL`;
        const rows = await duckdb.with((connection) => queryRows(connection, sql));
        for (const { id } of rows) sessions.add(String(id));
      }
    }
    for (const path of paths) {
      for (const list of lists([...sessions])) {
        const sql = `SELECT ${session} AS id, arg_min("USER_ID", file_row_number) AS "user"
          FROM ${numberedParquetRows(path)}
          WHERE ${session} IN (${list}) AND "USER_ID" IS NOT NULL GROUP BY ${session}`;
        const rows = await duckdb.with((connection) => queryRows(connection, sql));
        for (const { id, user } of rows) if (!first.has(String(id))) first.set(String(id), String(user));
      }
    }
    for (const { userId, sessionId } of events) {
      if (userId !== "" && sessions.has(sessionId) && !first.has(sessionId)) first.set(sessionId, userId);
    }
    for (const [id, user] of first) if (users.has(user)) found.push(id);
  }
  return [...new Set(found)];
}

function* lists(texts: readonly string[]): Generator<string> {
  for (let at = 0; at < texts.length; at += AT_ONCE) {
    yield texts
      .slice(at, at + AT_ONCE)
      .map(literal)
      .join(", ");
  }
}
