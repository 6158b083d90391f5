import type { DuckDBConnection } from "@duckdb/node-api";
import {
  FileFormat,
  type Column,
  type DatasetType,
  type ImportMapping,
  type InferSchemaResponse,
} from "@palate/proto/dataset";
import path from "node:path";
import { columnKey, toColumnName } from "../../schema/column-name.js";
import { rulesOf } from "../../schema/dataset-types.js";
import { checkSchema } from "../../schema/schema-rules.js";
import { execute, literal } from "../../storage/duckdb.js";
import { parquetRows } from "../../storage/read-files.js";
import { STAGED_TABLE, type FileTable } from "../load/file-table.js";
import { needReadableParquet } from "../load/parquet-guard.js";
import { refusingUnreadable } from "../load/reading-errors.js";
import { readingOf } from "../file-reading.js";
import { csvFormat } from "../load/csv-dialect.js";
import { closeFile, openFile } from "../load/open-file.js";
import { checkMapping } from "../mapping/check-mapping.js";
import { loadRows } from "../mapping/load-rows.js";
import type { Source } from "../sources/source.js";
import { FileRefused, problemAt } from "../staging/file-problem.js";
import { contentKind, isTyped } from "../staging/content-kind.js";
import { arrowTypesOf } from "../staging/parquet-arrow-types.js";
import { stageFile, type StagedFile } from "../staging/stage-file.js";
import { columnFigures } from "./column-figures.js";
import type { ContentSample } from "./sampling/content-sample.js";
import type { ColumnKind } from "./layout.js";
import { oddValues } from "./odd-values.js";
import { typeOf } from "./plan-generically.js";
import { mappingOf } from "./plan-mapping.js";
import { previewFile, previewProblems, previewRows } from "./preview.js";
import { proposeSchema } from "./propose-schema.js";
import { decoded, likelyEncoding } from "./sampling/likely-encoding.js";
import { readHead, type FileHead } from "./sampling/read-head.js";
import { recognise, refusedLayoutOf } from "./recognise.js";
import { sampleText, type BrokenJson } from "./sampling/sample-text.js";
import { sampleTyped } from "./sampling/sample-typed.js";

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

/** The contract's names of formats. */
const FORMATS: Readonly<Record<StagedFile["format"], FileFormat>> = {
  csv: FileFormat.FILE_FORMAT_CSV,
  jsonl: FileFormat.FILE_FORMAT_JSON_LINES,
  parquet: FileFormat.FILE_FORMAT_PARQUET,
  "typed-json": FileFormat.FILE_FORMAT_UNSPECIFIED,
};

