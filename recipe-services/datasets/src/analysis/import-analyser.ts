import type { Logger } from "@palate/host";
import { type ImportMode, DatasetType, type Column, type DataAnalysis } from "@palate/proto/dataset";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Group } from "../group/group.js";
import { rulesOf } from "../schema/dataset-types.js";
import { findDataset } from "../schema/manifest.js";
import { streamedRows } from "../schema/streamed-rows.js";
import { DuckDb, identifier, queryRows, withDuckDbErrors, type DuckDbLimits } from "../storage/duckdb.js";
import { ParquetLease } from "../storage/parquet-lease.js";
import type { ParquetStore } from "../storage/parquet-store.js";
import { jsonRows, parquetRows } from "../storage/read-files.js";
import type { AnalysisStore } from "./analysis-store.js";
import type { LeadingZeros } from "./code-findings.js";
import { analyseColumns } from "./column-figures.js";
import { figure } from "./figures.js";
import type { ReadFile } from "./file-findings.js";
import { findingsOf, type Figures } from "./findings.js";
import { analyseInteractions } from "./interaction-figures.js";
import { oddFindings } from "./odd-findings.js";

/** What to analyse. */
export interface AnalysisRequest {
  /** The group. */
  readonly group: Group;
  /** The import job's name. */
  readonly jobName: string;
  /** The dataset. */
  readonly type: DatasetType;
  /** FULL or INCREMENTAL. */
  readonly mode: ImportMode;
  /** The columns of the file. */
  readonly columns: readonly Column[];
  /** The Parquet file with the rows. */
  readonly file: string;
  /** The files that they come from, in their order. */
  readonly files: readonly ReadFile[];
  /** What the numbers among their values looked like as texts. */
  readonly leadingZeros: readonly LeadingZeros[];
  /** A folder for files on the way, which the caller removes. */
  readonly work: string;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Looks at what the rows of an import say. */
export class ImportAnalyser {
  readonly #analyses: AnalysisStore;
  readonly #files: ParquetStore;
  readonly #limits: DuckDbLimits;
  readonly #logger: Logger;

  constructor(analyses: AnalysisStore, files: ParquetStore, limits: DuckDbLimits, logger: Logger) {
    this.#analyses = analyses;
    this.#files = files;
    this.#limits = limits;
    this.#logger = logger;
  }

  /**
   * Analyses rows and stores the result under the job's name. An import does not depend on it: when it fails the log
   * says why, and the answer is false.
   * @throws the signal's reason when it was aborted
   */
  async analyse(request: AnalysisRequest): Promise<boolean> {
    const { group, jobName, signal } = request;
    try {
      const analysis = await withDuckDbErrors(this.#limits, signal, () => this.#analyse(request));
      await this.#analyses.write(group.state.logId, analysis);
      return true;
    } catch (thrown) {
      signal.throwIfAborted();
      this.#logger.warn({ group: group.name, job: jobName, err: thrown }, "import could not be analysed");
      return false;
    }
  }

  /** From now on imports into the dataset are compared with this one. */
  async remember({ group, jobName }: Pick<AnalysisRequest, "group" | "jobName">): Promise<void> {
    const { logId } = group.state;
    try {
      const analysis = await this.#analyses.read(logId, jobName);
      if (analysis) await this.#analyses.writeLast(logId, analysis);
    } catch (thrown) {
      this.#logger.warn(
        { group: group.name, job: jobName, err: thrown },
        "analysis could not be stored for comparison",
      );
    }
  }

  async #analyse(request: AnalysisRequest): Promise<DataAnalysis> {
    const { group, type, columns, file, work, signal } = request;
    const before = await this.#analyses.readLast(group.state.logId, type);
    const rules = rulesOf(type);
    const source = parquetRows(file);
    const duckdb = await DuckDb.open({ ...this.#limits, folder: work });
    const lease = new ParquetLease(this.#files, group.state.logId);
    try {
      return await duckdb.with(async (connection) => {
        const all = columns.map((column) => identifier(column.name)).join(", ");
        const isEvent = rules.timeColumns.includes("TIMESTAMP");
        const id = identifier(rules.idColumns[0]!);
        // Rows are told apart by a hash of 64 bits: of ten million rows, two unequal ones share one in a case of 370,000.
        const [counted] = await queryRows(
          connection,
          `SELECT count(*) AS n, count(DISTINCT hash(${all})) AS distinct_rows,
               ${isEvent ? "count(*)" : `count(DISTINCT ${id})`} AS ids FROM ${source}`,
        );
        const rows = figure(counted, "n");
        const analysed = { connection, source, rows };
        const isInteractions = type === DatasetType.DATASET_TYPE_INTERACTIONS;
        const known = isInteractions
          ? {
              items: await this.#knownIds(request, lease, DatasetType.DATASET_TYPE_ITEMS, "ITEM_ID"),
              users: await this.#knownIds(request, lease, DatasetType.DATASET_TYPE_USERS, "USER_ID"),
            }
          : undefined;
        const now = Date.now();
        const figures: Figures = {
          datasetGroup: group.name,
          jobName: request.jobName,
          datasetType: type,
          rows,
          duplicateRows: rows - figure(counted, "distinct_rows"),
          repeatedIds: rows - figure(counted, "ids"),
          columns: await analyseColumns(analysed, columns, rules, before?.columns ?? []),
          interactions: known && (await analyseInteractions(analysed, columns, known, now / 1000)),
          comparedWith: before?.jobName ?? "",
          rowsBefore: before?.rows ?? 0,
          createdAtMs: now,
        };
        const odd = await oddFindings({ ...request, ...analysed, figures, rules });
        return { ...figures, findings: findingsOf(figures, request.mode, odd) };
      }, signal);
    } finally {
      duckdb.close();
      await lease.release();
    }
  }

  /** SQL of the ids that a dataset of the group knows, imported and streamed. */
  async #knownIds(
    { group, work }: AnalysisRequest,
    lease: ParquetLease,
    type: DatasetType,
    column: string,
  ): Promise<string | undefined> {
    const { state } = group;
    const dataset = findDataset(state.manifest, type);
    if (dataset === undefined) return undefined;
    const files: string[] = [];
    for (const file of dataset.files) files.push(await lease.path(file));
    const streamed = state
      .uncompacted()
      .filter((commit) => commit.records !== undefined && commit.sequence > dataset.createdSequence)
      .flatMap((commit) =>
        streamedRows(type, commit.records!).map((row) => `${JSON.stringify({ id: row[column] })}\n`),
      );
    const list = path.join(work, `known-${column}.jsonl`);
    await writeFile(list, streamed.join(""));
    const fromFiles = files.map((file) => `SELECT ${column} AS id FROM ${parquetRows(file)}`);
    const fromLog = `SELECT id FROM ${jsonRows(list, "columns = {id: 'VARCHAR'}")}`;
    return [...fromFiles, ...(streamed.length > 0 ? [fromLog] : [])].join(" UNION ALL ") || "SELECT '' AS id LIMIT 0";
  }
}
