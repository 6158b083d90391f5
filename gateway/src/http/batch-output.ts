import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { notFound, PalateError, toPalateError } from "@palate/kit/errors";
import type { RecipeDirectory } from "../clients/recipe-directory.js";
import { onBatchJob } from "../resolvers/batch-job-resolver.js";
import { refuse, sendError } from "./send.js";

/** Paths of batch jobs' outputs begin so. */
export const BATCH_JOBS = "/batch-jobs/";

/** Makes the handler of GET /batch-jobs/GROUP/NAME/output, which sends a batch job's output as it is stored. */
export function batchOutputHandler(recipes: RecipeDirectory) {
  return async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
    const [group, name, what, ...more] = path.slice(BATCH_JOBS.length).split("/").map(decoded);
    if (!group || !name || what !== "output" || more.length > 0)
      return refuse(request, response, 404, notFound("page", path, "Outputs are at /batch-jobs/GROUP/NAME/output."));
    if (request.method !== "GET") {
      response.setHeader("allow", "GET");
      return refuse(request, response, 405, new PalateError("unimplemented", "Fetch outputs with GET."));
    }
    const left = new AbortController();
    response.once("close", () => left.abort());
    try {
      await onBatchJob({ recipes, signal: left.signal }, group, name, async ({ control }) => {
        const asked = { datasetGroup: group, jobName: name };
        response.setHeader("content-type", "application/jsonl; charset=utf-8");
        response.setHeader("content-disposition", `attachment; filename="${name.replace(/[^\w-]/g, "_")}.jsonl"`);
        for await (const { data } of control.stream(control.client.readBatchJobOutput, asked, left.signal))
          if (!response.write(data)) await once(response, "drain", { signal: left.signal });
        response.end();
      });
    } catch (thrown) {
      if (!left.signal.aborted) sendError(response, toPalateError(thrown));
    }
  };
}

/** A part of a path as text; what is not well encoded names nothing. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
