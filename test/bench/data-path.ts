import { createClient, streamCall } from "@palate/host";
import { DatasetServiceClient } from "@palate/proto/dataset";
import { importFolder, type Setting } from "./setting.js";

/** Speed of data on the way in and out. */
export interface DataFigures {
  /** Interactions imported. */
  readonly rows: number;
  /** Rows imported a second, from the request until the data were usable. */
  readonly importRowsPerSecond: number;
  /** Rows read a second by the RPC from which recipe services read, all datasets together. */
  readonly readRowsPerSecond: number;
}

/** Imports a folder and reads it back. */
export async function measureData(setting: Setting, datasetGroup: string, folder: string): Promise<DataFigures> {
  const { interactions, seconds } = await importFolder(setting.client(datasetGroup), folder);
  const reader = createClient(DatasetServiceClient, setting.supervisor.address("datasets"));
  const started = performance.now();
  let rows = 0;
  const request = { datasetGroup, fromCursor: "", follow: false };
  for await (const message of streamCall(reader, reader.read, request)) rows += message.snapshotChunk?.rows ?? 0;
  const readSeconds = (performance.now() - started) / 1_000;
  reader.close();
  return { rows: interactions, importRowsPerSecond: interactions / seconds, readRowsPerSecond: rows / readSeconds };
}
