import { notFound } from "@palate/host";
import { isNotFound } from "../errors/is-not-found.js";
import type { Asking } from "./asking.js";
import type { RecipeDiscovery } from "./recipe-discovery.js";
import type { RecipeService } from "./recipe-service.js";

/**
 * Does something about a batch job at the service that keeps it; all are asked.
 * @throws PalateError `not_found`, or `unavailable` while a service that might have it does not answer
 */
export async function onBatchJob<T>(
  { recipes, asking }: { readonly recipes: RecipeDiscovery; readonly asking: Asking },
  datasetGroup: string,
  jobName: string,
  act: (service: RecipeService) => Promise<T>,
): Promise<T> {
  const { rows, failures } = await recipes.gather(async (service) => {
    const { control } = service;
    try {
      await control.call(control.client.getBatchJob, { datasetGroup, jobName }, asking);
      return [service];
    } catch (thrown) {
      if (isNotFound(thrown)) return [];
      throw thrown;
    }
  });
  if (rows[0]) return act(rows[0]);
  if (failures[0]) throw failures[0];
  throw notFound("batch job", jobName, `Dataset group "${datasetGroup}" has none of that name.`);
}
