import type { BatchJob } from "@palate/proto/recipe";
import type { Asking } from "../../clients/asking.js";
import { collectPages } from "../../clients/collect-pages.js";
import type { RecipeService } from "../../clients/recipe-service.js";
import type { GatewayContext } from "../common/context.js";

/** What of a batch job's answer is looked at here. */
interface Line {
  readonly input?: { readonly userId?: unknown } | string;
  readonly output?: { readonly usersList?: unknown } | null;
}

/**
 * What the outputs of batch jobs say of a user, as JSON: the whole answer to a question about them; of a segment that they are in only
 * the question, for the others in it are none of theirs.
 * @throws PalateError when a service that may keep outputs does not answer: what is handed out is all, or nothing
 */
export async function batchOutputsOf(
  { recipes, asking }: GatewayContext,
  datasetGroup: string,
  userId: string,
): Promise<string[]> {
  const { rows, failures } = await recipes.gather(async ({ control }) => {
    const jobs = await collectPages(async (pageSize, pageToken) => {
      const request = { datasetGroup, pageSize, pageToken };
      const { batchJobs, nextPageToken } = await control.call(control.client.listBatchJobs, request, asking);
      return { rows: batchJobs, nextPageToken };
    });
    const found: string[] = [];
    for (const job of jobs) {
      if (job.outputBytes === 0) continue;
      for await (const line of linesOf(control, job, asking)) {
        const said = mentionIn(line, userId);
        if (said !== undefined) found.push(JSON.stringify({ jobName: job.jobName, ...said }));
      }
    }
    return found;
  });
  if (failures[0]) throw failures[0];
  return rows;
}

async function* linesOf(
  control: RecipeService["control"],
  { datasetGroup, jobName }: BatchJob,
  asking: Asking,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  const asked = { datasetGroup, jobName };
  for await (const { data } of control.stream(control.client.readBatchJobOutput, asked, asking)) {
    const lines = (rest + decoder.decode(data, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** What a line says of a user; undefined when it does not name them. */
function mentionIn(line: string, userId: string): object | undefined {
  // Most lines are about others, and need not be parsed to see it.
  if (!line.includes(JSON.stringify(userId))) return undefined;
  const { input, output } = JSON.parse(line) as Line;
  if (typeof input === "object" && input.userId === userId) return { input, output };
  const users: unknown = output?.usersList;
  return Array.isArray(users) && users.includes(userId) ? { input, inSegment: true } : undefined;
}
