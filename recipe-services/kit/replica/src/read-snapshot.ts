import { PalateError, unavailable, streamCall } from "@palate/host";
import type { DatasetServiceClient } from "@palate/proto/dataset";
import type { TrainingData } from "@palate/recipe";
import { SnapshotBuffer } from "./rows/snapshot-buffer.js";

/** Options of {@link readSnapshot}. */
export interface ReadSnapshotOptions {
  /** Aborts reading. */
  readonly signal?: AbortSignal;
  /** Called after each chunk with the fraction of rows read, 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
}

/** A dataset group as it was at one moment. */
export interface Snapshot {
  /** The data. */
  readonly data: TrainingData;
  /** The log cursor the snapshot corresponds to. */
  readonly cursor: string;
}

/**
 * Reads a dataset group as it is now, to train on.
 * @throws PalateError `not_found` if the group does not exist; `unavailable` when the datasets service is unreachable or
 *   becomes so while reading; `cancelled` when the signal is aborted
 */
export async function readSnapshot(
  client: DatasetServiceClient,
  datasetGroup: string,
  { signal, onProgress }: ReadSnapshotOptions = {},
): Promise<Snapshot> {
  let buffer: SnapshotBuffer | undefined;
  let expectedRows = 0;
  if (signal?.aborted) throw new PalateError("cancelled", "Reading the data was cancelled.");
  const request = { datasetGroup, fromCursor: "", follow: false };
  for await (const message of streamCall(client, client.read, request, signal ? { signal } : {})) {
    if (message.snapshotStart) {
      buffer = new SnapshotBuffer(message.snapshotStart, true);
      expectedRows = message.snapshotStart.expectedRows;
    } else if (message.snapshotChunk && buffer) {
      buffer.add(message.snapshotChunk);
      onProgress?.(Math.min(1, buffer.rowsSeen / Math.max(1, expectedRows)));
    } else if (message.snapshotEnd && buffer) {
      return { data: buffer.toTrainingData(), cursor: message.snapshotEnd.cursor };
    }
  }
  throw unavailable(`The datasets service ended the snapshot of "${datasetGroup}" before it was complete; try again.`);
}