/** What is proposed of a file, before its values are looked at. */
interface Proposal {
  readonly type: DatasetType;
  readonly layout: string;
  readonly mapping: ImportMapping | undefined;
  /** Columns of the dataset, and what is known of them. */
  readonly columns: ReadonlyMap<string, ColumnKind | undefined>;
  readonly ignored: readonly string[];
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

/** A staged beginning of a file. */
interface StagedHead {
  readonly label: string;
  readonly staged: StagedFile;
  readonly maxBytes: number;
}

/**
 * Proposes a schema and a mapping for a file, and shows what becomes of its first rows.
 * @returns undefined when the file is empty
 * @throws FileRefused when it cannot be read; PalateError `invalid_argument` when its dataset type cannot be told
 */
export async function inferFile(
  connection: DuckDBConnection,
  file: FileToInfer,
): Promise<InferSchemaResponse | undefined> {
  const { source, type, mapping, signal, maxBytes } = file;
  if (mapping !== undefined) await checkMapping(connection, mapping, undefined);
  const label = type === undefined ? "Data" : rulesOf(type).label;
  const head = await readHead(source, HEAD_BYTES, signal);
  const sample = mapping === undefined ? sampleHead(label, head) : undefined;
  const proposed = sample && propose(sample, type);
  const staged = await stage(connection, label, file, mapping ?? proposed?.mapping);
  if (staged === undefined) return undefined;
  const from = { label, staged, maxBytes };
  const proposal =
    proposed ??
    (await withTable(connection, from, mapping, async (table) =>
      mapping === undefined
        ? propose(await sampleTyped(connection, table, FORMATS[staged.format]), type)
        : fromMapping(mapping, table.columns, type),
    ));
  return describe(connection, from, proposal);
}

/** Looks at the beginning of a text; undefined when there is none, or none of a text. Throws FileRefused. */
function sampleHead(label: string, { name, bytes, complete }: FileHead): ContentSample | undefined {
  if (isTyped(bytes)) return undefined;
  const text = decoded(bytes, likelyEncoding(bytes));
  if (text.trim() === "") return undefined;
  const kind = contentKind(Buffer.from(text), name, FileFormat.FILE_FORMAT_UNSPECIFIED);
  if (typeof kind === "object") throw new FileRefused(label, [problemAt(0, "", "", kind.message)]);
  return needText(label, sampleText(bytes, complete));
}

/** Copies the beginning of a file, or all of one whose beginning cannot be read alone. */
async function stage(
  connection: DuckDBConnection,
  label: string,
  { source, work, maxBytes, signal }: FileToInfer,
  mapping: ImportMapping | undefined,
): Promise<StagedFile | undefined> {
  const limits = { maxBytes, sampleBytes: SAMPLE_BYTES, signal };
  const staged = await stageFile(label, source, path.join(work, "plain"), limits, readingOf(mapping));
  if (staged?.format !== "parquet") return staged;
  await needReadableParquet(connection, label, staged.path, maxBytes);
  const sample = path.join(work, "sample.parquet");
  await refusingUnreadable(label, staged.path, async () => {
    // What else the file says about its columns is not copied.
    const rows = (await arrowTypesOf(connection, label, staged.path))(parquetRows(staged.path));
    await execute(connection, `COPY (SELECT * FROM ${rows} LIMIT ${SAMPLE_ROWS}) TO ${literal(sample)}`);
  });
  return { ...staged, path: sample };
}

/** Opens a staged file, and removes what that made. */
async function withTable<T>(
  connection: DuckDBConnection,
  { label, staged, maxBytes }: StagedHead,
  mapping: ImportMapping | undefined,
  use: (table: FileTable) => Promise<T>,
): Promise<T> {
  try {
    return await refusingUnreadable(label, staged.path, async () => {
      const table = await openFile(connection, {
        label,
        staged,
        csv: csvFormat(mapping?.csv, staged.delimiter),
        partitionKeys: mapping?.partitionKeys ?? [],
        maxBytes,
      });
      needFewColumns(label, table.columns, table.line);
      return use(table);
    });
  } finally {
    await closeFile(connection);
  }
}

/** Refuses files of which no schema could be made. Throws FileRefused. */
function needFewColumns(label: string, columns: readonly string[], line: number): void {
  if (columns.length <= MAX_COLUMNS) return;
  const message = `has ${columns.length} columns; a schema is proposed for at most ${MAX_COLUMNS}`;
  throw new FileRefused(label, [problemAt(line, "", "", message)]);
}

function needText(label: string, sample: ContentSample | BrokenJson): ContentSample {
  const refuse = (line: number, message: string) => new FileRefused(label, [problemAt(line, "", "", message)]);
  const refused = refusedLayoutOf(sample);
  const reason = refused && `is ${refused.name}, ${refused.refusal}`;
  if ("message" in sample) throw refuse(sample.line, reason ? `${reason}: it ${sample.message}` : sample.message);
  if (reason) throw refuse(1, reason);
  needFewColumns(label, sample.columns, 1);
  return sample;
}

function propose(sample: ContentSample, type: DatasetType | undefined): Proposal {
  const { layout, plan } = recognise(sample, type);
  return {
    type: plan.type,
    layout,
    mapping: mappingOf(plan, sample),
    columns: new Map(Object.entries(plan.columns).map(([name, { kind }]) => [name, kind])),
    ignored: plan.ignored ?? [],
    notes: plan.notes ?? [],
    warnings: plan.warnings ?? [],
  };
}

/** What a mapping that was given makes of a file: its columns, and those of the file that nothing uses. */
function fromMapping(mapping: ImportMapping, fileColumns: readonly string[], type: DatasetType | undefined): Proposal {
  const mapped = mapping.columns.map(({ name }) => name);
  const used = new Set([...mapping.columns.flatMap(({ from }) => from), ...mapping.ignoredColumns]);
  const taken = new Set(mapped.map(columnKey));
  const others = mapping.sql === "" && mapping.explode === undefined ? fileColumns : [];
  const free = others.filter((name) => !used.has(name) && !taken.has(columnKey(name)));
  const names = [...mapped, ...free.map(toColumnName)];
  return {
    type: type ?? typeOf(names),
    layout: "",
    mapping,
    columns: new Map(names.map((name) => [name, undefined])),
    ignored: mapping.ignoredColumns,
    notes: [],
    warnings: [],
  };
}

/** Looks at the values that a proposal leads to. */
async function describe(
  connection: DuckDBConnection,
  head: StagedHead,
  { type, layout, mapping, columns, ignored, notes, warnings }: Proposal,
): Promise<InferSchemaResponse> {
  const rules = rulesOf(type);
  const before = await withTable(connection, head, mapping, async (table) => ({
    columns: table.columns,
    rows: await previewFile(connection, table),
  }));
  const names = [...columns.keys()];
  try {
    const { staged, maxBytes } = head;
    const loaded = await loadRows(connection, { rules, staged, columns: names.map(asText), mapping, maxBytes });
    const figures = await columnFigures(connection, STAGED_TABLE, names);
    const proposed = proposeSchema(rules, figures, columns);
    const odd = await oddValues(connection, STAGED_TABLE, rules, names);
    const schema = checkSchema(proposed.schema, type).columns.filter((column) => names.includes(column.name));
    const filtered = loaded.filteredRows > 0 ? [`${loaded.filteredRows} of the rows looked at are left out.`] : [];
    return {
      schema: proposed.schema,
      notes: [...notes, ...proposed.notes, ...loaded.notes, ...filtered],
      mapping,
      layout,
      datasetType: type,
      ignoredColumns: [...new Set([...ignored, ...loaded.ignoredColumns])],
      preview: {
        fileColumns: [...before.columns],
        fileRows: before.rows,
        datasetColumns: names,
        datasetRows: await previewRows(connection, names),
        problems: await previewProblems(connection, loaded, schema, rules),
      },
      warnings: [...warnings, ...odd],
    };
  } finally {
    await closeFile(connection);
  }
}

function asText(name: string): Column {
  return { name, type: "string", nullable: true, categorical: false, textual: false };
}
