import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import { notFound, unavailable, handlersFor, type CallContext, type Logger } from "@palate/host";
import type { ReadResponse } from "@palate/proto/dataset";
import type * as api from "@palate/proto/dataset";
import type { AnalysisStore } from "./analysis/analysis-store.js";
import { analysisPage } from "./analysis/report-page.js";
import { deletionHandlers } from "./deletion/deletion-handlers.js";
import type { DeletionJobs } from "./deletion/deletion-jobs.js";
import { exportHandlers } from "./exports/export-handlers.js";
import type { ExportJobs } from "./exports/export-jobs.js";
import type { Groups } from "./group/groups.js";
import { jobOrder } from "./jobs/job-records.js";
import type { ImportJobs } from "./imports/import-jobs.js";
import { importMessage } from "./imports/import-message.js";
import type { SchemaInference } from "./imports/recognition/schema-inference.js";
import type { Locations } from "./imports/locations.js";
import type { PersonReader } from "./persons/person-reader.js";
import type { ChangeFeed } from "./reading/change-feed.js";
import type { Recorder } from "./recording/recorder.js";
import { streamEvents } from "./recording/stream-events.js";
import type { Datasets } from "./resources/datasets.js";
import type { Filters } from "./resources/filters.js";
import { groupMessage, schemaMessage, trackerMessage } from "./resources/resource-messages.js";
import type { Schemas } from "./resources/schemas.js";
import type { Trackers } from "./resources/trackers.js";
import { pageOf } from "./schema/names.js";

/** The parts of the service that calls are handed to. */
export interface Parts {
  readonly groups: Groups;
  readonly schemas: Schemas;
  readonly inference: SchemaInference;
  readonly datasets: Datasets;
  readonly locations: Locations;
  readonly importJobs: ImportJobs;
  readonly exportJobs: ExportJobs;
  readonly deletionJobs: DeletionJobs;
  readonly persons: PersonReader;
  readonly analyses: AnalysisStore;
  readonly trackers: Trackers;
  readonly filters: Filters;
  readonly recorder: Recorder;
  readonly feed: ChangeFeed;
  /** Aborted when the service stops; ends the streams that would never end by themselves. */
  readonly stopping: AbortSignal;
}

/** The gRPC handlers of `palate.dataset.v1.DatasetService`. */
export function datasetHandlers(parts: Parts, logger: Logger): UntypedServiceImplementation {
  const on = handlersFor(logger);
  return {
    ...resourceHandlers(parts, on),
    ...filterHandlers(parts, on),
    ...importHandlers(parts, on),
    ...exportHandlers(parts.exportJobs, on),
    ...deletionHandlers(parts.deletionJobs, on),
    readPersonalData: on.serverStream("ReadPersonalData", (request: api.ReadPersonalDataRequest) =>
      parts.persons.read(request.datasetGroup, request.userId),
    ),
    putEvents: on.unary("PutEvents", (request: api.PutEventsRequest, context) =>
      parts.recorder.putEvents(request.datasetGroup, request.interactions, isRetry(context), context.caller?.groups),
    ),
    putItems: on.unary("PutItems", (request: api.PutItemsRequest) =>
      parts.recorder.putItems(request.datasetGroup, request.items),
    ),
    putUsers: on.unary("PutUsers", (request: api.PutUsersRequest) =>
      parts.recorder.putUsers(request.datasetGroup, request.users),
    ),
    putActions: on.unary("PutActions", (request: api.PutActionsRequest) =>
      parts.recorder.putActions(request.datasetGroup, request.actions),
    ),
    putActionInteractions: on.unary("PutActionInteractions", (request: api.PutActionInteractionsRequest, context) =>
      parts.recorder.putActionInteractions(
        request.datasetGroup,
        request.actionInteractions,
        isRetry(context),
        context.caller?.groups,
      ),
    ),
    streamEvents: on.bidiStream("StreamEvents", (requests: AsyncIterable<api.StreamEventsRequest>, context) =>
      streamEvents(parts.recorder, requests, parts.stopping, context.caller?.groups),
    ),
    read: on.serverStream("Read", (request: api.ReadRequest, context) => read(parts, request, context)),
  };
}

