import { operation, USER_ERRORS, type Payload } from "../api/operation.js";
import type { DatasetType } from "./datasets.js";
import type { PageOf } from "./page.js";

/** An import of files into a dataset. */
export interface ImportJob {
  readonly jobName: string;
  readonly datasetType: DatasetType;
  readonly status: string;
  readonly failureReason: string | null;
  readonly dryRun: boolean;
  readonly rows: number;
  readonly problemRows: number;
  /** Share done, 0 to 1. */
  readonly progress: number;
  readonly phase: string | null;
  readonly bytesRead: number;
  readonly bytesTotal: number | null;
  readonly problems: readonly { file: string; line: number; column: string; value: string; message: string }[];
  readonly reportUrl: string | null;
  readonly createdAt: string | null;
}

const IMPORT_JOB_FIELDS = `jobName datasetType status failureReason dryRun rows problemRows progress phase bytesRead bytesTotal
  problems { file line column value message } reportUrl createdAt`;

/** What an import is given. */
export interface ImportInput {
  readonly datasetGroup: string;
  readonly jobName: string;
  readonly datasetType: DatasetType;
  readonly locations: readonly string[];
  readonly importMode: "FULL" | "INCREMENTAL";
  readonly dryRun: boolean;
}

/** Starts an import. */
export const CREATE_IMPORT_JOB = operation<
  Payload<"createImportJob", { importJob: ImportJob | null }>,
  { input: ImportInput }
>(`
mutation CreateImportJob($input: CreateImportJobInput!) {
  createImportJob(input: $input) { importJob { ${IMPORT_JOB_FIELDS} } ${USER_ERRORS} }
}`);

/** Stops an import, which then changes nothing. */
export const STOP_IMPORT_JOB = operation<
  Payload<"stopImportJob", object>,
  { input: { datasetGroup: string; jobName: string } }
>(`
mutation StopImportJob($input: StopImportJobInput!) { stopImportJob(input: $input) { ${USER_ERRORS} } }`);

/** How an import stands. */
export const IMPORT_JOB = operation<{ importJob: ImportJob | null }, { datasetGroup: string; jobName: string }>(`
query ImportJob($datasetGroup: String!, $jobName: String!) {
  importJob(datasetGroup: $datasetGroup, jobName: $jobName) { ${IMPORT_JOB_FIELDS} }
}`);

/** A group's imports, newest first. */
export const IMPORT_JOBS = operation<
  { importJobs: PageOf<ImportJob> | null },
  { datasetGroup: string; first: number }
>(`
query ImportJobs($datasetGroup: String!, $first: Int!) {
  importJobs(datasetGroup: $datasetGroup, first: $first) { nodes { ${IMPORT_JOB_FIELDS} } }
}`);

/** A proposed schema. */
export interface InferredSchema {
  /** An Avro record in JSON. */
  readonly schema: string;
  readonly notes: readonly string[];
}

/** Proposes a schema for a file. */
export const INFER_SCHEMA = operation<{ inferSchema: InferredSchema }, { location: string; datasetType: DatasetType }>(`
query InferSchema($location: String!, $datasetType: DatasetType!) {
  inferSchema(location: $location, datasetType: $datasetType) { schema notes }
}`);
