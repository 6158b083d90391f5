import { encryptionOptions } from "@palate/encryption";
import { flag, grpcServerOptions, integer, list, mongoOptions, text, type ConfigOf } from "@palate/host";
import { serviceNamed } from "@palate/host/services";

/** Options of the datasets service. */
export const datasetsOptions = {
  ...grpcServerOptions(serviceNamed("datasets").port),
  ...mongoOptions,
  ...encryptionOptions,
  dataFolder: text(
    "PALATE_DATASETS_FOLDER",
    ".palate/datasets",
    "Folder for uploads, work files and the local copy of the Parquet files; MongoDB stays the truth.",
  ),
  workFolder: text(
    "PALATE_DATASETS_WORK_FOLDER",
    "",
    "Folder for what is being worked on, which lies there unencrypted until it is done; best in memory (tmpfs) where data are encrypted. Empty takes the data folder.",
  ),
  importFolders: list(
    "PALATE_IMPORT_FOLDERS",
    "",
    "Folders, separated by commas, from which import jobs may read files; empty allows uploads only.",
  ),
  importHttp: flag("PALATE_IMPORT_HTTP", true, "Whether import jobs may fetch files over http and https."),
  importAllowedHosts: list(
    "PALATE_IMPORT_ALLOWED_HOSTS",
    "",
    'Hosts, as "name" or "name:port", separated by commas, that imports may ask although they are in a private network.',
  ),
  importIdleSeconds: integer(
    "PALATE_IMPORT_IDLE_SECONDS",
    60,
    1,
    3600,
    "Seconds without a byte after which an import's connection is given up and made anew.",
  ),
  s3Buckets: list(
    "PALATE_S3_BUCKETS",
    "",
    'Buckets, or parts of them as "bucket/prefix", separated by commas, that import jobs may read; empty allows none.',
  ),
  s3Endpoint: text("PALATE_S3_ENDPOINT", "", "Address of an S3-compatible store; empty means Amazon S3."),
  s3Region: text("PALATE_S3_REGION", "us-east-1", "Region of the S3 store."),
  s3AccessKeyId: text(
    "PALATE_S3_ACCESS_KEY_ID",
    "",
    "Access key of the S3 store; empty takes what the machine provides (role, profile).",
  ),
  s3SecretAccessKey: text("PALATE_S3_SECRET_ACCESS_KEY", "", "Secret of that access key."),
  s3SessionToken: text("PALATE_S3_SESSION_TOKEN", "", "Token of that access key, when it is temporary."),
  exportFolders: list(
    "PALATE_EXPORT_FOLDERS",
    "",
    "Folders, separated by commas, into which export jobs may write; empty allows none.",
  ),
  s3ExportBuckets: list(
    "PALATE_S3_EXPORT_BUCKETS",
    "",
    'Buckets, or parts of them as "bucket/prefix", separated by commas, into which export jobs may write.',
  ),
  maxUploadMb: integer("PALATE_MAX_UPLOAD_MB", 4096, 1, 1_048_576, "Largest upload accepted, in MiB."),
  maxUploadsMb: integer(
    "PALATE_MAX_UPLOADS_MB",
    16_384,
    1,
    1_048_576,
    "From how many MiB of uploads that wait to be imported no more are accepted.",
  ),
  maxGroups: integer("PALATE_MAX_DATASET_GROUPS", 10_000, 1, 1_000_000, "Most dataset groups."),
  maxSchemas: integer("PALATE_MAX_SCHEMAS", 10_000, 1, 1_000_000, "Most schemas."),
  maxImportMb: integer(
    "PALATE_MAX_IMPORT_MB",
    102_400,
    1,
    1_048_576,
    "Largest file imported, in MiB after decompression.",
  ),
  duckdbMemoryMb: integer(
    "PALATE_DUCKDB_MEMORY_MB",
    1024,
    128,
    1_048_576,
    "Memory that imports and snapshots may use before they spill to the data folder, in MiB.",
  ),
  duckdbThreads: integer("PALATE_DUCKDB_THREADS", 2, 1, 256, "Threads for imports and snapshots."),
  compactRecords: integer(
    "PALATE_COMPACT_RECORDS",
    100_000,
    1,
    10_000_000,
    "Streamed records in the log from which on they are compacted into Parquet.",
  ),
  eventIdWindow: integer(
    "PALATE_EVENT_ID_WINDOW",
    1_000_000,
    0,
    100_000_000,
    "Newest event ids of a dataset group that are remembered, so that a retried event counts once; and as many sessions.",
  ),
} as const;

/** The options' values. */
export type DatasetsConfig = ConfigOf<typeof datasetsOptions>;
