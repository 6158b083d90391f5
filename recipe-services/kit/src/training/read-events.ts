import type { DatasetServiceClient } from "@palate/proto/dataset";
import { readSnapshot } from "../data/index.js";
import type { VersionDocument } from "../models/index.js";
import { filterInteractions, weighEvents, type TrainingData } from "../recipe/index.js";

/** Interactions that the version's event filter lets through. */
function eventsOf({ eventType, eventValueThreshold, events }: VersionDocument, data: TrainingData): TrainingData {
  if (events) return weighEvents(data, events);
  if (eventType === "" && eventValueThreshold === null) return data;
  const wanted = data.eventTypeNames.map((name) => eventType === "" || name.toLowerCase() === eventType.toLowerCase());
  const atLeast = eventValueThreshold ?? -Infinity;
  return filterInteractions(
    data,
    (i) => wanted[data.eventTypes[i]!]! && (eventValueThreshold === null || data.eventValues[i]! >= atLeast),
  );
}

/**
 * Reads what a version trains on.
 * @returns the data, and the cursor up to which it was read
 */
export async function readEvents(
  datasets: DatasetServiceClient,
  version: VersionDocument,
  options: { readonly signal: AbortSignal; readonly onProgress?: (share: number) => void },
): Promise<{ readonly data: TrainingData; readonly cursor: string }> {
  const { data, cursor } = await readSnapshot(datasets, version.datasetGroup, options);
  return { data: eventsOf(version, data), cursor };
}
