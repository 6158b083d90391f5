/** What the paths of exported files begin with. */
export const EXPORTS = "/exports/";
/** What the path of the audit log begins with. */
export const AUDIT_LOG = "/audit/";
/** What the paths of batch jobs' outputs begin with. */
export const BATCH_JOBS = "/batch-jobs/";
/** What the paths of pages about imports begin with. */
export const IMPORT_REPORTS = "/reports/imports/";
/** What the paths of pages about solution versions begin with. */
export const VERSION_REPORTS = "/reports/solution-versions/";

/** Path of an export's file. */
export function exportPath(datasetGroup: string, jobName: string, fileName: string): string {
  return pathOf(EXPORTS, datasetGroup, jobName, fileName);
}

/** Path of a batch job's output. */
export function batchOutputPath(datasetGroup: string, jobName: string): string {
  return `${pathOf(BATCH_JOBS, datasetGroup, jobName)}/output`;
}

/** Path of the page about an import. */
export function importReportPath(datasetGroup: string, jobName: string): string {
  return `${pathOf(IMPORT_REPORTS, datasetGroup, jobName)}.html`;
}

/** Path of the page about a solution version. */
export function versionReportPath(datasetGroup: string, solution: string, versionId: string): string {
  return `${pathOf(VERSION_REPORTS, datasetGroup, solution, versionId)}.html`;
}

function pathOf(prefix: string, ...names: readonly string[]): string {
  return prefix + names.map(encodeURIComponent).join("/");
}
