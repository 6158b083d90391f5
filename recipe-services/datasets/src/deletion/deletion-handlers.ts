import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import type { handlersFor } from "@palate/host";
import type * as api from "@palate/proto/dataset";
import { jobOrder } from "../jobs/job-records.js";
import { pageOf } from "../schema/names.js";
import { formatCursor } from "../storage/cursor.js";
import type { DeletionJobDocument } from "../storage/job-documents.js";
import type { DeletionJobs } from "./deletion-jobs.js";
import type { Removal } from "./eraser.js";

/** A deletion's document as the message that callers get. */
function deletionMessage(document: DeletionJobDocument): api.DataDeletionJob {
  const removals = JSON.parse(document.removals) as Removal[];
  return {
    datasetGroup: document.group,
    jobName: document.jobName,
    kind: document.kind,
    status: document.status,
    failureReason: document.failureReason,
    ids: document.ids,
    numDeleted: removals
      .filter(({ place }) => place !== "leftover files" && place !== "uploads")
      .reduce((sum, { rows }) => sum + rows, 0),
    removals,
    salt: document.salt,
    idHashes: [...document.hashes],
    cursor: document.at === 0 ? "" : formatCursor(document.logId, document.at),
    committedAtMs: document.committedAtMs,
    createdAtMs: document.createdAtMs,
    updatedAtMs: document.updatedAtMs,
    remains: [...document.remains],
  };
}

/** The gRPC handlers of deletions. */
export function deletionHandlers(jobs: DeletionJobs, on: ReturnType<typeof handlersFor>): UntypedServiceImplementation {
  return {
    createDataDeletionJob: on.unary("CreateDataDeletionJob", async (request: api.CreateDataDeletionJobRequest) => ({
      dataDeletionJob: deletionMessage(await jobs.create(request)),
    })),
    getDataDeletionJob: on.unary("GetDataDeletionJob", async (request: api.GetDataDeletionJobRequest) => ({
      dataDeletionJob: deletionMessage(await jobs.get(request.datasetGroup, request.jobName)),
    })),
    listDataDeletionJobs: on.unary("ListDataDeletionJobs", async (request: api.ListDataDeletionJobsRequest) => {
      const all = await jobs.list(request.datasetGroup);
      const page = pageOf(all, jobOrder, request.pageSize, request.pageToken, "descending");
      return { dataDeletionJobs: page.rows.map(deletionMessage), nextPageToken: page.nextPageToken };
    }),
  };
}
