/** Batch jobs: files of questions answered beside live traffic by the same functions. */
export { batchHandlers } from "./batch-handlers.js";
export { BatchJobs } from "./batch-jobs.js";
export { BatchRunner } from "./batch-runner.js";
export { BatchStore } from "./batch-store.js";
