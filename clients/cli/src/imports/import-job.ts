import { poll } from "../api/poll.js";
import { ExitCode } from "../errors/exit-code.js";
import { Failure, interrupted } from "../errors/failure.js";
import {
  CREATE_IMPORT_JOB,
  IMPORT_JOB,
  STOP_IMPORT_JOB,
  type ImportInput,
  type ImportJob,
} from "../operations/imports.js";
import type { Progress } from "../output/progress.js";
import { counted } from "../output/words.js";
import type { Session } from "../session/session.js";

/** Starts an import. */
export async function startImport({ api }: Session, input: ImportInput): Promise<ImportJob> {
  const { importJob } = await api.change(CREATE_IMPORT_JOB, input);
  if (!importJob) throw new Failure("NO_ANSWER", `The gateway at ${api.url} did not say what became of the import.`);
  return importJob;
}

/**
 * Waits until an import has ended well. Ctrl-C stops it, so that it changes nothing.
 * @throws Failure with the rows that are wrong when it failed
 */
export async function awaitImport(
  session: Session,
  datasetGroup: string,
  jobName: string,
  progress: Progress,
): Promise<ImportJob> {
  const { api, signal } = session;
  try {
    const job = await poll(async () => {
      const { importJob } = await api.ask(IMPORT_JOB, { datasetGroup, jobName });
      if (!importJob) throw new Failure("NOT_FOUND", `Import "${jobName}" of "${datasetGroup}" is gone.`);
      progress.update(jobName, {
        fraction: importJob.progress,
        doing: importJob.phase?.toLowerCase() ?? "waiting",
      });
      return ["ACTIVE", "CREATE FAILED", "CREATE STOPPED"].includes(importJob.status) ? importJob : undefined;
    }, signal);
    if (job.status !== "ACTIVE") throw failedImport(job);
    progress.done(jobName, `${counted(job.rows, "row")}${job.dryRun ? " checked, nothing was changed" : ""}`);
    return job;
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    await stopImport(session, datasetGroup, jobName);
    throw interrupted(`Interrupted; import "${jobName}" was stopped and has changed nothing.`);
  }
}

/** Stops an import after Ctrl-C. One whose last step has begun goes through, which the gateway then says. */
async function stopImport({ api }: Session, datasetGroup: string, jobName: string): Promise<void> {
  const after = api.afterInterrupt();
  await after.change(STOP_IMPORT_JOB, { datasetGroup, jobName }).catch((thrown: unknown) => {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Failure("INTERRUPTED", `Interrupted; import "${jobName}" goes on: ${why}`, {
      exitCode: ExitCode.INTERRUPTED,
    });
  });
}

function failedImport(job: ImportJob): Failure {
  const problems = job.problems.map(({ file, line, column, value, message }) => {
    const place = [file, line > 0 ? `line ${line}` : "", column].filter((part) => part !== "").join(", ");
    return { field: place, message: value === "" ? message : `${message} (it is "${value}")` };
  });
  return new Failure("IMPORT_FAILED", `Import "${job.jobName}" failed: ${job.failureReason ?? job.status}`, {
    problems,
  });
}
