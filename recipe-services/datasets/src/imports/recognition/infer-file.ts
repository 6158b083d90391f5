import type { DuckDBConnection } from "@duckdb/node-api";
import {
  FileFormat,
  ImportMapping,
  type Column,
  type DatasetType,
  type InferSchemaResponse,
} from "@palate/proto/dataset";
import path from "node:path";
import { columnKey, toColumnName } from "../../schema/column-name.js";
import { rulesOf } from "../../schema/dataset-types.js";
import { checkSchema } from "../../schema/schema-rules.js";
import { execute, literal } from "../../storage/duckdb.js";
import { parquetRows } from "../../storage/read-files.js";
import { STAGED_TABLE, type FileTable } from "../load/file-table.js";
import { dropRows, loadRows, openFile } from "../load/load-rows.js";
import type { Source } from "../sources/source.js";
import { FileRefused, problemAt } from "../staging/file-problem.js";
import { stageFile, type StagedFile } from "../staging/stage-file.js";
import { columnFigures } from "./column-figures.js";
import type { ContentSample } from "./content-sample.js";
import type { ColumnKind } from "./layout.js";
import { oddValues } from "./odd-values.js";
import { mappingOf } from "./plan-mapping.js";
import { previewFile, previewProblems, previewRows } from "./preview.js";
import { proposeSchema } from "./propose-schema.js";
import { readHead } from "./read-head.js";
import { recognise, refusedLayoutOf } from "./recognise.js";
import { sampleText } from "./sample-text.js";
import { sampleTyped } from "./sample-typed.js";

/** A file to be looked at. */
export interface FileToInfer {
  readonly source: Source;
  /** The dataset type that it is for; told by the content when undefined. */
  readonly type: DatasetType | undefined;
  /** A mapping to try; proposed when undefined. */
  readonly mapping: ImportMapping | undefined;
  /** A folder for files on the way, which the caller removes. */
  readonly work: string;
  /** Most bytes of a file that has to be fetched whole. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** Bytes by which a text file is recognised. */
const HEAD_BYTES = 1024 * 1024;

/** Bytes of a text file whose values are looked at. */
const SAMPLE_BYTES = 8 * 1024 * 1024;

/** Rows of a file with types whose values are looked at. */
const SAMPLE_ROWS = 20_000;

/** Most columns of a file that a schema is proposed for. */
const MAX_COLUMNS = 2_000;

/** First bytes of formats that are no text. */
const BINARY = [
  Buffer.from("PAR1"),
  Buffer.from("ORC"),
  Buffer.from("Obj\x01", "latin1"),
  Buffer.from("ARROW1"),
  Buffer.from([0xff, 0xff, 0xff, 0xff]),
];

/** What is proposed of a file, before its values are looked at. */
interface Proposed {
  readonly type: DatasetType;
  readonly layout: string;
  readonly mapping: ImportMapping | undefined;
  readonly kinds: ReadonlyMap<string, ColumnKind>;
  readonly ignored: readonly string[];
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Proposes a schema and a mapping for a file, and shows what becomes of its first rows.
 * @throws FileRefused when it cannot be read; PalateError `invalid_argument` when its dataset type cannot be told
 */
export async function inferFile(connection: DuckDBConnection, file: FileToInfer): Promise<InferSchemaResponse> {
  const label = file.type === undefined ? "Data" : rulesOf(file.type).label;
  const head = await readHead(file.source, HEAD_BYTES, file.signal);
  const isText = !BINARY.some((bytes) => head.bytes.subarray(0, bytes.length).equals(bytes));
  const text = isText ? needText(label, sampleText(head.bytes, head.complete)) : undefined;
  const staged = await stage(connection, label, file, file.mapping ?? textMapping(text));
  try {
    const request = { label, staged, columns: [], mapping: file.mapping ?? textMapping(text), maxBytes: file.maxBytes };
    const table = await openFile(connection, request);
    needFewColumns(label, table);
    const sample = text ?? (await sampleTyped(connection, table, FileFormat.FILE_FORMAT_PARQUET));
    await dropStaged(connection);
    const proposed = file.mapping ? given(file, file.mapping, table) : propose(sample, file.type);
    const before = await previewFile(connection, await reopen(connection, request, proposed.mapping));
    await dropRows(connection);
    return await describe(connection, { file, staged, proposed, before, columns: table.columns });
  } finally {
    await dropRows(connection);
  }
}
