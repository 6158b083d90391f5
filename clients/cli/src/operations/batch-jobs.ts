import { operation, USER_ERRORS, type Payload } from "../api/operation.js";

/** Many questions to one model. */
export interface BatchJob {
  readonly status: string;
  /** Path of what it has answered so far. */
  readonly outputPath: string;
  readonly linesDone: number;
  readonly failureReason: string | null;
}

/** Asks a model about every user, or about the lines of `input`. */
export const CREATE_BATCH_INFERENCE_JOB = operation<
  Payload<"createBatchInferenceJob", { batchJob: BatchJob | null }>,
  { input: { datasetGroup: string; jobName: string; solution: string; numResults: number } }
>(`
mutation CreateBatchInferenceJob($input: CreateBatchInferenceJobInput!) {
  createBatchInferenceJob(input: $input) { batchJob { status outputPath linesDone failureReason } ${USER_ERRORS} }
}`);

/** How a batch job stands. */
export const BATCH_JOB = operation<{ batchJob: BatchJob | null }, { datasetGroup: string; jobName: string }>(`
query BatchJob($datasetGroup: String!, $jobName: String!) {
  batchJob(datasetGroup: $datasetGroup, jobName: $jobName) { status outputPath linesDone failureReason }
}`);

/** Deletes a batch job with its output. */
export const DELETE_BATCH_JOB = operation<
  Payload<"deleteBatchJob", object>,
  { input: { datasetGroup: string; jobName: string } }
>(`
mutation DeleteBatchJob($input: BatchJobRefInput!) { deleteBatchJob(input: $input) { ${USER_ERRORS} } }`);

/** Stops a batch job. */
export const STOP_BATCH_JOB = operation<
  Payload<"stopBatchJob", object>,
  { input: { datasetGroup: string; jobName: string } }
>(`
mutation StopBatchJob($input: BatchJobRefInput!) { stopBatchJob(input: $input) { ${USER_ERRORS} } }`);
