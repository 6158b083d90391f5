import type { Logger } from "@palate/host";
import { fileIds, withDataset, type DataFile, type DatasetEntry, type Manifest } from "../schema/manifest.js";
import { streamedCount } from "../schema/streamed-rows.js";
import { sameColumns, withOwnColumns } from "../schema/schema-change.js";
import type { LogHints } from "../storage/log-hint.js";
import type { RecordsCommit, Run, StreamedFiles } from "../storage/streamed-files.js";
import type { GroupState } from "./group-state.js";
import type { Group } from "./group.js";

/** A new file and the one whose rows it took over. */
type WrittenFile = DataFile & { readonly replaces: string | undefined };

/** Documents of the log from which on it is compacted, however few records they hold. */
const MAX_DOCUMENTS = 2_000;

/** Bytes of the log from which on it is compacted. */
const MAX_BYTES = 32 * 1024 * 1024;

/** Time between the commit that makes log documents obsolete and their deletion. */
const DELETION_DELAY_MS = 60_000;

/** Thrown inside a manifest change to give up: another process has compacted meanwhile, or data was deleted. */
class ManifestConflict extends Error {}

/** Moves streamed records from the log into Parquet files, so that the log stays short. */
export class Compactor {
  readonly #files: StreamedFiles;
  readonly #hints: LogHints;
  readonly #maxRecords: number;
  readonly #logger: Logger;
  readonly #running = new Map<string, Promise<void>>();
  readonly #timers = new Set<NodeJS.Timeout>();

  /** @param maxRecords records in the log from which on it is compacted */
  constructor(files: StreamedFiles, hints: LogHints, maxRecords: number, logger: Logger) {
    this.#files = files;
    this.#hints = hints;
    this.#maxRecords = maxRecords;
    this.#logger = logger;
  }

