import type { Logger } from "@palate/host";
import { Compactor } from "../group/compactor.js";
import { Datasets } from "../resources/datasets.js";
import type { Group } from "../group/group.js";
import { Groups } from "../group/groups.js";
import { Recorder } from "../recording/recorder.js";
import { ChangeFeed } from "../reading/change-feed.js";
import type { Schemas } from "../resources/schemas.js";
import { SnapshotReader } from "../reading/snapshot-reader.js";
import type { EncodeChunk } from "../storage/arrow-chunk.js";
import type { GroupStore } from "../group/group-store.js";
import type { StoredRows } from "../storage/stored-rows.js";
import type { StreamedFiles } from "../storage/streamed-files.js";
import type { RecentIds } from "../group/recent-ids.js";
import type { Manifest } from "../schema/manifest.js";
import type { StoreLink } from "./faults.js";

/** Rows of a full chunk: so few that snapshots have several. */
const CHUNK_ROWS = 264;

/** What an instance of the service works with. */
export interface InstanceParts {
  readonly name: string;
  readonly link: StoreLink;
  readonly store: GroupStore;
  readonly files: StreamedFiles & StoredRows;
  readonly readRecentIds: (logId: string, manifest: Manifest) => Promise<RecentIds>;
  readonly schemas: Pick<Schemas, "get">;
  /** Event ids remembered. */
  readonly eventIdWindow: number;
  /** Records in the log from which on it is compacted. */
  readonly compactRecords: number;
  /** Commits of the log that are read at a time. */
  readonly readAhead: number;
  /** Turns chunks of snapshots into what readers get. */
  readonly encode: EncodeChunk;
  readonly logger: Logger;
}

/** An answer that never came: its instance is gone. */
export class InstanceGone extends Error {}

/** One process of the datasets service, put together as the service itself does it. */
export class Instance {
  readonly name: string;
  readonly groups: Groups;
  readonly recorder: Recorder;
  readonly feed: ChangeFeed;
  readonly datasets: Datasets;
  readonly compactor: Compactor;
  readonly #link: StoreLink;
  #gone = false;
  readonly #asking = new Set<(reason: InstanceGone) => void>();

  constructor(parts: InstanceParts) {
    const { store, files, logger } = parts;
    this.name = parts.name;
    this.#link = parts.link;
    this.groups = new Groups(store, logger, parts.eventIdWindow, parts.readRecentIds, parts.readAhead);
    this.compactor = new Compactor(files, store.hints, parts.compactRecords, logger);
    this.recorder = new Recorder(this.groups, (group: Group) => this.compactor.consider(group));
    this.feed = new ChangeFeed(new SnapshotReader(files, CHUNK_ROWS, parts.encode), logger);
    this.datasets = new Datasets(this.groups, parts.schemas);
  }

  /** Ends the process as a power cut does: nothing is finished, nothing is said. */
  kill(): void {
    this.#link.cut();
    this.#gone = true;
    for (const tell of this.#asking) tell(new InstanceGone(this.name));
  }

  /** Lets the process sleep; call the result to wake it. */
  stall(): () => void {
    return this.#link.stall();
  }

  /** Waits for an answer of the instance. Rejects with {@link InstanceGone} when it is gone before. */
  answer<T>(asked: Promise<T>): Promise<T> {
    if (this.#gone) return Promise.reject(new InstanceGone(this.name));
    return new Promise((resolve, reject) => {
      this.#asking.add(reject);
      const answered = () => this.#asking.delete(reject);
      asked.finally(answered).then(resolve, reject);
    });
  }
}
