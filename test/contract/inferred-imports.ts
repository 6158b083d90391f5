import { streamCall, unaryCall } from "@palate/host";
import {
  DatasetType,
  ExportFormat,
  IngestionMode,
  ResourceStatus,
  type DatasetImportJob,
  type ImportMapping,
  type InferSchemaResponse,
} from "@palate/proto/dataset";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Harness } from "./datasets-harness.js";

/** Puts a file into the import folder, in a folder of its own. */
export async function place(harness: Harness, folder: string, file: string, content: string | Buffer): Promise<string> {
  const location = path.join(harness.importFolder, folder, file);
  await mkdir(path.dirname(location), { recursive: true });
  await writeFile(location, content);
  return location;
}

/** What is proposed for a file; its dataset type is told by the content unless one is given. */
export function infer(
  { client }: Harness,
  location: string,
  datasetType: DatasetType = DatasetType.DATASET_TYPE_UNSPECIFIED,
  mapping?: ImportMapping,
): Promise<InferSchemaResponse> {
  return unaryCall(client, client.inferSchema, { location, datasetType, mapping });
}

/** Imports a file into a new group with the schema and the mapping that were proposed. */
export async function importAsProposed(
  harness: Harness,
  group: string,
  location: string,
  inferred: InferSchemaResponse,
): Promise<DatasetImportJob> {
  const { client } = harness;
  const { datasetType, schema, mapping } = inferred;
  await unaryCall(client, client.createDatasetGroup, { name: group });
  await unaryCall(client, client.createSchema, { name: group, schema, datasetType });
  await unaryCall(client, client.createDataset, { datasetGroup: group, name: "d", datasetType, schemaName: group });
  return harness.runImport(group, "import", datasetType, location, { mapping });
}

/** The imported rows of a dataset by an export, without what has no value. */
export async function exportedRows(
  { client }: Harness,
  group: string,
  datasetType: DatasetType,
): Promise<Record<string, unknown>[]> {
  const job = { datasetGroup: group, jobName: "export" };
  await unaryCall(client, client.createDatasetExportJob, {
    ...job,
    datasetType,
    ingestionMode: IngestionMode.INGESTION_MODE_BULK,
    format: ExportFormat.EXPORT_FORMAT_JSON_LINES,
    destination: "",
  });
  for (;;) {
    const { datasetExportJob } = await unaryCall(client, client.getDatasetExportJob, job);
    if (datasetExportJob!.status >= ResourceStatus.RESOURCE_STATUS_ACTIVE) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const pieces: Buffer[] = [];
  for await (const { data } of streamCall(client, client.readDatasetExport, job)) pieces.push(data);
  const lines = Buffer.concat(pieces).toString().split("\n");
  return lines
    .filter((line) => line !== "")
    .map((line) => {
      const row = JSON.parse(line) as Record<string, unknown>;
      return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
    });
}
