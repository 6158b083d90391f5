import type { DuckDBConnection } from "@duckdb/node-api";
import { confine, DuckDb, withDuckDbErrors, type DuckDbLimits } from "../storage/duckdb.js";
import type { Source } from "./sources/source.js";

/** What a confined database works with. */
interface ConfinedWork {
  readonly limits: DuckDbLimits;
  /** A folder in which everything may be read and written; what does not fit into memory is spilled into it. */
  readonly work: string;
  /** The files that are read: of those on this machine the files themselves, not their folders. */
  readonly sources: readonly Source[];
  /** A file that is written; none unless said. */
  readonly target?: string;
  /** Interrupts what runs. */
  readonly signal: AbortSignal;
}

/**
 * Runs `use` with a database in memory that reaches nothing but its files: SQL of a mapping runs in it, and readers of files
 * that somebody else made.
 * @throws what {@link withDuckDbErrors} does
 */
export async function withConfinedDuckDb<T>(
  { limits, work, sources, target, signal }: ConfinedWork,
  use: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const local = sources.flatMap(({ path }) => path ?? []);
  const duckdb = await DuckDb.open({ ...limits, folder: work });
  try {
    return await duckdb.with(async (connection) => {
      await confine(connection, { folders: [work], files: target === undefined ? local : [target, ...local] });
      return withDuckDbErrors(limits, signal, () => use(connection));
    }, signal);
  } finally {
    duckdb.close();
  }
}
