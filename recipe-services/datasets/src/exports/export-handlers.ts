import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import type { handlersFor } from "@palate/host";
import type * as api from "@palate/proto/dataset";
import { jobOrder } from "../jobs/job-records.js";
import { pageOf } from "../schema/names.js";
import type { ExportJobs } from "./export-jobs.js";
import { exportMessage } from "./export-message.js";

/** The gRPC handlers of export jobs. */
export function exportHandlers(jobs: ExportJobs, on: ReturnType<typeof handlersFor>): UntypedServiceImplementation {
  return {
    createDatasetExportJob: on.unary("CreateDatasetExportJob", async (request: api.CreateDatasetExportJobRequest) => ({
      datasetExportJob: exportMessage(await jobs.create(request)),
    })),
    getDatasetExportJob: on.unary("GetDatasetExportJob", async (request: api.GetDatasetExportJobRequest) => ({
      datasetExportJob: exportMessage(await jobs.get(request.datasetGroup, request.jobName)),
    })),
    listDatasetExportJobs: on.unary("ListDatasetExportJobs", async (request: api.ListDatasetExportJobsRequest) => {
      const all = await jobs.list(request.datasetGroup);
      const page = pageOf(all, jobOrder, request.pageSize, request.pageToken, "descending");
      return { datasetExportJobs: page.rows.map(exportMessage), nextPageToken: page.nextPageToken };
    }),
    deleteDatasetExportJob: on.unary("DeleteDatasetExportJob", async (request: api.DeleteDatasetExportJobRequest) => {
      await jobs.delete(request.datasetGroup, request.jobName);
      return {};
    }),
    readDatasetExport: on.serverStream("ReadDatasetExport", (request: api.ReadDatasetExportRequest) =>
      jobs.read(request.datasetGroup, request.jobName),
    ),
  };
}
