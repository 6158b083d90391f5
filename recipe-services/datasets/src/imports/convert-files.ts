import type { DuckDBConnection } from "@duckdb/node-api";
import type { Column, DatasetType, ImportedFile, ImportMapping, ImportProblem } from "@palate/proto/dataset";
import { rm } from "node:fs/promises";
import path from "node:path";
import type { LeadingZeros } from "../analysis/code-findings.js";
import { rulesOf } from "../schema/dataset-types.js";
import { execute, identifier, queryRows, type DuckDbLimits } from "../storage/duckdb.js";
import { parquetRows } from "../storage/read-files.js";
import { withConfinedDuckDb } from "./confined-duckdb.js";
import { FileRefused, MAX_LISTED, problemAt } from "./staging/file-problem.js";
import { readingOf } from "./file-reading.js";
import { countLeadingZeros, sumLeadingZeros } from "./load/leading-zeros.js";
import { STAGED_TABLE } from "./load/file-table.js";
import { closeFile } from "./load/open-file.js";
import type { StagedRows } from "./load/staged-rows.js";
import { conversion as storedValue, validateRows } from "./load/validate-rows.js";
import { loadRows } from "./mapping/load-rows.js";
import type { Source } from "./sources/source.js";
import { stageFile } from "./staging/stage-file.js";

/** Limits of one conversion. */
interface ConversionLimits extends DuckDbLimits {
  /** Most bytes of a file after decompression. */
  readonly maxBytes: number;
}

/** How far a conversion is. */
interface ConversionProgress {
  /** Share of the work done, 0 to 1. */
  readonly share: number;
  /** Bytes read so far, as the files were given. */
  readonly bytesRead: number;
  /** Bytes of all files; 0 when some do not say. */
  readonly bytesTotal: number;
}

/** What a conversion is made from and with. */
export interface Conversion {
  /** The files, in the order in which their rows count. */
  readonly sources: readonly Source[];
  /** The dataset's type. */
  readonly type: DatasetType;
  /** The schema's columns. */
  readonly columns: readonly Column[];
  /** How the files' rows become rows of the dataset; undefined when they have its columns and forms. */
  readonly mapping?: ImportMapping | undefined;
  /** Columns that files may have although the schema does not name them; none unless said. */
  readonly extra?: readonly Column[];
  /** A folder for files on the way, which the caller removes. */
  readonly work: string;
  /** The Parquet file to write. */
  readonly target: string;
  /** Bounds. */
  readonly limits: ConversionLimits;
  /** Ends the conversion, which then throws its reason. */
  readonly signal: AbortSignal;
  /** Is told how far it is. */
  readonly progress?: (progress: ConversionProgress) => void;
}

/** What came of a conversion. */
export interface ConvertedFiles {
  /** The files with their rows and bytes. */
  readonly files: readonly ImportedFile[];
  /** Columns of the files that were left out without being asked for, at most {@link MAX_LISTED}. */
  readonly ignoredColumns: readonly string[];
  /** Rows that the mapping's filter left out. */
  readonly filteredRows: number;
  /** What was decided without being asked for, one sentence each, at most {@link MAX_LISTED}. */
  readonly notes: readonly string[];
  /** Those of {@link Conversion.extra} that have a value in any row. */
  readonly extra: readonly Column[];
  /** Texts that became other numbers than they looked. */
  readonly leadingZeros: readonly LeadingZeros[];
}

/** Share of a file's work that reading it is; the rest is checking and converting. */
const READING_SHARE = 0.4;

/** Level 1 takes a sixth less time than the default 3, and the files are no larger. */
const PARQUET = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1";

/**
 * Checks files and converts them to one Parquet file, with the schema's columns, then the further ones, and the rows in the
 * files' order. Files without rows are passed over when others have some.
 * @throws FileRefused with file, line, column, value and remedy of everything that is wrong
 */
export async function convertFiles(conversion: Conversion): Promise<ConvertedFiles> {
  return withConfinedDuckDb(conversion, (connection) => convertWith(connection, conversion));
}

/**
 * {@link convertFiles} in a database that is open already.
 * @throws FileRefused with file, line, column, value and remedy of everything that is wrong
 */
