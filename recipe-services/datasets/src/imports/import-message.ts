import {
  ImportMapping,
  ImportPhase,
  type DatasetImportJob,
  type ImportedFile,
  type ImportProblem,
} from "@palate/proto/dataset";
import type { ImportJobDocument } from "../storage/job-documents.js";

/** The problems of a job. */
function problemsOf(job: ImportJobDocument): ImportProblem[] {
  return JSON.parse(job.problems) as ImportProblem[];
}

/** How the files' rows become rows of the dataset; undefined when nothing was said. */
export function mappingOf(job: ImportJobDocument): ImportMapping | undefined {
  return job.mapping === undefined ? undefined : ImportMapping.fromJSON(JSON.parse(job.mapping));
}

/** An import job's document as the message that callers get. */
export function importMessage(document: ImportJobDocument): DatasetImportJob {
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
    mapping: mappingOf(document),
    ignoredColumns: [...(document.ignoredColumns ?? [])],
    filteredRows: document.filteredRows ?? 0,
    notes: [...(document.notes ?? [])],
    analysed: document.analysed ?? false,
  };
}