/** Whether the client's transport has sent a call before: the connection broke, and what became of it is not known there. */
function isRetry(context: CallContext): boolean {
  return context.header("grpc-previous-rpc-attempts") !== "";
}

async function* read(parts: Parts, request: api.ReadRequest, context: CallContext): AsyncGenerator<ReadResponse> {
  const group = await parts.groups.open(request.datasetGroup, true);
  const signal = AbortSignal.any([context.signal, parts.stopping]);
  yield* parts.feed.read(group, request, signal);
  if (parts.stopping.aborted) throw unavailable("The datasets service is stopping; read on from the last cursor.");
}

type On = ReturnType<typeof handlersFor>;

function resourceHandlers(parts: Parts, on: On): UntypedServiceImplementation {
  const { groups, schemas, datasets, trackers, inference } = parts;
  return {
    createDatasetGroup: on.unary("CreateDatasetGroup", async (request: api.CreateDatasetGroupRequest) => ({
      datasetGroup: groupMessage(await groups.create(request.name)),
    })),
    getDatasetGroup: on.unary("GetDatasetGroup", async (request: api.GetDatasetGroupRequest) => {
      const deletedAtMs = request.uid === "" ? 0 : await groups.deletedAt(request.uid);
      if (deletedAtMs > 0) return { datasetGroup: undefined, deletedAtMs };
      const document = await groups.get(request.name);
      if (request.uid !== "" && document.logId !== request.uid) throw notFound("dataset group", request.name);
      return { datasetGroup: groupMessage(document, (await groups.current(request.name)).manifest), deletedAtMs };
    }),
    listDatasetGroups: on.unary("ListDatasetGroups", async (request: api.ListDatasetGroupsRequest, context) => {
      const theirs = (await groups.list()).filter((group) => context.reaches(group._id));
      const page = pageOf(theirs, (group) => group._id, request.pageSize, request.pageToken);
      return { datasetGroups: page.rows.map((group) => groupMessage(group)), nextPageToken: page.nextPageToken };
    }),
    deleteDatasetGroup: on.unary("DeleteDatasetGroup", async (request: api.DeleteDatasetGroupRequest) => {
      await groups.delete(request.name, request.force);
      return {};
    }),
    createSchema: on.unary("CreateSchema", async (request: api.CreateSchemaRequest, { caller }) => ({
      schema: schemaMessage(await schemas.create(request.name, request.schema, request.datasetType, caller?.groups)),
    })),
    getSchema: on.unary("GetSchema", async (request: api.GetSchemaRequest, { caller }) => ({
      schema: schemaMessage(await schemas.get(request.name, caller?.groups)),
    })),
    listSchemas: on.unary("ListSchemas", async (request: api.ListSchemasRequest, { caller }) => {
      const page = pageOf(
        await schemas.list(caller?.groups),
        (schema) => schema._id,
        request.pageSize,
        request.pageToken,
      );
      return { schemas: page.rows.map(schemaMessage), nextPageToken: page.nextPageToken };
    }),
    deleteSchema: on.unary("DeleteSchema", async (request: api.DeleteSchemaRequest, { caller }) => {
      await schemas.delete(request.name, caller?.groups);
      return {};
    }),
    inferSchema: on.unary("InferSchema", (request: api.InferSchemaRequest) => inference.infer(request)),
    createDataset: on.unary("CreateDataset", async (request: api.CreateDatasetRequest, { caller }) => {
      const { datasetGroup, name, datasetType, schemaName } = request;
      return { dataset: await datasets.create(datasetGroup, name, datasetType, schemaName, caller?.groups) };
    }),
    getDataset: on.unary("GetDataset", async (request: api.GetDatasetRequest) => ({
      dataset: await datasets.get(request.datasetGroup, request.datasetType),
    })),
    listDatasets: on.unary("ListDatasets", async (request: api.ListDatasetsRequest) => ({
      datasets: await datasets.list(request.datasetGroup),
    })),
    updateDataset: on.unary("UpdateDataset", async (request: api.UpdateDatasetRequest, { caller }) => ({
      dataset: await datasets.update(request.datasetGroup, request.datasetType, request.schemaName, caller?.groups),
    })),
    deleteDataset: on.unary("DeleteDataset", async (request: api.DeleteDatasetRequest) => {
      await datasets.delete(request.datasetGroup, request.datasetType);
      return {};
    }),
    createEventTracker: on.unary("CreateEventTracker", async (request: api.CreateEventTrackerRequest) => ({
      eventTracker: trackerMessage(await trackers.create(request.datasetGroup, request.name)),
    })),
    listEventTrackers: on.unary("ListEventTrackers", async (request: api.ListEventTrackersRequest) => ({
      eventTrackers: (await trackers.list(request.datasetGroup)).map(trackerMessage),
    })),
  };
}

