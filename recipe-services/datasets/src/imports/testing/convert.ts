import { ImportMapping, type Column, type DatasetType } from "@palate/proto/dataset";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DuckDb, queryRows } from "../../storage/duckdb.js";
import { parquetRows } from "../../storage/read-files.js";
import { convertFiles, type ConvertedFiles } from "../convert-files.js";
import { FileRefused } from "../staging/file-problem.js";
import { localSource } from "../sources/local-files.js";

/** A file to be converted, and the dataset that it is for. */
interface TestFile {
  readonly name: string;
  readonly content: string | Buffer;
  readonly type: DatasetType;
  readonly columns: readonly Column[];
  /** The mapping as JSON of the contract. */
  readonly mapping?: object;
}

/** Imports a file of this content; returns its rows as they were stored. */
export async function convertRows(file: TestFile): Promise<Record<string, unknown>[]> {
  return (await convert(file)).rows;
}

/** What was decided about a file without being asked for. */
export async function decisionsOf(file: TestFile): Promise<ConvertedFiles> {
  return (await convert(file)).converted;
}

async function convert(file: TestFile): Promise<{ rows: Record<string, unknown>[]; converted: ConvertedFiles }> {
  const work = await mkdtemp(path.join(tmpdir(), "palate-convert-"));
  const limits = { memoryMb: 256, threads: 2, folder: work, maxBytes: 100_000_000 };
  try {
    await mkdir(path.join(work, "in"));
    const source = path.join(work, "in", file.name);
    await writeFile(source, file.content);
    const target = path.join(work, "out.parquet");
    const { type, columns, mapping } = file;
    const converted = await convertFiles({
      sources: [localSource(source, file.name)],
      type,
      columns,
      mapping: mapping && ImportMapping.fromJSON(mapping),
      work,
      target,
      limits,
      signal: new AbortController().signal,
    });
    const duckdb = await DuckDb.open(limits);
    try {
      const query = `SELECT * FROM ${parquetRows(target)}`;
      return { rows: await duckdb.with((connection) => queryRows(connection, query)), converted };
    } finally {
      duckdb.close();
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** What a file is refused for, as "line column: message". */
export async function refusalOf(file: TestFile): Promise<string[]> {
  const thrown = await convertRows(file).catch((error: unknown) => error);
  if (!(thrown instanceof FileRefused)) throw new Error(`expected a refusal, got ${String(JSON.stringify(thrown))}`);
  return thrown.problems.map((problem) => `${problem.line} ${problem.column}: ${problem.message}`);
}
