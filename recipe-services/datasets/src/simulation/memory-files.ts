import { notFound } from "@palate/host";
import type { Column } from "@palate/proto/dataset";
import { EVENT_DATASETS } from "../schema/dataset-types.js";
import { SESSION_ID_COLUMN } from "../schema/internal-columns.js";
import type { Commit } from "../storage/change-log.js";
import { findDataset, type DataFile, type DatasetEntry, type Manifest } from "../schema/manifest.js";
import { cellOf, eventsOf, streamedRows, type StreamedRow } from "../schema/streamed-rows.js";
import type { RecentIds } from "../group/recent-ids.js";
import type { OpenRows, RowVectors, StoredRows } from "../storage/stored-rows.js";
import type { RecordsCommit, Run, StreamedFiles } from "../storage/streamed-files.js";

/** A row in a file. */
interface StoredRow {
  readonly row: StreamedRow;
  readonly sessionId: string;
  readonly eventId: string;
}

/** Time that readers of replaced files get, in milliseconds. */
const READER_GRACE_MS = 600_000;

/** Files of rows in memory. They know no schema changes and no deletions of users or items. */
export class MemoryFiles implements StreamedFiles, StoredRows {
  readonly #files = new Map<string, readonly StoredRow[]>();
  #made = 0;

  /** Whether a file is there. */
  has(id: string): boolean {
    return this.#files.has(id);
  }

  async write(_logId: string, dataset: DatasetEntry, { commits, base }: Run): Promise<DataFile> {
    const rows = [...(base ? this.#rowsOf(base.id) : []), ...commits.flatMap((commit) => rowsOf(dataset, commit))];
    const anonymous = rows.filter(({ row, sessionId }) => sessionId !== "" && row["USER_ID"] === null).length;
    const file = this.#add(rows);
    return { ...file, kind: "streamed", arrived: commits.at(-1)!.sequence, extraColumns: [], anonymous };
  }

  /** Writes rows as an import does. */
  async writeImported(rows: readonly StreamedRow[]): Promise<Pick<DataFile, "id" | "rows" | "bytes">> {
    return this.#add(rows.map((row) => ({ row, sessionId: "", eventId: "" })));
  }

  async remove(_logId: string, id: string): Promise<void> {
    this.#files.delete(id);
  }

  removeLater(logId: string, ids: readonly string[]): void {
    setTimeout(() => ids.forEach((id) => void this.remove(logId, id)), READER_GRACE_MS);
  }

  async open(_logId: string, manifest: Manifest, commits: readonly Commit[]): Promise<OpenRows> {
    const users = new Map<string, string>();
    const see = (sessionId: string, userId: unknown) => {
      if (sessionId !== "" && typeof userId === "string" && userId !== "" && !users.has(sessionId)) {
        users.set(sessionId, userId);
      }
    };
    for (const file of streamedFiles(manifest)) {
      for (const { row, sessionId } of this.#rowsOf(file.id)) see(sessionId, row["USER_ID"]);
    }
    for (const { records } of commits) {
      if (!records) continue;
      for (const type of EVENT_DATASETS)
        for (const event of eventsOf(type, records)) see(event.sessionId, event.userId);
    }
    const userOf = (sessionId: string | undefined) => (sessionId === undefined ? undefined : users.get(sessionId));
    return {
      userOf,
      read: (file, _dataset, columns) => this.#read(file, columns, userOf),
      close: async () => {},
    };
  }

  /** What writers need to know of the events in a group's files; the newest `most`. */
  async remembered(manifest: Manifest, most: number): Promise<RecentIds> {
    const rows = streamedFiles(manifest).flatMap((file) => this.#rowsOf(file.id));
    const eventIds = rows.flatMap(({ eventId }) => (eventId === "" ? [] : [eventId])).slice(-most);
    const sessions = rows.flatMap(({ sessionId, row }): [string, string][] =>
      sessionId === "" || typeof row["USER_ID"] !== "string" ? [] : [[sessionId, row["USER_ID"]]],
    );
    return { eventIds, sessions };
  }

  async *#read(file: DataFile, columns: readonly Column[], userOf: OpenRows["userOf"]): AsyncGenerator<RowVectors> {
    const rows = this.#rowsOf(file.id);
    yield {
      rowCount: rows.length,
      getColumnVector: (index) => ({ getItem: (row) => cell(rows[row]!, columns[index]!, userOf) }),
    };
  }

  #add(rows: readonly StoredRow[]): Pick<DataFile, "id" | "rows" | "bytes"> {
    const id = `file-${++this.#made}`;
    this.#files.set(id, rows);
    return { id, rows: rows.length, bytes: rows.length };
  }

  #rowsOf(id: string): readonly StoredRow[] {
    const rows = this.#files.get(id);
    if (rows === undefined) throw notFound("file", id, "It was removed.");
    return rows;
  }
}

/** The files of streamed events, oldest first. */
function streamedFiles(manifest: Manifest): DataFile[] {
  return EVENT_DATASETS.flatMap((type) => findDataset(manifest, type)?.files ?? [])
    .filter((file) => file.kind === "streamed")
    .sort((a, b) => a.arrived - b.arrived);
}

function rowsOf({ type }: DatasetEntry, { records }: RecordsCommit): StoredRow[] {
  const events = eventsOf(type, records);
  return streamedRows(type, records).map((row, index) => {
    const { sessionId = "", eventId = "" } = events[index] ?? {};
    return { row, sessionId, eventId };
  });
}

function cell({ row, sessionId }: StoredRow, column: Column, userOf: OpenRows["userOf"]): unknown {
  const anonymous = sessionId !== "" && row["USER_ID"] === null;
  if (column.name === SESSION_ID_COLUMN) return anonymous && userOf(sessionId) === undefined ? sessionId : null;
  if (column.name === "USER_ID" && anonymous) return userOf(sessionId) ?? sessionId;
  return cellOf(row, column);
}
