import { createClient, unaryCall } from "@palate/host";
import { Supervisor } from "@palate/local";
import { DatasetServiceClient, DatasetType, ImportMode, ResourceStatus } from "@palate/proto/dataset";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

/** Palate running in processes of its own, for one test file. */
export interface TestPalate {
  readonly supervisor: Supervisor;
  readonly datasets: DatasetServiceClient;
  /** The folder that holds all of its data: databases, uploads, logs. */
  readonly dataFolder: string;
  /** A folder that imports may read from. */
  readonly importFolder: string;
  /** Stops everything and removes its data. */
  stop(): Promise<void>;
}

/**
 * Starts MongoDB and the given services on free ports.
 * @param env more of the services' environment
 * @param dataFolder for all of its data, removed in the end; a temporary one unless given
 */
export async function startPalate(
  services: readonly string[],
  env: NodeJS.ProcessEnv = {},
  dataFolder?: string,
): Promise<TestPalate> {
  const folder = dataFolder ?? (await mkdtemp(path.join(tmpdir(), "palate-test-")));
  const importFolder = await mkdtemp(path.join(tmpdir(), "palate-import-"));
  const supervisor = await Supervisor.start({
    dataFolder: folder,
    services,
    ports: "free",
    importFolders: [importFolder],
    env: { ...process.env, PALATE_LOG_LEVEL: "warn", ...env },
  });
  const datasets = createClient(DatasetServiceClient, supervisor.address("datasets"));
  return {
    supervisor,
    datasets,
    dataFolder: folder,
    importFolder,
    async stop() {
      datasets.close();
      await supervisor.stop();
      await rm(folder, { recursive: true, force: true });
      await rm(importFolder, { recursive: true, force: true });
    },
  };
}

const INTERACTIONS_SCHEMA = JSON.stringify({
  type: "record",
  name: "Interactions",
  namespace: "com.amazonaws.personalize.schema",
  fields: [
    { name: "USER_ID", type: "string" },
    { name: "ITEM_ID", type: "string" },
    { name: "TIMESTAMP", type: "long" },
  ],
  version: "1.0",
});

/**
 * Two tastes: `users` users each follow one of two disjoint circles of `items / 2` items, from a place of their own, so
 * that what follows what can be learned. Item "x0" is followed by "x1", and so on; the other circle is "y".
 */
export function twoCircles(users: number, items: number, length: number): string {
  const half = items / 2;
  const lines = ["USER_ID,ITEM_ID,TIMESTAMP"];
  for (let user = 0; user < users; user++) {
    const circle = user % 2 === 0 ? "x" : "y";
    for (let step = 0; step < length; step++)
      lines.push(`u${user},${circle}${(user * 7 + step) % half},${1_600_000_000 + step * 60}`);
  }
  return `${lines.join("\n")}\n`;
}

/** Creates a dataset group with these interactions and waits for the import. */
export async function importInteractions(palate: TestPalate, datasetGroup: string, csv: string): Promise<void> {
  const { datasets } = palate;
  const file = path.join(palate.importFolder, `${datasetGroup}.csv`);
  await writeFile(file, csv);
  const schemaName = `${datasetGroup}-interactions`;
  const datasetType = DatasetType.DATASET_TYPE_INTERACTIONS;
  await unaryCall(datasets, datasets.createDatasetGroup, { name: datasetGroup });
  await unaryCall(datasets, datasets.createSchema, { name: schemaName, schema: INTERACTIONS_SCHEMA, datasetType });
  await unaryCall(datasets, datasets.createDataset, { datasetGroup, name: "interactions", datasetType, schemaName });
  const jobName = "first";
  await unaryCall(datasets, datasets.createDatasetImportJob, {
    datasetGroup,
    jobName,
    datasetType,
    location: file,
    locations: [],
    importMode: ImportMode.IMPORT_MODE_FULL,
    dryRun: false,
    mapping: undefined,
  });
  await eventually(async () => {
    const { datasetImportJob } = await unaryCall(datasets, datasets.getDatasetImportJob, { datasetGroup, jobName });
    if (datasetImportJob?.status === ResourceStatus.RESOURCE_STATUS_CREATE_FAILED)
      throw new Error(datasetImportJob.failureReason);
    return datasetImportJob?.status === ResourceStatus.RESOURCE_STATUS_ACTIVE;
  });
}

/** Waits until `check` says true; a thrown error ends the wait at once. */
export async function eventually(check: () => Promise<boolean> | boolean, withinMs = 60_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`Nothing came of it within ${withinMs} ms: ${check.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
