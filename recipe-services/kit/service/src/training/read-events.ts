import type { DatasetServiceClient } from "@palate/proto/dataset";
import {
  filterInteractions,
  weighEvents,
  withNegativeEvents,
  type RecipeDescriptor,
  type TrainingData,
} from "@palate/recipe";
import { readSnapshot } from "@palate/replica";
import type { VersionDocument } from "@palate/store";

/** Interactions that the version's event filter lets through, weighted where the recipe uses weights. */
function eventsOf(
  { eventType, eventValueThreshold, events }: VersionDocument,
  data: TrainingData,
  weighs: boolean,
): TrainingData {
  if (events) {
    const weighed = weighEvents(data, events);
    return weighs ? weighed : filterInteractions(weighed, (i) => weighed.weights![i]! >= 0);
  }
  if (eventType === "" && eventValueThreshold === null) return withNegativeEvents(data, weighs);
  const wanted = data.eventTypeNames.map((name) => eventType === "" || name.toLowerCase() === eventType.toLowerCase());
  const atLeast = eventValueThreshold ?? -Infinity;
  return filterInteractions(
    data,
    (i) => wanted[data.eventTypes[i]!]! && (eventValueThreshold === null || data.eventValues[i]! >= atLeast),
  );
}

/**
 * Reads what a version trains on.
 * @param recipe the recipe that it is trained with
 * @returns the data, and the cursor up to which it was read
 */
export async function readEvents(
  datasets: DatasetServiceClient,
  version: VersionDocument,
  recipe: RecipeDescriptor,
  options: { readonly signal: AbortSignal; readonly onProgress?: (share: number) => void },
): Promise<{ readonly data: TrainingData; readonly cursor: string }> {
  const { data, cursor } = await readSnapshot(datasets, version.datasetGroup, options);
  return { data: eventsOf(version, data, recipe.weighsEvents === true), cursor };
}
