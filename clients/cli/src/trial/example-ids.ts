import { poll } from "../api/poll.js";
import { Failure } from "../errors/failure.js";
import type { RecognisedFile } from "../imports/recognise.js";
import { BATCH_JOB, CREATE_BATCH_INFERENCE_JOB, DELETE_BATCH_JOB, STOP_BATCH_JOB } from "../operations/batch-jobs.js";
import type { Session } from "../session/session.js";

/** Ids of a column that the first rows of files show, each once and in their order. */
export function idsInPreviews(files: readonly RecognisedFile[], column: string): string[] {
  const ids = new Set<string>();
  for (const { preview } of files) {
    const at = preview?.datasetColumns.indexOf(column) ?? -1;
    if (!preview || at < 0) continue;
    for (const { values } of preview.datasetRows) {
      const id = values[at];
      if (typeof id === "string" && id !== "") ids.add(id);
    }
  }
  return [...ids];
}

/**
 * Users that a solution's model knows. Files often begin with one user's rows, and nothing of the API lists users but a batch
 * job, whose questions are every user: its first answers name some, and then it is stopped.
 * @param wanted how many
 * @returns that many, or all there are
 */
export async function usersOf(
  session: Session,
  datasetGroup: string,
  solution: string,
  wanted: number,
): Promise<string[]> {
  const { api, signal } = session;
  const jobName = "example-users";
  const key = { datasetGroup, jobName };
  await api.change(CREATE_BATCH_INFERENCE_JOB, { ...key, solution, numResults: 1 });
  try {
    return await poll(async () => {
      const { batchJob } = await api.ask(BATCH_JOB, key);
      if (!batchJob) throw new Failure("NOT_FOUND", `Batch job "${jobName}" of "${datasetGroup}" is gone.`);
      const { status, linesDone, outputPath } = batchJob;
      const ended = ["ACTIVE", "CREATE FAILED", "CREATE STOPPED"].includes(status);
      if (linesDone < wanted && !ended) return undefined;
      return usersIn(session, outputPath, wanted);
    }, signal);
  } finally {
    const after = signal.aborted ? api.afterInterrupt() : api;
    await after.change(STOP_BATCH_JOB, key).catch(() => {});
    await after.change(DELETE_BATCH_JOB, key).catch(() => {});
  }
}

/** Users of the first lines of a batch job's output. */
async function usersIn({ api }: Session, outputPath: string, wanted: number): Promise<string[]> {
  const response = await api.fetch(outputPath);
  const lines = (await response.text()).split("\n").slice(0, wanted);
  return lines.flatMap((line) => {
    if (line === "") return [];
    const { input } = JSON.parse(line) as { input?: { userId?: string } };
    return input?.userId === undefined ? [] : [input.userId];
  });
}
