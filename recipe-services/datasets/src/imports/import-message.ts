import { ImportPhase, type DatasetImportJob, type ImportedFile, type ImportProblem } from "@palate/proto/dataset";
import type { ImportJobDocument } from "../storage/job-documents.js";

/** The problems of a job. */
function problemsOf(job: ImportJobDocument): ImportProblem[] {
  return JSON.parse(job.problems) as ImportProblem[];
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
    mapping: undefined,
    ignoredColumns: [],
    filteredRows: 0,
    notes: [],
    analysed: document.analysed ?? false,
  };
}
