import { DuckDBInstance, LIST, listValue, VARCHAR, type DuckDBConnection } from "@duckdb/node-api";
import { onAbort, PalateError, storageFull } from "@palate/host";
import path from "node:path";

/** A name as a DuckDB identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as a DuckDB string literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Limits of a DuckDB database. */
export interface DuckDbLimits {
  /** Memory before it spills, in MiB. */
  readonly memoryMb: number;
  /** Threads. */
  readonly threads: number;
  /** Folder to spill to. */
  readonly folder: string;
}

/** Time between two attempts to interrupt a connection. */
const INTERRUPT_MS = 50;

/** An embedded DuckDB database in memory. It never reaches for the network. */
export class DuckDb {
  readonly #instance: DuckDBInstance;

  private constructor(instance: DuckDBInstance) {
    this.#instance = instance;
  }

  /** Opens an empty database. */
  static async open(limits: DuckDbLimits): Promise<DuckDb> {
    const instance = await DuckDBInstance.create(":memory:", {
      memory_limit: `${limits.memoryMb}MiB`,
      threads: String(limits.threads),
      temp_directory: path.join(limits.folder, "spill"),
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      preserve_insertion_order: "true",
    });
    const duckdb = new DuckDb(instance);
    // Else times with a zone would be shown in that of the machine.
    await duckdb.with((connection) => connection.run("SET GLOBAL TimeZone = 'UTC'"));
    return duckdb;
  }

  /**
   * Runs `use` with a connection of its own.
   * @param signal interrupts its statements, which then throw; none unless said
   */
  async with<T>(use: (connection: DuckDBConnection) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const connection = await this.#instance.connect();
    let again: NodeJS.Timeout | undefined;
    // A statement that is about to begin takes no notice of being interrupted.
    const stopWaiting = onAbort(signal, () => {
      connection.interrupt();
      again = setInterval(() => connection.interrupt(), INTERRUPT_MS);
    });
    try {
      return await use(connection);
    } finally {
      stopWaiting();
      clearInterval(again);
      connection.closeSync();
    }
  }

  /** A connection that the caller closes. */
  connect(): Promise<DuckDBConnection> {
    return this.#instance.connect();
  }

  /** Closes the database. */
  close(): void {
    this.#instance.closeSync();
  }
}

/** What a confined database may read and write. */
export interface Reach {
  /** Folders with everything in them. */
  readonly folders: readonly string[];
  /** Single files, whose neighbours stay out of reach. */
  readonly files: readonly string[];
}

/**
 * Keeps a database from everything but some folders and files, and its settings from being changed, until it is closed:
 * what SQL that somebody else wrote could do is bounded here, whatever was or was not seen in its text.
 */
export async function confine(connection: DuckDBConnection, { folders, files }: Reach): Promise<void> {
  const inside = folders.map((folder) => (folder.endsWith(path.sep) ? folder : folder + path.sep));
  await connection.run(`SET allowed_directories = ${places(inside)}`);
  await connection.run(`SET allowed_paths = ${places(files)}`);
  await connection.run("SET enable_external_access = false");
  await connection.run("SET lock_configuration = true");
}

/** DuckDB compares places with the text of a path, which may be a pattern that only the place matches. */
function places(paths: readonly string[]): string {
  return `[${[...new Set(paths.flatMap((each) => [each, exactly(each)]))].map(literal).join(", ")}]`;
}

/** A pattern that only the path itself matches. */
export function exactly(file: string): string {
  return file.replace(/[*?[]/g, "[$&]");
}

/** Values that SQL refers to as `$name`. */
export type SqlValues = Readonly<Record<string, string | number | readonly string[]>>;

/** Values in the form, and with the types, in which DuckDB binds them. */
function bound(values: SqlValues) {
  const lists = Object.entries(values).filter((entry): entry is [string, readonly string[]] => Array.isArray(entry[1]));
  return {
    values: { ...values, ...Object.fromEntries(lists.map(([name, list]) => [name, listValue(list)])) } as Record<
      string,
      string | number | ReturnType<typeof listValue>
    >,
    types: Object.fromEntries(lists.map(([name]) => [name, LIST(VARCHAR)])),
  };
}

/** Rows of a query as objects; whole numbers as strings where they may pass 2^53. */
export async function queryRows(
  connection: DuckDBConnection,
  sql: string,
  given: SqlValues = {},
): Promise<Record<string, unknown>[]> {
  const { values, types } = bound(given);
  const reader = await connection.runAndReadAll(sql, values, types);
  return reader.getRowObjectsJson();
}

/** Runs statements for what they do. */
export async function execute(connection: DuckDBConnection, sql: string, given: SqlValues = {}): Promise<void> {
  const { values, types } = bound(given);
  await connection.run(sql, values, types);
}

/** Rows of a table. */
export async function countRows(connection: DuckDBConnection, table: string): Promise<number> {
  const [row] = await queryRows(connection, `SELECT count(*) AS rows FROM ${table}`);
  return Number(row?.["rows"]);
}

/**
 * Runs an import's work with DuckDB, and says of its failures what the caller can do about them.
 * @throws the signal's reason when it was aborted; PalateError `resource_exhausted` when memory or disk do not suffice
 */
export async function withDuckDbErrors<T>(
  limits: DuckDbLimits,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (signal.aborted) throw signal.reason;
    const message = thrown instanceof Error ? thrown.message : "";
    if (message.startsWith("Out of Memory Error")) {
      throw new PalateError(
        "resource_exhausted",
        `The file needs more than ${limits.memoryMb} MiB of memory; split it, or raise PALATE_DUCKDB_MEMORY_MB.`,
        {},
        { cause: thrown },
      );
    }
    if (/No space left on device|temp_directory/.test(message)) {
      const text = "The file does not fit on the disk of the datasets service; make room or split it.";
      throw storageFull(text, thrown);
    }
    throw thrown;
  }
}
