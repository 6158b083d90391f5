import type { handleUnaryCall } from "@grpc/grpc-js";
import type { handlersFor } from "@palate/host";
import type { ReadBatchJobOutputRequest, ReadBatchJobOutputResponse, RecipeServiceServer } from "@palate/proto/recipe";
import { page } from "../control/paging.js";
import type { BatchJobs } from "./batch-jobs.js";

type BatchCalls = Pick<
  RecipeServiceServer,
  "createBatchJob" | "getBatchJob" | "listBatchJobs" | "stopBatchJob" | "deleteBatchJob" | "readBatchJobOutput"
>;

/**
 * The calls of RecipeService about batch jobs.
 * @param stored makes the handler of a call that may touch the store
 * @param serverStream makes the handler of a call with a stream of answers
 */
export function batchHandlers(
  jobs: BatchJobs,
  stored: <Req, Res>(method: string, handle: (request: Req) => Promise<Res>) => handleUnaryCall<Req, Res>,
  serverStream: ReturnType<typeof handlersFor>["serverStream"],
): BatchCalls {
  async function* output({
    datasetGroup,
    jobName,
  }: ReadBatchJobOutputRequest): AsyncGenerator<ReadBatchJobOutputResponse> {
    for await (const data of jobs.output(datasetGroup, jobName)) yield { data: Buffer.from(data) };
  }
  return {
    createBatchJob: stored("CreateBatchJob", async (request) => ({ batchJob: await jobs.create(request) })),
    getBatchJob: stored("GetBatchJob", async ({ datasetGroup, jobName }) => ({
      batchJob: await jobs.get(datasetGroup, jobName),
    })),
    listBatchJobs: stored("ListBatchJobs", async ({ datasetGroup, pageSize, pageToken }) => {
      const { rows, nextPageToken } = page(await jobs.list(datasetGroup), (job) => job.jobName, pageSize, pageToken);
      return { batchJobs: rows, nextPageToken };
    }),
    stopBatchJob: stored("StopBatchJob", async ({ datasetGroup, jobName }) => ({
      batchJob: await jobs.stop(datasetGroup, jobName),
    })),
    deleteBatchJob: stored("DeleteBatchJob", async ({ datasetGroup, jobName }) => {
      await jobs.delete(datasetGroup, jobName);
      return {};
    }),
    readBatchJobOutput: serverStream("ReadBatchJobOutput", output),
  };
}
