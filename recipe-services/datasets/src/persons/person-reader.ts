import { idLengthProblem, invalidArgument } from "@palate/host";
import {
  DatasetType,
  ExportFormat,
  IngestionMode,
  type ImportProblem,
  type ReadPersonalDataResponse,
} from "@palate/proto/dataset";
import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { findSessions } from "../deletion/find-sessions.js";
import { writeExport } from "../exports/write-export.js";
import type { Group } from "../group/group.js";
import type { Groups } from "../group/groups.js";
import { importSecrets } from "../imports/import-jobs.js";
import { findDataset } from "../schema/manifest.js";
import type { DuckDb } from "../storage/duckdb.js";
import { ErasedIds } from "../storage/erased-ids.js";
import type { ParquetStore } from "../storage/parquet-store.js";
import { guarded, type Store } from "../storage/store.js";

/** Rows of one message. */
const AT_ONCE = 500;

const SECTIONS = [
  ["users", DatasetType.DATASET_TYPE_USERS],
  ["interactions", DatasetType.DATASET_TYPE_INTERACTIONS],
  ["actionInteractions", DatasetType.DATASET_TYPE_ACTION_INTERACTIONS],
] as const;

/** What a reader works with. */
export interface PersonParts {
  readonly store: Store;
  readonly groups: Groups;
  readonly files: ParquetStore;
  readonly duckdb: DuckDb;
  /** For work files. */
  readonly folder: string;
}

/** Gathers all that is stored of one person, for them to have. */
export class PersonReader {
  readonly #parts: PersonParts;

  constructor(parts: PersonParts) {
    this.#parts = parts;
  }

  /**
   * Reads all that is stored of a user, section by section.
   * @throws PalateError `not_found` when there is no such group, `invalid_argument` when the id can be nobody's
   */
  async *read(datasetGroup: string, userId: string): AsyncGenerator<ReadPersonalDataResponse> {
    const problem = idLengthProblem(userId);
    if (problem !== undefined) {
      throw invalidArgument(`user_id ${problem}.`, [{ field: "user_id", message: problem }]);
    }
    const { groups, files, duckdb, folder } = this.#parts;
    const group = await groups.open(datasetGroup);
    await group.state.catchUp();
    const work = path.join(folder, `person-${randomUUID()}`);
    try {
      await mkdir(work, { recursive: true });
      for (const [section, type] of SECTIONS) {
        if (findDataset(group.state.manifest, type) === undefined) continue;
        const target = path.join(work, `${section}.jsonl`);
        const what = { mode: IngestionMode.INGESTION_MODE_ALL, format: ExportFormat.EXPORT_FORMAT_JSON_LINES };
        await writeExport({ group, type, ...what, userId, target }, files, duckdb);
        yield* linesOf(section, target);
      }
    } finally {
      await rm(work, { recursive: true, force: true });
    }
    const sessions = await findSessions(group.state, files, duckdb, [userId]);
    // Files may still hold sessions that readers are without since a deletion.
    const erased = (group.state.manifest.erasures ?? []).map((erasure) => new ErasedIds(erasure));
    const living = sessions.filter((id) => !erased.some((each) => each.hasSession(id)));
    yield { section: "sessions", rows: living.map((id) => JSON.stringify(id)) };
    yield { section: "filters", rows: filtersNaming(group, userId) };
    yield { section: "importProblems", rows: await this.#importProblems(group, userId) };
  }

  /** Rows about a user that imports refused, of which the records quote a value. */
  async #importProblems({ state: { logId } }: Group, userId: string): Promise<string[]> {
    const { store } = this.#parts;
    const secrets = importSecrets(store.keys);
    const stored = await guarded(store.importJobs.find({ logId }).toArray());
    const jobs = await Promise.all(stored.map((job) => secrets.open(job)));
    return jobs.flatMap(({ jobName, problems }) =>
      (JSON.parse(problems) as ImportProblem[])
        .filter(({ value }) => value.split("|").includes(userId))
        .map((problem) => JSON.stringify({ jobName, ...problem })),
    );
  }
}

function filtersNaming({ state: { manifest } }: Group, userId: string): string[] {
  return (manifest.filters ?? []).flatMap(({ name, versions }) =>
    versions
      .filter(({ expression }) => expression.includes(`"${userId}"`))
      .map(({ expression }) => JSON.stringify({ name, expression })),
  );
}

async function* linesOf(section: string, file: string): AsyncGenerator<ReadPersonalDataResponse> {
  let rows: string[] = [];
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    if (line !== "") rows.push(line);
    if (rows.length < AT_ONCE) continue;
    yield { section, rows };
    rows = [];
  }
  if (rows.length > 0) yield { section, rows };
}