  /** Compacts a group's log in the background if it has grown long enough. */
  consider(group: Group): void {
    const { state } = group;
    // While rows are being taken out of files, no records of before may get into new ones.
    if ((state.manifest.erasures ?? []).length > 0) return;
    if (this.#running.has(state.logId) || !this.#isLong(group)) return;
    const run = this.#compact(group)
      .catch((thrown: unknown) => {
        if (!(thrown instanceof ManifestConflict))
          this.#logger.warn({ group: group.name, err: thrown }, "compaction failed");
      })
      .finally(() => this.#running.delete(state.logId));
    this.#running.set(state.logId, run);
  }

  /** Resolves when no compaction of a group is in progress here. */
  async settled(logId: string): Promise<void> {
    await this.#running.get(logId);
  }

  /** Ends background work; a compaction in progress is finished first. */
  async close(): Promise<void> {
    await Promise.all(this.#running.values());
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** Deletes the log documents that nobody needs any more. */
  async deleteObsolete(group: Group): Promise<void> {
    const { state } = group;
    const { obsoleteThrough } = state.manifest;
    const { deletedThrough } = await this.#hints.read(state.logId);
    // First the hint: who misses a document can tell from it that the document was there.
    await this.#hints.advance(state.logId, {
      manifestSequence: state.manifestSequence,
      deletedThrough: obsoleteThrough,
    });
    for (let sequence = deletedThrough + 1; sequence <= obsoleteThrough; sequence++) await state.log.remove(sequence);
  }

  #isLong({ state }: Group): boolean {
    const { records, bytes, documents } = state.uncompactedSize;
    return records >= this.#maxRecords || bytes >= MAX_BYTES || documents >= MAX_DOCUMENTS;
  }

  async #compact(group: Group): Promise<void> {
    const { state } = group;
    const { manifest, head } = state;
    const started = Date.now();
    const commits = state.uncompacted().filter((commit): commit is RecordsCommit => commit.manifest === undefined);
    const written = new Map<number, WrittenFile[]>();
    const allWritten = () => [...written.values()].flat();
    for (const dataset of manifest.datasets) {
      const own = commits.filter((commit) => commit.sequence > dataset.createdSequence);
      const files: WrittenFile[] = [];
      written.set(dataset.createdSequence, files);
      for (const run of runsBetweenImports(dataset, own, this.#maxRecords)) {
        files.push({ ...(await this.#files.write(state.logId, dataset, run)), replaces: run.base?.id });
      }
    }
    // Should this fail, the commit may have been written all the same: the files stay until the sweeper knows.
    await group.queue
      .commitManifest((current) => this.#addFiles(current, manifest, head, written))
      .catch(async (thrown: unknown) => {
        if (thrown instanceof ManifestConflict) await this.#removeUnnamed(state, allWritten());
        throw thrown;
      });
    const replaced = allWritten().flatMap((file) => file.replaces ?? []);
    this.#files.removeLater(state.logId, replaced);
    await this.#hints.advance(state.logId, { manifestSequence: state.manifestSequence });
    const rows = allWritten().reduce((sum, file) => sum + file.rows, 0);
    this.#logger.info({ group: group.name, rows, through: head, ms: Date.now() - started }, "log compacted");
    this.#deleteLater(group);
  }

  #addFiles(
    current: Manifest,
    planned: Manifest,
    through: number,
    written: ReadonlyMap<number, readonly WrittenFile[]>,
  ): Manifest {
    const erased = current.lastErasure?.at !== planned.lastErasure?.at;
    if (current.compactedThrough !== planned.compactedThrough || erased) throw new ManifestConflict();
    let next: Manifest = { ...current, compactedThrough: through, obsoleteThrough: current.compactedThrough };
    for (const dataset of current.datasets) {
      // A dataset that was made anew has another creation number: the old one's records are not its own.
      const files = written.get(dataset.createdSequence) ?? [];
      const then = planned.datasets.find((other) => other.createdSequence === dataset.createdSequence) ?? dataset;
      const changed = !sameColumns(then.columns, dataset.columns);
      const replaced = new Set(files.map((file) => file.replaces));
      const stay = dataset.files.filter((file) => !replaced.has(file.id));
      const added = files.map(({ replaces: _, ...file }) => (changed ? withOwnColumns(file, then.columns) : file));
      next = withDataset(next, { ...dataset, files: [...stay, ...added] });
    }
    return next;
  }

  /**
   * Removes files that nobody will ever name; they may hold what was deleted meanwhile. A process that slept may find itself
   * overtaken after its own commit, and others have gone on from that: then the manifest has them.
   */
  async #removeUnnamed({ logId, manifest }: GroupState, files: readonly DataFile[]): Promise<void> {
    const named = fileIds(manifest);
    for (const { id } of files) if (!named.has(id)) await this.#files.remove(logId, id);
  }

  #deleteLater(group: Group): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.deleteObsolete(group).catch((thrown: unknown) =>
        this.#logger.warn({ group: group.name, err: thrown }, "old log documents stay for now"),
      );
    }, DELETION_DELAY_MS);
    timer.unref();
    this.#timers.add(timer);
  }
}

/**
 * The commits with records of a dataset, cut where an import arrived: order of arrival must survive. A small streamed
 * file right before a run becomes part of it, so that many small compactions do not make many small files.
 */
function runsBetweenImports(dataset: DatasetEntry, commits: readonly RecordsCommit[], smallRows: number): Run[] {
  const imports = dataset.files.filter((file) => file.kind === "imported").map((file) => file.arrived);
  const importsBefore = (sequence: number) => imports.filter((arrived) => arrived < sequence).length;
  const runs = new Map<number, { commits: RecordsCommit[]; base: DataFile | undefined }>();
  for (const commit of commits) {
    if (streamedCount(dataset.type, commit.records) === 0) continue;
    const before = importsBefore(commit.sequence);
    const run = runs.get(before) ?? { commits: [], base: undefined };
    run.commits.push(commit);
    runs.set(before, run);
  }
  for (const [before, run] of runs) {
    const streamed = dataset.files.filter((file) => file.kind === "streamed" && importsBefore(file.arrived) === before);
    const last = streamed.sort((a, b) => a.arrived - b.arrived).at(-1);
    if (last && last.rows < smallRows) run.base = last;
  }
  return [...runs.values()];
}
