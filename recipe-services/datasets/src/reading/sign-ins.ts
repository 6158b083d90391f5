import type { DuckDBConnection } from "@duckdb/node-api";
import { randomUUID } from "node:crypto";
import { EVENT_DATASETS } from "../schema/dataset-types.js";
import { SESSION_ID_COLUMN } from "../schema/internal-columns.js";
import type { Manifest } from "../schema/manifest.js";
import { eventsOf } from "../schema/streamed-rows.js";
import { identifier, literal, queryRows, type DuckDb } from "../storage/duckdb.js";
import type { Commit } from "../storage/change-log.js";
import { withParquet } from "../storage/parquet-lease.js";
import type { ParquetStore } from "../storage/parquet-store.js";
import { numberedParquetRows } from "../storage/read-files.js";

const SESSION = identifier(SESSION_ID_COLUMN);

/** Pairs that one statement adds to the table. */
const PAIRS_AT_ONCE = 1_000;

/**
 * Which user each anonymous session turned out to be: the first who was seen in the session. A session's events without a
 * user are that user's; those that follow a sign-in have their user from the beginning (see `SessionWindow`).
 */
export class SignIns {
  readonly #duckdb: DuckDb;
  readonly #users: ReadonlyMap<string, string>;
  /** Name of a DuckDB table with columns `_signed_in_session` and `_signed_in_user`; undefined when there are none. */
  readonly table: string | undefined;

  private constructor(duckdb: DuckDb, users: ReadonlyMap<string, string>, table?: string) {
    this.#duckdb = duckdb;
    this.#users = users;
    this.table = table;
  }

  /**
   * Looks through a group's streamed events. Costs nothing where all events name their user.
   * @param commits those that are not in files
   */
  static async read(
    files: ParquetStore,
    duckdb: DuckDb,
    logId: string,
    manifest: Manifest,
    commits: readonly Commit[],
  ): Promise<SignIns> {
    const streamed = manifest.datasets
      .filter(({ type }) => EVENT_DATASETS.includes(type))
      .flatMap((dataset) => dataset.files)
      .filter((file) => file.kind === "streamed");
    const { anonymous, pairs } = sessionsOf(commits);
    if (anonymous.size === 0 && streamed.every((file) => file.anonymous === 0)) return new SignIns(duckdb, new Map());
    const table = `sign_ins_${randomUUID().replaceAll("-", "")}`;
    const found = await withParquet(files, logId, async (lease) => {
      const paths: [string, number][] = [];
      for (const file of streamed) paths.push([await lease.path(file), file.arrived]);
      return duckdb.with((connection) => readSignIns(connection, table, paths, { anonymous, pairs }));
    });
    return new SignIns(duckdb, new Map(found), table);
  }

  /** The user that a session turned out to be. */
  userOf(sessionId: string | undefined): string | undefined {
    return sessionId === undefined ? undefined : this.#users.get(sessionId);
  }

  /** Drops the table. */
  async close(): Promise<void> {
    const { table } = this;
    if (table !== undefined) await this.#duckdb.with((connection) => connection.run(`DROP TABLE IF EXISTS ${table}`));
  }
}

/** What commits say about sessions. */
interface SessionsOfCommits {
  readonly anonymous: ReadonlySet<string>;
  readonly pairs: readonly (readonly [session: string, user: string, sequence: number])[];
}

/** Sessions with anonymous events in some commits, and which users were seen in which session, in order. */
function sessionsOf(commits: readonly Commit[]): SessionsOfCommits {
  const anonymous = new Set<string>();
  const pairs: [string, string, number][] = [];
  const paired = new Set<string>();
  for (const commit of commits) {
    if (commit.manifest) continue;
    for (const type of EVENT_DATASETS) {
      for (const { sessionId, userId } of eventsOf(type, commit.records)) {
        if (sessionId === "") continue;
        if (userId === "") anonymous.add(sessionId);
        else if (!paired.has(sessionId)) {
          paired.add(sessionId);
          pairs.push([sessionId, userId, commit.sequence]);
        }
      }
    }
  }
  return { anonymous, pairs };
}

/**
 * Finds the first user of each session that has anonymous events.
 * @param table a table to put them into
 * @param paths the files to look through, each with when it arrived
 */
async function readSignIns(
  connection: DuckDBConnection,
  table: string,
  paths: readonly (readonly [path: string, arrived: number])[],
  { anonymous, pairs }: SessionsOfCommits,
): Promise<[string, string][]> {
  await connection.run(`CREATE TABLE ${table}_pairs (s VARCHAR, u VARCHAR, arrived BIGINT, n BIGINT)`);
  await connection.run(`CREATE TABLE ${table}_anonymous (s VARCHAR)`);
  try {
    for (const [path, arrived] of paths) {
      const source = numberedParquetRows(path);
      await connection.run(
        `INSERT INTO ${table}_pairs SELECT ${SESSION}, "USER_ID", ${arrived}, file_row_number FROM ${source}
             WHERE ${SESSION} IS NOT NULL AND "USER_ID" IS NOT NULL`,
      );
      await connection.run(
        `INSERT INTO ${table}_anonymous SELECT DISTINCT ${SESSION} FROM ${source} WHERE "USER_ID" IS NULL`,
      );
    }
    for (let from = 0; from < pairs.length; from += PAIRS_AT_ONCE) {
      const rows = pairs.slice(from, from + PAIRS_AT_ONCE);
      const values = rows.map(([s, u, at], n) => `(${literal(s)}, ${literal(u)}, ${at}, ${from + n})`);
      await connection.run(`INSERT INTO ${table}_pairs VALUES ${values.join(", ")}`);
    }
    const waiting = [...anonymous];
    for (let from = 0; from < waiting.length; from += PAIRS_AT_ONCE) {
      const values = waiting.slice(from, from + PAIRS_AT_ONCE).map((s) => `(${literal(s)})`);
      await connection.run(`INSERT INTO ${table}_anonymous VALUES ${values.join(", ")}`);
    }
    await connection.run(
      `CREATE TABLE ${table} AS SELECT s AS _signed_in_session, arg_min(u, (arrived, n)) AS _signed_in_user
           FROM ${table}_pairs WHERE s IN (SELECT s FROM ${table}_anonymous) GROUP BY s`,
    );
    const found = await queryRows(connection, `SELECT _signed_in_session AS s, _signed_in_user AS u FROM ${table}`);
    return found.map((row): [string, string] => [String(row["s"]), String(row["u"])]);
  } finally {
    await connection.run(`DROP TABLE ${table}_pairs`);
    await connection.run(`DROP TABLE ${table}_anonymous`);
  }
}
