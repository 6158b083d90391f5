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
  /** Rows that the mapping's filter left out. */
  readonly filteredRows: number;
  /** Columns of the files that nothing used. */
  readonly ignoredColumns: readonly string[];
  readonly notes: readonly string[];
  /** Share done, 0 to 1. */
  readonly progress: number;
  readonly phase: string | null;
  readonly bytesRead: number;
  readonly bytesTotal: number | null;
  readonly problems: readonly { file: string; line: number; column: string; value: string; message: string }[];
  readonly reportUrl: string | null;
  readonly createdAt: string | null;
}

const IMPORT_JOB_FIELDS = `jobName datasetType status failureReason dryRun rows problemRows filteredRows ignoredColumns notes progress phase bytesRead bytesTotal
  problems { file line column value message } reportUrl createdAt`;

/** What an import is given. */
export interface ImportInput {
  readonly datasetGroup: string;
  readonly jobName: string;
  readonly datasetType: DatasetType;
  readonly locations: readonly string[];
  readonly importMode: "FULL" | "INCREMENTAL";
  readonly dryRun: boolean;
  readonly mapping: ImportMapping | null;
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

/** How one column of a dataset is filled. */
export interface ColumnMapping {
  readonly name: string;
  readonly from?: readonly string[];
  readonly constant?: string;
  readonly expression?: string;
  readonly time?: { readonly unit?: string; readonly formats?: readonly string[]; readonly zone?: string };
  readonly separator?: string;
  readonly rules?: readonly { equals?: string; atLeast?: number; value: string }[];
}

/** How the rows of files become rows of a dataset; the same in answers, inputs and files. Of its fields those that are shown. */
export interface ImportMapping {
  readonly format?: string;
  readonly csv?: Readonly<Record<string, unknown>>;
  readonly rowsPath?: string;
  readonly columns?: readonly ColumnMapping[];
  readonly explode?: { readonly list: string };
  readonly rowFilter?: string;
  readonly sql?: string;
}

/** A row of a preview. */
interface PreviewRow {
  readonly values: readonly (string | null)[];
}

/** The first rows of a file, before and after its mapping. */
export interface ImportPreview {
  readonly fileColumns: readonly string[];
  readonly fileRows: readonly PreviewRow[];
  readonly datasetColumns: readonly string[];
  readonly datasetRows: readonly PreviewRow[];
  readonly problems: readonly string[];
}

/** What Palate makes of a file. */
export interface InferredSchema {
  /** An Avro record in JSON. */
  readonly schema: string;
  readonly datasetType: DatasetType | null;
  /** The public data set or vendor's export that it is, where it is one of those known. */
  readonly layout: string | null;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  readonly ignoredColumns: readonly string[];
  /** Null when the file imports as it is. */
  readonly mapping: ImportMapping | null;
  readonly preview: ImportPreview | null;
}

/** Proposes a schema, and a mapping where one is needed, for a file. */
export const INFER_SCHEMA = operation<
  { inferSchema: InferredSchema | null },
  { location: string; datasetType: DatasetType | null; mapping: ImportMapping | null }
>(`
query InferSchema($location: String!, $datasetType: DatasetType, $mapping: ImportMappingInput) {
  inferSchema(location: $location, datasetType: $datasetType, mapping: $mapping) {
    schema datasetType layout notes warnings ignoredColumns
    mapping {
      format rowsPath rowFilter partitionKeys ignoredColumns refuseUnknownColumns nullValues trim sql
      csv { delimiter header names quote escape encoding skipLines comment }
      explode { list separator partSeparator parallel }
      columns {
        name from constant expression separator nullValues trim decimalMark
        time { unit formats zone }
        rules { equals atLeast value }
      }
    }
    preview { fileColumns fileRows { values } datasetColumns datasetRows { values } problems }
  }
}`);
