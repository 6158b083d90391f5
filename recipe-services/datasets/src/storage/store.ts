import type {
  DatasetType,
  DeletionKind,
  ExportFormat,
  ImportMode,
  ImportPhase,
  IngestionMode,
  ResourceStatus,
} from "@palate/proto/dataset";
import { toStoreError } from "@palate/store";
import { MongoClient, type Collection, type Db } from "mongodb";
import { MongoLogHints, type LogHints } from "./log-hint.js";

/** A dataset group. What it consists of is in its log, not here. */
export interface GroupDocument {
  /** The group's name. */
  readonly _id: string;
  /** Names its log and its files; random, so that a group made anew under the same name shares nothing. */
  readonly logId: string;
  /** Unix time in milliseconds. */
  readonly createdAtMs: number;
}

/** A schema. */
export interface SchemaDocument {
  /** The schema's name. */
  readonly _id: string;
  /** The dataset type it is for. */
  readonly datasetType: DatasetType;
  /** The Avro record as JSON text. */
  readonly schema: string;
  /** Unix time in milliseconds. */
  readonly createdAtMs: number;
}

/** The event tracker of a dataset group. */
export interface TrackerDocument {
  /** Log id of the group, so that there is at most one. */
  readonly _id: string;
  /** The group's name. */
  readonly group: string;
  /** The tracker's name. */
  readonly name: string;
  /** What PutEvents accepts in place of the group's name. */
  readonly trackingId: string;
  /** Unix time in milliseconds. */
  readonly createdAtMs: number;
}

/** What jobs of all kinds have. */
export interface JobDocument {
  /** Log id of the group and the job's name. */
  readonly _id: string;
  /** Log id of the group. */
  readonly logId: string;
  /** The group's name. */
  readonly group: string;
  /** The job's name. */
  readonly jobName: string;
  /** Where it is in its life. */
  readonly status: ResourceStatus;
  /** Why it failed, or what went wrong last. */
  readonly failureReason: string;
  /** Unix time in milliseconds. */
  readonly createdAtMs: number;
  /** Unix time in milliseconds; also the last heartbeat of the process that runs it. */
  readonly updatedAtMs: number;
  /** Whether somebody asked to stop it, maybe through another process. */
  readonly stopRequested?: boolean;
}

/** An import job. */
export interface ImportJobDocument extends JobDocument {
  /** The dataset imported into. */
  readonly datasetType: DatasetType;
  /** The first location. */
  readonly location: string;
  /** All locations; absent in jobs of before there could be several. */
  readonly locations?: readonly string[];
  /** FULL or INCREMENTAL. */
  readonly importMode: ImportMode;
  /** Whether the file was only checked. */
  readonly dryRun: boolean;
  /** The first problems as JSON. */
  readonly problems: string;
  /** How many rows had problems. */
  readonly problemRows: number;
  /** Rows in the file. */
  readonly rows: number;
  /** Share done, 0 to 1. */
  readonly progress: number;
  /** What it is doing. */
  readonly phase?: ImportPhase;
  /** Bytes read so far, and of all files. */
  readonly bytesRead?: number;
  readonly bytesTotal?: number;
  /** The files read, the first of them, as JSON. */
  readonly files?: string;
  /** How many files it has. */
  readonly fileCount?: number;
  /** Whether there is an analysis of it. */
  readonly analysed?: boolean;
}

/** An export job. */
export interface ExportJobDocument extends JobDocument {
  /** The dataset exported. */
  readonly datasetType: DatasetType;
  /** Which rows. */
  readonly ingestionMode: IngestionMode;
  /** How the file is written. */
  readonly format: ExportFormat;
  /** Where the file was to go, as asked for; empty for one that is kept here. */
  readonly asked: string;
  /** Where it went. */
  readonly destination: string;
  /** Name of the file. */
  readonly fileName: string;
  /** Its id in the group's bucket of exports; empty when there is none (yet). */
  readonly fileId: string;
  readonly rows: number;
  readonly bytes: number;
  /** SHA-256 of the file in hexadecimal. */
  readonly sha256: string;
  /** Rows taken out of the file since. */
  readonly rowsDeleted: number;
}

/** The deletion of users or items. It holds no id. */
export interface DeletionJobDocument extends JobDocument {
  /** What is deleted. */
  readonly kind: DeletionKind;
  /** Text in front of an id when it is hashed. */
  readonly salt: string;
  /** SHA-256 of salt and id in hexadecimal; of the ids given, then of their sessions. */
  readonly hashes: readonly string[];
  /** How many ids were given. */
  readonly ids: number;
  /** Sequence number of its commit; 0 before it. */
  readonly at: number;
  /** Unix time in milliseconds of that commit. */
  readonly committedAtMs: number;
  /** What was removed where, as JSON. */
  readonly removals: string;
  /** What it does not reach. */
  readonly remains: readonly string[];
}

/** A deleted group. */
export interface TrashDocument {
  /** Its log id. */
  readonly _id: string;
  /** Unix time in milliseconds of the deletion. */
  readonly deletedAtMs: number;
  /** Whether its data is gone; the document stays, so that others can tell a deleted group from an unknown one. */
  readonly emptied?: boolean;
}

/** The service's database. */
export interface Store {
  /** The database itself, for logs and files. */
  readonly db: Db;
  readonly groups: Collection<GroupDocument>;
  readonly schemas: Collection<SchemaDocument>;
  readonly trackers: Collection<TrackerDocument>;
  readonly importJobs: Collection<ImportJobDocument>;
  readonly exportJobs: Collection<ExportJobDocument>;
  readonly deletionJobs: Collection<DeletionJobDocument>;
  readonly trash: Collection<TrashDocument>;
  readonly hints: LogHints;
  /**
   * Makes the first contact; throws `unavailable` when MongoDB does not answer. To be called until it succeeds once: the
   * driver reconnects by itself only after it was connected.
   */
  connect(): Promise<void>;
  /** Closes all connections. */
  close(): Promise<void>;
}

/** GridFS bucket of a group's Parquet files. */
export function bucketOf(logId: string): string {
  return `files_${logId}`;
}

/** GridFS bucket of the exports that are kept of a group. */
export function exportBucketOf(logId: string): string {
  return `exports_${logId}`;
}

/** Prepares access to the database; nothing is sent before the first use, so MongoDB may be away at start. */
export function openStore(uri: string, databasePrefix: string): Store {
  const client = new MongoClient(uri, {
    maxPoolSize: 30,
    serverSelectionTimeoutMS: 2_000,
    connectTimeoutMS: 2_000,
    socketTimeoutMS: 20_000,
    retryWrites: false,
    appName: "palate-datasets",
  });
  const db = client.db(`${databasePrefix}_datasets`);
  return {
    db,
    groups: db.collection("dataset_groups"),
    schemas: db.collection("schemas"),
    trackers: db.collection("event_trackers"),
    importJobs: db.collection("import_jobs"),
    exportJobs: db.collection("export_jobs"),
    deletionJobs: db.collection("deletion_jobs"),
    trash: db.collection("trash"),
    hints: new MongoLogHints(db),
    async connect() {
      await guarded(client.connect());
      await guarded(db.command({ ping: 1 }));
    },
    close: () => client.close(),
  };
}

/** Waits for a database call, turning "MongoDB is away" into `unavailable`. */
export async function guarded<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (thrown) {
    throw toStoreError(thrown);
  }
}
