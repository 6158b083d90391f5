import {
  type DatasetGroup,
  type DatasetImportJob,
  type EventTracker,
  type ImportedFile,
  type Schema,
  ImportPhase,
  ResourceStatus,
} from "@palate/proto/dataset";
import { problemsOf } from "../imports/import-jobs.js";
import type { Manifest } from "../schema/manifest.js";
import { formatCursor } from "../storage/cursor.js";
import type { GroupDocument, ImportJobDocument, SchemaDocument, TrackerDocument } from "../storage/store.js";

/**
 * A group's document as the message that callers get.
 * @param manifest what it consists of, where that is known
 */
export function groupMessage(document: GroupDocument, manifest?: Manifest): DatasetGroup {
  const last = manifest?.lastErasure;
  return {
    name: document._id,
    status: ResourceStatus.RESOURCE_STATUS_ACTIVE,
    createdAtMs: document.createdAtMs,
    updatedAtMs: document.createdAtMs,
    uid: document.logId,
    lastDeletionCursor: last ? formatCursor(document.logId, last.at) : "",
    lastDeletionAtMs: last?.atMs ?? 0,
  };
}

/** A schema's document as the message that callers get. */
export function schemaMessage(document: SchemaDocument): Schema {
  return {
    name: document._id,
    datasetType: document.datasetType,
    schema: document.schema,
    createdAtMs: document.createdAtMs,
  };
}

/** A tracker's document as the message that callers get. */
export function trackerMessage(document: TrackerDocument): EventTracker {
  return {
    datasetGroup: document.group,
    name: document.name,
    trackingId: document.trackingId,
    createdAtMs: document.createdAtMs,
  };
}

/** An import job's document as the message that callers get. */
export function jobMessage(document: ImportJobDocument): DatasetImportJob {
  return {
    datasetGroup: document.group,
    jobName: document.jobName,
    datasetType: document.datasetType,
    location: document.location,
    importMode: document.importMode,
    status: document.status,
    failureReason: document.failureReason,
    problems: problemsOf(document),
    problemRows: document.problemRows,
    rows: document.rows,
    progress: document.progress,
    createdAtMs: document.createdAtMs,
    updatedAtMs: document.updatedAtMs,
    locations: [...(document.locations ?? [document.location])],
    dryRun: document.dryRun,
    phase: document.phase ?? ImportPhase.IMPORT_PHASE_UNSPECIFIED,
    bytesRead: document.bytesRead ?? 0,
    bytesTotal: document.bytesTotal ?? 0,
    files: JSON.parse(document.files ?? "[]") as ImportedFile[],
    fileCount: document.fileCount ?? 0,
    analysed: document.analysed ?? false,
  };
}
