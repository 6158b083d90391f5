import type { DuckDBConnection } from "@duckdb/node-api";
import type { StagedFile } from "../staging/stage-file.js";
import type { CsvFormat } from "./csv-dialect.js";
import { QUERY_TABLE, STAGED_TABLE, type FileTable } from "./file-table.js";
import { CSV_TABLE, openCsv } from "./load-csv.js";
import { JSON_LINES_TABLE, openJsonLines } from "./load-json-lines.js";
import { openParquet } from "./load-parquet.js";
import { openTypedJson } from "./load-typed-json.js";
import { withPartitionKeys } from "./partition-columns.js";

/** A file to be opened. */
interface FileToOpen {
  /** The dataset, for messages. */
  readonly label: string;
  /** The file. */
  readonly staged: StagedFile;
  /** How it is written if it is CSV. */
  readonly csv: CsvFormat;
  /** Keys of the file's folders that are columns of it. */
  readonly partitionKeys: readonly string[];
  /** Most bytes that the file's values may take. */
  readonly maxBytes: number;
}

/** Opens a file as a table with its own columns, and with the keys of its folders that are asked for. Throws FileRefused. */
export async function openFile(connection: DuckDBConnection, file: FileToOpen): Promise<FileTable> {
  const { label, staged, partitionKeys } = file;
  return withPartitionKeys(label, await openOwn(connection, file), partitionKeys, staged.folders);
}

function openOwn(connection: DuckDBConnection, { label, staged, csv, maxBytes }: FileToOpen): Promise<FileTable> {
  switch (staged.format) {
    case "csv":
      return openCsv(connection, label, staged.path, csv);
    case "jsonl":
      return openJsonLines(connection, label, staged.path);
    case "parquet":
      return openParquet(connection, label, staged.path, maxBytes);
    case "typed-json":
      return openTypedJson(connection, staged.path, staged.typedColumns ?? []);
  }
}

/** Removes the tables of an opened file, however far its loading came. */
export async function closeFile(connection: DuckDBConnection): Promise<void> {
  for (const table of [STAGED_TABLE, QUERY_TABLE, JSON_LINES_TABLE, CSV_TABLE]) {
    await connection.run(`DROP TABLE IF EXISTS ${table}`);
  }
}
