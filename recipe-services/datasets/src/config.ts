import { grpcServerOptions, integer, list, mongoOptions, text, type ConfigOf } from "@palate/kit/host";

/** Options of the datasets service. */
export const datasetsOptions = {
  ...grpcServerOptions(4100),
  ...mongoOptions,
  dataFolder: text(
    "PALATE_DATASETS_FOLDER",
    ".palate/datasets",
    "Folder for uploads, work files and the local copy of the Parquet files; MongoDB stays the truth.",
  ),
  importFolders: list(
    "PALATE_IMPORT_FOLDERS",
    "",
    "Folders, separated by commas, from which import jobs may read files; empty allows uploads only.",
  ),
  maxUploadMb: integer("PALATE_MAX_UPLOAD_MB", 4096, 1, 1_048_576, "Largest upload accepted, in MiB."),
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
    "Newest event ids of a dataset group that are remembered, so that a retried event counts once.",
  ),
} as const;

/** The options' values. */
export type DatasetsConfig = ConfigOf<typeof datasetsOptions>;