export async function convertWith(connection: DuckDBConnection, conversion: Conversion): Promise<ConvertedFiles> {
  const { sources, type, work, target } = conversion;
  const { label } = rulesOf(type);
  const done: ImportedFile[] = [];
  const loads: ConvertedFile[] = [];
  const parts: string[] = [];
  const empty: string[] = [];
  const refusals: FileRefused[] = [];
  const tell = progressOf(conversion);
  for (const [index, source] of sources.entries()) {
    conversion.signal.throwIfAborted();
    const part = sources.length === 1 ? target : path.join(work, `part-${index}.parquet`);
    try {
      const converted = await convertOne(connection, conversion, source, part, (share, read) =>
        tell(index, share, read),
      );
      const { rows, bytes, nothing } = converted;
      done.push({ location: source.location, rows, bytes });
      loads.push(converted);
      if (nothing === undefined) parts.push(part);
      else empty.push(nothing);
    } catch (thrown) {
      if (!(thrown instanceof FileRefused)) throw thrown;
      refusals.push(sources.length === 1 ? thrown : thrown.inFile(label, source.location));
      // Enough is known by then; the files behind are not worth their time.
      if (refusals.reduce((sum, refusal) => sum + refusal.problems.length, 0) >= MAX_LISTED) break;
    }
  }
  if (refusals.length > 0) throw allRefusals(label, refusals);
  // Spark, Glue and others write a file for each part of their work, also where that has no rows.
  if (parts.length === 0) throw new FileRefused(label, [problemAt(0, "", "", emptyMessage(sources, empty))]);
  const extra = (conversion.extra ?? []).filter((column) => loads.some(({ filled }) => filled?.includes(column)));
  if (sources.length > 1) {
    const names = [...conversion.columns, ...extra].map(({ name }) => identifier(name)).join(", ");
    // A part lacks the further columns that it has no value of.
    await execute(connection, `COPY (SELECT ${names} FROM ${parquetRows(parts)}) TO $target (${PARQUET})`, { target });
  }
  const distinct = (of: (file: ConvertedFile) => readonly string[] | undefined) =>
    [...new Set(loads.flatMap((file) => of(file) ?? []))].slice(0, MAX_LISTED);
  return {
    files: done,
    ignoredColumns: distinct((file) => file.loaded?.ignoredColumns),
    filteredRows: loads.reduce((sum, file) => sum + (file.loaded?.filteredRows ?? 0), 0),
    notes: distinct((file) => file.loaded?.notes),
    extra,
    leadingZeros: sumLeadingZeros(loads.flatMap((file) => file.leadingZeros ?? [])),
  };
}

/** What came of a file. */
interface ConvertedFile {
  readonly rows: number;
  /** Bytes of it as it was given. */
  readonly bytes: number;
  /** What is missing in a file without rows, of which nothing is written. */
  readonly nothing?: string;
  /** How its rows were read; absent of an empty file. */
  readonly loaded?: Pick<StagedRows, "ignoredColumns" | "filteredRows" | "notes">;
  /** Those of {@link Conversion.extra} that have a value in it. */
  readonly filled?: readonly Column[];
  /** See {@link ConvertedFiles.leadingZeros}. */
  readonly leadingZeros?: readonly LeadingZeros[];
}

/** Why files without any rows are refused. */
function emptyMessage(sources: readonly Source[], empty: readonly string[]): string {
  const [first] = empty;
  if (sources.length === 1 && first !== undefined) return first;
  return `"${sources[0]?.location}" and the other ${sources.length - 1} have no rows`;
}

/** Those of some columns of {@link STAGED_TABLE} that have a value in any row. */
async function filledColumns(connection: DuckDBConnection, columns: readonly Column[]): Promise<readonly Column[]> {
  if (columns.length === 0) return [];
  const counts = columns.map(({ name }) => `count(${identifier(name)}) AS ${identifier(name)}`);
  const [row] = await queryRows(connection, `SELECT ${counts.join(", ")} FROM ${STAGED_TABLE}`);
  return columns.filter(({ name }) => Number(row?.[name]) > 0);
}

