import { usage, type Failure } from "../errors/failure.js";
import { createDataset, ensureGroup } from "../imports/dataset.js";
import { awaitImport, startImport } from "../imports/import-job.js";
import type { RecognisedFile } from "../imports/recognise.js";
import { DELETE_DATASET_GROUP, type DatasetType } from "../operations/datasets.js";
import type { ImportJob } from "../operations/imports.js";
import type { Progress } from "../output/progress.js";
import type { Session } from "../session/session.js";

/** Files by what their rows are. */
export function byType(files: readonly RecognisedFile[]): Map<DatasetType, RecognisedFile[]> {
  const types = new Map<DatasetType, RecognisedFile[]>();
  for (const file of files) types.set(file.datasetType, [...(types.get(file.datasetType) ?? []), file]);
  return types;
}

/**
 * Makes a dataset group and imports files into new datasets of it, one for each type, all at the same time.
 * @throws Failure when there is such a group, or when an import fails; the group is gone then
 */
export async function importAll(
  session: Session,
  datasetGroup: string,
  files: readonly RecognisedFile[],
  progress: Progress,
): Promise<ImportJob[]> {
  if (!(await ensureGroup(session, datasetGroup))) throw taken(datasetGroup);
  const imports = [...byType(files)].map(async ([datasetType, [first, ...others]]) => {
    if (!first) return Promise.reject(new Error("A type has no file."));
    await createDataset(session, datasetGroup, datasetType, first.schema);
    const jobName = datasetType.toLowerCase().replaceAll("_", "-");
    await startImport(session, {
      ...{ datasetGroup, jobName, datasetType, importMode: "FULL", dryRun: false, mapping: first.mapping },
      locations: [first, ...others].map(({ location }) => location),
    });
    return awaitImport(session, datasetGroup, jobName, progress);
  });
  try {
    return await Promise.all(imports);
  } catch (thrown) {
    await Promise.allSettled(imports);
    const api = session.signal.aborted ? session.api.afterInterrupt() : session.api;
    await api.change(DELETE_DATASET_GROUP, { name: datasetGroup, force: true }).catch(() => {});
    throw thrown;
  }
}

function taken(datasetGroup: string): Failure {
  return usage(
    `There is a dataset group "${datasetGroup}" already, and palate try makes a new one.`,
    "Give it another --group, or none; palate import adds to one that there is.",
  );
}
