import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
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
    return new DuckDb(instance);
  }

  /** Runs `use` with a connection of its own. */
  async with<T>(use: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await this.#instance.connect();
    try {
      return await use(connection);
    } finally {
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

/** Rows of a query as objects; whole numbers as strings where they may pass 2^53. */
export async function queryRows(connection: DuckDBConnection, sql: string): Promise<Record<string, unknown>[]> {
  const reader = await connection.runAndReadAll(sql);
  return reader.getRowObjectsJson();
}
