import { operation, USER_ERRORS, type Payload } from "../api/operation.js";
import type { DatasetType } from "./datasets.js";

/** How an exported file is written. */
export type ExportFormat = "CSV" | "JSON_LINES" | "PARQUET";
/** Which rows: those imported, those streamed, or both. */
export type IngestionMode = "BULK" | "PUT" | "ALL";

/** An export of a dataset's rows. */
export interface ExportJob {
  readonly jobName: string;
  readonly status: string;
  readonly failureReason: string | null;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string | null;
  readonly destination: string | null;
  readonly downloadUrl: string | null;
}

const EXPORT_JOB_FIELDS = "jobName status failureReason rows bytes sha256 destination downloadUrl";

/** What an export is given. */
export interface ExportInput {
  readonly datasetGroup: string;
  readonly jobName: string;
  readonly datasetType: DatasetType;
  readonly format: ExportFormat;
  readonly ingestionMode: IngestionMode;
}

/** Starts an export. */
export const CREATE_EXPORT_JOB = operation<
  Payload<"createExportJob", { exportJob: ExportJob | null }>,
  { input: ExportInput }
>(`
mutation CreateExportJob($input: CreateExportJobInput!) {
  createExportJob(input: $input) { exportJob { ${EXPORT_JOB_FIELDS} } ${USER_ERRORS} }
}`);

/** How an export stands. */
export const EXPORT_JOB = operation<{ exportJob: ExportJob | null }, { datasetGroup: string; jobName: string }>(`
query ExportJob($datasetGroup: String!, $jobName: String!) {
  exportJob(datasetGroup: $datasetGroup, jobName: $jobName) { ${EXPORT_JOB_FIELDS} }
}`);

/** Deletes an export with its file. */
export const DELETE_EXPORT_JOB = operation<
  Payload<"deleteExportJob", object>,
  { input: { datasetGroup: string; jobName: string } }
>(`
mutation DeleteExportJob($input: DeleteExportJobInput!) { deleteExportJob(input: $input) { ${USER_ERRORS} } }`);
