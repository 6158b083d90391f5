import { once } from "node:events";
import { onBatchJob } from "../clients/batch-jobs.js";
import type { RecipeDiscovery } from "../clients/recipe-discovery.js";
import { BATCH_JOBS } from "../public-paths.js";
import { fileRoute, storedAs, type FileRoute } from "./file-route.js";

/** Outputs of batch jobs as they are stored. */
export function batchOutputRoute(recipes: RecipeDiscovery): FileRoute {
  return fileRoute(BATCH_JOBS, "GROUP/NAME/output", ["GET"], async (names, response, asking) => {
    const [datasetGroup = "", jobName = ""] = names;
    await onBatchJob({ recipes, asking }, datasetGroup, jobName, async ({ control }) => {
      const request = { datasetGroup, jobName };
      response.setHeader("content-type", "application/jsonl; charset=utf-8");
      response.setHeader("content-disposition", `attachment; ${storedAs(`${jobName}.jsonl`)}`);
      for await (const { data } of control.stream(control.client.readBatchJobOutput, request, asking))
        if (!response.write(data)) await once(response, "drain", { signal: asking.signal! });
      response.end();
    });
  });
}