/** Why there are no rows. */
function nothingOf({ filteredRows }: StagedRows, mapping: ImportMapping | undefined): string {
  if (filteredRows > 0) return `has ${filteredRows} rows, and the row filter keeps none; change it`;
  if (mapping?.explode !== undefined)
    return `has no row with a value in its list "${mapping.explode.list.slice(0, 100)}"; leave the file out`;
  if (mapping !== undefined && mapping.sql !== "") return "has no rows once the mapping's sql has run; change that";
  return "has no rows; leave it out, or write it anew";
}

async function convertOne(
  connection: DuckDBConnection,
  { type, columns: declared, extra = [], mapping, work, limits, signal }: Conversion,
  source: Source,
  target: string,
  tell: (share: number, bytesRead: number) => void,
): Promise<ConvertedFile> {
  const rules = rulesOf(type);
  let bytes = 0;
  const progress = (read: number) => {
    bytes = read;
    tell(source.bytes ? (READING_SHARE * read) / source.bytes : 0, read);
  };
  const plain = path.join(work, "plain");
  const stageLimits = { maxBytes: limits.maxBytes, signal, progress };
  const staged = await stageFile(rules.label, source, plain, stageLimits, readingOf(mapping));
  bytes = Math.max(bytes, staged?.bytes ?? 0);
  tell(READING_SHARE, bytes);
  if (staged === undefined) return { rows: 0, bytes, nothing: "is empty; it needs a header line and rows" };
  try {
    const { maxBytes } = limits;
    const loaded = await loadRows(connection, { rules, staged, columns: [...declared, ...extra], mapping, maxBytes });
    tell(0.7, bytes);
    if (loaded.rows + loaded.brokenRows === 0) return { rows: 0, bytes, nothing: nothingOf(loaded, mapping), loaded };
    const filled = await filledColumns(connection, extra);
    const columns = [...declared, ...filled];
    await validateRows(connection, loaded, columns, rules);
    tell(0.8, bytes);
    const leadingZeros = await countLeadingZeros(connection, columns, rules);
    const list = columns.map((column) => `${storedValue(column, rules)} AS ${identifier(column.name)}`).join(", ");
    await execute(connection, `COPY (SELECT ${list} FROM ${STAGED_TABLE}) TO $target (${PARQUET})`, { target });
    tell(1, bytes);
    return { rows: loaded.rows, bytes, loaded, filled, leadingZeros };
  } finally {
    await closeFile(connection).catch(() => {});
    await rm(plain, { force: true });
  }
}

/** Turns the progress of single files into that of all: by bytes where all are known, else by files. */
function progressOf({ sources, progress }: Conversion) {
  const known = sources.every((source) => source.bytes !== undefined);
  const bytesTotal = known ? sources.reduce((sum, source) => sum + source.bytes!, 0) : 0;
  const weightOf = (source: Source) => (bytesTotal > 0 ? source.bytes! / bytesTotal : 1 / sources.length);
  let before = 0;
  let bytesBefore = 0;
  let current = 0;
  let currentBytes = 0;
  return (index: number, share: number, bytesRead: number): void => {
    if (index > current) {
      before += weightOf(sources[current]!);
      bytesBefore += currentBytes;
      current = index;
    }
    currentBytes = bytesRead;
    const done = before + weightOf(sources[index]!) * Math.min(share, 1);
    progress?.({ share: Math.min(done, 1), bytesRead: bytesBefore + bytesRead, bytesTotal });
  };
}

/** The refusals of several files as one. */
function allRefusals(label: string, refusals: readonly FileRefused[]): FileRefused {
  const [only] = refusals;
  if (refusals.length === 1 && only) return only;
  const problems: ImportProblem[] = refusals.flatMap((refusal) => refusal.problems).slice(0, MAX_LISTED);
  const sum = (of: (refusal: FileRefused) => number) => refusals.reduce((total, refusal) => total + of(refusal), 0);
  const rows = sum((refusal) => Math.max(refusal.problemRows, refusal.problems.length));
  return new FileRefused(
    label,
    problems,
    rows,
    sum((refusal) => refusal.rows),
  );
}
