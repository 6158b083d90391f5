import type { DuckDBConnection } from "@duckdb/node-api";
import { ImportMapping, type Column, type DatasetType, type InferSchemaResponse } from "@palate/proto/dataset";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { confine, DuckDb, identifier, queryRows, withDuckDbErrors } from "../../storage/duckdb.js";
import { parquetRows } from "../../storage/read-files.js";
import { convertWith, type ConvertedFiles } from "../convert-files.js";
import { checkMapping } from "../mapping/check-mapping.js";
import { inferFile } from "../recognition/infer-file.js";
import { localSource } from "../sources/local-files.js";

/** A file to be tried. */
export interface TrialFile {
  readonly name: string;
  readonly content: Buffer;
  /** The folders that it lies in, outermost first. */
  readonly folders?: readonly string[];
  readonly type: DatasetType;
  /** Ends the work, which then throws its reason. */
  readonly signal: AbortSignal;
}

/** A file that was imported. */
export interface TrialImport extends ConvertedFiles {
  /** Its rows as they were stored; whole numbers of 64 bits as text. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** A database in which files are tried is made anew after so many of them. */
const FILES_OF_A_DATABASE = 500;

const LIMITS = { memoryMb: 512, threads: 1, maxBytes: 50_000_000 };

/** Imports and infers one small file after the other as import jobs do, without the service around them, in a database that stays open. */
export class TrialImports {
  readonly #folder: string;
  #duckdb: DuckDb | undefined;
  #files = 0;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param folder in which a folder of its own is made for files on the way */
  static async start(folder: string): Promise<TrialImports> {
    return new TrialImports(await mkdtemp(path.join(folder, "palate-trials-")));
  }

  /**
   * Imports a file.
   * @param mapping as JSON of the contract
   * @throws whatever an import job would fail with
   */
  async import(file: TrialFile, columns: readonly Column[], mapping: object | undefined): Promise<TrialImport> {
    const read = mapping && ImportMapping.fromJSON(mapping);
    const target = path.join(this.#folder, "out.parquet");
    const { type, signal } = file;
    const source = await this.#source(file);
    const limits = { ...LIMITS, folder: this.#folder };
    const conversion = { sources: [source], type, columns, mapping: read, work: this.#folder, target, limits, signal };
    return this.#with(signal, async (connection) => {
      if (read) await checkMapping(connection, read, columns);
      const converted = await convertWith(connection, conversion);
      return { ...converted, rows: await rowsOf(connection, target, columns) };
    });
  }

  /** Proposes a schema and a mapping for a file. */
  async infer(file: TrialFile): Promise<InferSchemaResponse | undefined> {
    const source = await this.#source(file);
    const { type, signal } = file;
    const toInfer = { source, type, mapping: undefined, work: this.#folder, ...LIMITS, signal };
    return this.#with(signal, (connection) => inferFile(connection, toInfer));
  }

  /** Removes everything. */
  async close(): Promise<void> {
    this.#duckdb?.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #source({ name, content, folders = [] }: TrialFile) {
    const folder = path.join(this.#folder, "in");
    await mkdir(folder, { recursive: true });
    const file = path.join(folder, "given");
    await writeFile(file, content);
    return { ...localSource(file, name, content.length), folders };
  }

  async #with<T>(signal: AbortSignal, use: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const limits = { ...LIMITS, folder: this.#folder };
    if (this.#files++ % FILES_OF_A_DATABASE === 0) {
      this.#duckdb?.close();
      this.#duckdb = await DuckDb.open(limits);
      await this.#duckdb.with((connection) => confine(connection, { folders: [this.#folder], files: [] }));
    }
    return this.#duckdb!.with((connection) => withDuckDbErrors(limits, signal, () => use(connection)), signal);
  }
}

/** The rows of a Parquet file. Texts are read behind a character of ours: the library leaves out a byte order mark in front. */
async function rowsOf(connection: DuckDBConnection, file: string, columns: readonly Column[]) {
  const texts = columns.filter(({ type }) => type === "string").map(({ name }) => name);
  const items = columns.map(({ name, type }) => {
    const quoted = identifier(name);
    return type === "string" ? `'=' || ${quoted} AS ${quoted}` : quoted;
  });
  const rows = await queryRows(connection, `SELECT ${items.join(", ")} FROM ${parquetRows(file)}`);
  for (const row of rows) for (const name of texts) if (row[name] !== null) row[name] = String(row[name]).slice(1);
  return rows;
}
