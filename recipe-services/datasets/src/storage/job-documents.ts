import type {
  DatasetType,
  DeletionKind,
  ExportFormat,
  ImportMode,
  ImportPhase,
  IngestionMode,
  ResourceStatus,
} from "@palate/proto/dataset";

/** This run of the service, as jobs name it: its data folder, which one process uses at a time, and the run. */
export interface JobOwner {
  /** Id of the data folder, which stays with it. */
  readonly folder: string;
  /** Id of the run. */
  readonly run: string;
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
  /** The process that waits with it or runs it; absent in jobs of before this was noted. */
  readonly owner?: JobOwner;
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
  /** How the files' rows become rows of the dataset, as JSON; absent when nothing was said. */
  readonly mapping?: string;
  /** Columns of the files that were left out. */
  readonly ignoredColumns?: readonly string[];
  /** Rows that the mapping's filter left out. */
  readonly filteredRows?: number;
  /** What was decided about the files without being asked for, one sentence each. */
  readonly notes?: readonly string[];
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