function filterHandlers({ filters }: Parts, on: On): UntypedServiceImplementation {
  return {
    createFilter: on.unary("CreateFilter", async (request: api.CreateFilterRequest) => ({
      filter: await filters.create(request.datasetGroup, request.name, request.expression),
    })),
    getFilter: on.unary("GetFilter", async (request: api.GetFilterRequest) => ({
      filter: await filters.get(request.datasetGroup, request.name),
    })),
    listFilters: on.unary("ListFilters", async (request: api.ListFiltersRequest) => {
      const all = await filters.list(request.datasetGroup);
      const page = pageOf(all, (filter) => filter.name, request.pageSize, request.pageToken);
      return { filters: page.rows, nextPageToken: page.nextPageToken };
    }),
    updateFilter: on.unary("UpdateFilter", async (request: api.UpdateFilterRequest) => ({
      filter: await filters.update(request.datasetGroup, request.name, request.expression, request.expectedVersion),
    })),
    deleteFilter: on.unary("DeleteFilter", async (request: api.DeleteFilterRequest) => {
      await filters.delete(request.datasetGroup, request.name);
      return {};
    }),
    checkFilter: on.unary("CheckFilter", (request: api.CheckFilterRequest) =>
      filters.check(request.datasetGroup, request.expression),
    ),
  };
}

async function analysisOf({ groups, analyses, importJobs }: Parts, request: api.GetDataAnalysisRequest) {
  const { datasetGroup, jobName } = request;
  const { logId } = await groups.get(datasetGroup);
  const analysis = await analyses.read(logId, jobName);
  if (analysis) return analysis;
  await importJobs.get(datasetGroup, jobName);
  throw notFound("analysis of import job", jobName, "There is one once the job has read its files.");
}

function importHandlers(parts: Parts, on: On): UntypedServiceImplementation {
  const { importJobs, locations } = parts;
  return {
    uploadFile: on.clientStream("UploadFile", (messages: AsyncIterable<api.UploadFileRequest>) =>
      locations.receive(messages),
    ),
    createDatasetImportJob: on.unary("CreateDatasetImportJob", async (request: api.CreateDatasetImportJobRequest) => ({
      datasetImportJob: importMessage(await importJobs.create(request)),
    })),
    getDatasetImportJob: on.unary("GetDatasetImportJob", async (request: api.GetDatasetImportJobRequest) => ({
      datasetImportJob: importMessage(await importJobs.get(request.datasetGroup, request.jobName)),
    })),
    listDatasetImportJobs: on.unary("ListDatasetImportJobs", async (request: api.ListDatasetImportJobsRequest) => {
      const jobs = await importJobs.list(request.datasetGroup);
      const page = pageOf(jobs, jobOrder, request.pageSize, request.pageToken, "descending");
      return { datasetImportJobs: page.rows.map(importMessage), nextPageToken: page.nextPageToken };
    }),
    stopDatasetImportJob: on.unary("StopDatasetImportJob", async (request: api.StopDatasetImportJobRequest) => ({
      datasetImportJob: importMessage(await importJobs.stop(request.datasetGroup, request.jobName)),
    })),
    getDataAnalysis: on.unary("GetDataAnalysis", async (request: api.GetDataAnalysisRequest) => ({
      dataAnalysis: await analysisOf(parts, request),
    })),
    getDataAnalysisReport: on.unary("GetDataAnalysisReport", async (request: api.GetDataAnalysisReportRequest) => ({
      html: analysisPage(await analysisOf(parts, request)),
    })),
  };
}
