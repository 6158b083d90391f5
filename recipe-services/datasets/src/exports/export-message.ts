import type { DatasetExportJob } from "@palate/proto/dataset";
import type { ExportJobDocument } from "../storage/job-documents.js";

/** An export job's document as the message that callers get. */
export function exportMessage(document: ExportJobDocument): DatasetExportJob {
  return {
    datasetGroup: document.group,
    jobName: document.jobName,
    datasetType: document.datasetType,
    ingestionMode: document.ingestionMode,
    format: document.format,
    destination: document.destination,
    status: document.status,
    failureReason: document.failureReason,
    rows: document.rows,
    bytes: document.bytes,
    sha256: document.sha256,
    fileName: document.fileName,
    createdAtMs: document.createdAtMs,
    updatedAtMs: document.updatedAtMs,
    rowsDeleted: document.rowsDeleted,
  };
}
