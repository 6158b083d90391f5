import { type DatasetGroup, type EventTracker, type Schema, ResourceStatus } from "@palate/proto/dataset";
import type { Manifest } from "../schema/manifest.js";
import { formatCursor } from "../storage/cursor.js";
import type { GroupDocument, SchemaDocument, TrackerDocument } from "../storage/group-documents.js";

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
