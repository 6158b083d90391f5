import { KeyRing, openKeyRing, type encryptionOptions } from "@palate/encryption";
import { PalateError, type ConfigOf } from "@palate/host";
import { MongoKeyDocuments, StoreWatch, toStoreError } from "@palate/store";
import { MongoClient, type Collection, type Db, type Document } from "mongodb";
import type { GroupDocument, SchemaDocument, TrackerDocument, TrashDocument } from "./group-documents.js";
import type { DeletionJobDocument, ExportJobDocument, ImportJobDocument } from "./job-documents.js";
import { MongoLogHints, type LogHints } from "./log-hint.js";

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
  /** The data keys: of each group, under its log id, and of each upload. */
  readonly keys: KeyRing;
  /**
   * Makes the first contact; throws `unavailable` when MongoDB does not answer. To be called until it succeeds once: the
   * driver reconnects by itself only after it was connected.
   */
  connect(): Promise<void>;
  /** Tells whether the database can be used, until the returned watch is closed. See {@link StoreWatch}. */
  watch(onChange: (problem: PalateError | undefined) => void): StoreWatch;
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

/**
 * Prepares access to the database; nothing is sent before the first use, so MongoDB may be unreachable at start.
 * @param encryption with which keys data are encrypted; not at all unless given
 * @throws PalateError `invalid_argument` when a key is none
 */
export function openStore(uri: string, databasePrefix: string, encryption?: ConfigOf<typeof encryptionOptions>): Store {
  const client = new MongoClient(uri, {
    maxPoolSize: 30,
    serverSelectionTimeoutMS: 2_000,
    connectTimeoutMS: 2_000,
    socketTimeoutMS: 20_000,
    retryWrites: false,
    // For StoreWatch.
    monitorCommands: true,
    appName: "palate-datasets",
  });
  const db = client.db(`${databasePrefix}_datasets`);
  const keyDocuments = new MongoKeyDocuments(db);
  return {
    db,
    keys: encryption ? openKeyRing(encryption, keyDocuments) : new KeyRing([], keyDocuments),
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
    watch: (onChange) => new StoreWatch(client, onChange),
    close: () => client.close(),
  };
}

/** Waits for a database call, turning the store's own troubles into errors on purpose: see `toStoreError`. */
export async function guarded<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (thrown) {
    throw toStoreError(thrown);
  }
}

/**
 * Refuses another document where a collection has as many as it may: each takes memory for as long as it is there.
 * @param what they are called, for the message
 * @throws PalateError `resource_exhausted`
 */
export async function refuseMore<T extends Document>(
  collection: Collection<T>,
  most: number,
  what: string,
): Promise<void> {
  if ((await guarded(collection.estimatedDocumentCount())) < most) return;
  throw new PalateError("resource_exhausted", `There are ${most} ${what}, the most; delete some.`);
}
