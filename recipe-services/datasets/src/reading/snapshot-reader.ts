import { ReadResponse, type Column } from "@palate/proto/dataset";
import type { GroupState } from "../group/group-state.js";
import { EVENT_DATASETS, SNAPSHOT_ORDER } from "../schema/dataset-types.js";
import { filterDefinition } from "../schema/filter-entries.js";
import { SESSION_ID_COLUMN } from "../schema/internal-columns.js";
import { findDataset, type DataFile, type DatasetEntry, type Manifest } from "../schema/manifest.js";
import { cellOf, eventsOf, filledColumns, streamedCount, streamedRows } from "../schema/streamed-rows.js";
import { CHUNK_ROWS, ChunkBuilder, toArrowStream, type EncodeChunk } from "../storage/arrow-chunk.js";
import { formatCursor } from "../storage/cursor.js";
import type { Commit } from "../storage/change-log.js";
import { missingEventColumns } from "../storage/parquet-columns.js";
import type { OpenRows, StoredRows, Visitors } from "../storage/stored-rows.js";

/** Where rows of a dataset come from, in order of arrival. */
export type Part =
  { readonly file: DataFile } | { readonly commit: Commit & { readonly manifest?: undefined }; readonly rows: number };

/** One dataset of a snapshot. */
export interface DatasetPlan {
  readonly dataset: DatasetEntry;
  /** The schema's columns, then event columns that streamed records filled. */
  readonly columns: readonly Column[];
  readonly parts: readonly Part[];
  readonly rows: number;
  /** Which users sessions turned out to be. */
  readonly signIns?: Visitors;
}

/**
 * What the rows of a dataset consist of: its files and the commits that are not in files.
 * @param imported only what was imported, or only what was streamed; both unless said
 */
export function planDataset(dataset: DatasetEntry, commits: readonly Commit[], imported?: boolean): DatasetPlan {
  const parts: { readonly at: number; readonly part: Part; readonly rows: number }[] = [];
  const extra = new Set<string>();
  const candidates = missingEventColumns(dataset);
  for (const file of dataset.files) {
    if (imported !== undefined && imported !== (file.kind === "imported")) continue;
    parts.push({ at: file.arrived, part: { file }, rows: file.rows });
    for (const name of file.extraColumns) extra.add(name);
  }
  for (const commit of imported === true ? [] : commits) {
    if (commit.manifest || commit.sequence <= dataset.createdSequence) continue;
    const rows = streamedCount(dataset.type, commit.records);
    if (rows === 0) continue;
    parts.push({ at: commit.sequence, part: { commit, rows }, rows });
    const unseen = candidates.filter((column) => !extra.has(column.name));
    for (const column of filledColumns(dataset.type, unseen, commit.records)) extra.add(column.name);
  }
  parts.sort((a, b) => a.at - b.at);
  return {
    dataset,
    columns: [...dataset.columns, ...candidates.filter((column) => extra.has(column.name))],
    parts: parts.map((entry) => entry.part),
    rows: parts.reduce((sum, entry) => sum + entry.rows, 0),
  };
}

/** The column in which readers find the session of rows that are nobody's else; its id stands in USER_ID too. */
const SESSION_COLUMN: Column = {
  ...{ name: SESSION_ID_COLUMN, type: "string", nullable: true, categorical: false, textual: false },
};

/** Whether any rows of a dataset may be those of an anonymous session. */
function hasAnonymous({ dataset: { type }, parts }: DatasetPlan): boolean {
  return parts.some((part) =>
    "file" in part
      ? EVENT_DATASETS.includes(type) && part.file.kind === "streamed" && part.file.anonymous !== 0
      : eventsOf(type, part.commit.records).some(({ userId }) => userId === ""),
  );
}

/** The cells of a streamed record; an anonymous session stands in for the user it has none of. */
export function recordCells(
  plan: Pick<DatasetPlan, "dataset" | "columns" | "signIns">,
  commit: Commit & { readonly manifest?: undefined },
): unknown[][] {
  const events = eventsOf(plan.dataset.type, commit.records);
  return streamedRows(plan.dataset.type, commit.records).map((row, index) => {
    const session = row["USER_ID"] === null ? events[index]?.sessionId : undefined;
    const user = plan.signIns?.userOf(session);
    return plan.columns.map((column) => {
      if (column.name === SESSION_ID_COLUMN) return user === undefined ? session : null;
      return column.name === "USER_ID" ? (row["USER_ID"] ?? user ?? session) : cellOf(row, column);
    });
  });
}

/** Reads data files and log commits as one consistent picture of a dataset group. */
export class SnapshotReader {
  readonly #rows: StoredRows;
  readonly #chunkRows: number;
  readonly #encode: EncodeChunk;

  /** @param chunkRows rows of a full chunk */
  constructor(rows: StoredRows, chunkRows: number = CHUNK_ROWS, encode: EncodeChunk = toArrowStream) {
    this.#rows = rows;
    this.#chunkRows = chunkRows;
    this.#encode = encode;
  }

  /**
   * Streams everything a group holds as of its newest known commit: start, chunks, end. The picture is fixed at the
   * first message; what is committed meanwhile belongs to what follows the end. Returns the commit it ends with.
   * @throws PalateError `not_found` when a file was removed meanwhile, because the data was replaced
   */
  async *read(state: GroupState): AsyncGenerator<ReadResponse, number> {
    const { manifest, head, logId } = state;
    const commits = state.uncompacted();
    const rows = await this.#rows.open(logId, manifest, commits);
    try {
      const plans = SNAPSHOT_ORDER.flatMap((type) => {
        const dataset = findDataset(manifest, type);
        if (!dataset) return [];
        const plan = { ...planDataset(dataset, commits), signIns: rows };
        return [hasAnonymous(plan) ? { ...plan, columns: [...plan.columns, SESSION_COLUMN] } : plan];
      });
      yield* this.#readDatasets(manifest, plans, rows);
    } finally {
      await rows.close();
    }
    yield ReadResponse.create({ snapshotEnd: { cursor: formatCursor(logId, head) } });
    return head;
  }

  async *#readDatasets(
    manifest: Manifest,
    plans: readonly DatasetPlan[],
    rows: OpenRows,
  ): AsyncGenerator<ReadResponse> {
    yield ReadResponse.create({
      snapshotStart: {
        datasets: plans.map((plan) => ({ datasetType: plan.dataset.type, columns: [...plan.columns] })),
        expectedRows: plans.reduce((sum, plan) => sum + plan.rows, 0),
        filters: (manifest.filters ?? []).map(filterDefinition),
      },
    });
    for (const plan of plans) yield* this.#readDataset(plan, rows);
  }

  async *#readDataset(plan: DatasetPlan, rows: OpenRows): AsyncGenerator<ReadResponse> {
    const builder = new ChunkBuilder(plan.columns, this.#chunkRows, this.#encode);
    const chunk = () => ReadResponse.create({ snapshotChunk: { datasetType: plan.dataset.type, ...builder.pack() } });
    for (const part of plan.parts) {
      if ("file" in part) {
        for await (const vectors of rows.read(part.file, plan.dataset, plan.columns)) {
          for (let row = 0; row < vectors.rowCount;) {
            row = builder.addVectors(vectors, row);
            if (builder.full) yield chunk();
          }
        }
      } else {
        for (const cells of recordCells(plan, part.commit)) {
          builder.addRow(cells);
          if (builder.full) yield chunk();
        }
      }
    }
    if (builder.rows > 0) yield chunk();
  }
}
