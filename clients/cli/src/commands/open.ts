import type { Command } from "commander";
import { Failure } from "../errors/failure.js";
import { IMPORT_JOB, IMPORT_JOBS, type ImportJob } from "../operations/imports.js";
import { groupOf } from "../session/group.js";
import { withGroupOption } from "../session/options.js";
import type { GroupOptions, Run, Session } from "../session/session.js";

interface OpenOptions extends GroupOptions {
  readonly print?: boolean;
}

/** Adds `palate open`. */
export function addOpenCommand(program: Command, run: Run): void {
  withGroupOption(program.command("open"))
    .description(
      "open the page about an import in the browser: missing values, outliers, drift, and what to do about them",
    )
    .argument("[job]", "the import job's name (default: the newest that has a page)")
    .option("--print", "print the page's address instead")
    .action((job: string | undefined, options: OpenOptions) =>
      run(options, (session) => openReport(session, job, options)),
    );
}

async function openReport(session: Session, named: string | undefined, options: OpenOptions): Promise<void> {
  const datasetGroup = await groupOf(session, options);
  const job = await reportedImport(session, datasetGroup, named);
  const url = new URL(job.reportUrl ?? "", session.api.url).href;
  session.out.result({ datasetGroup, jobName: job.jobName, url }, () => url);
  if (options.print || session.out.json) return;
  const { default: open } = await import("open");
  await open(url).catch(() => session.out.warn("There is no browser to open it with."));
}

/** The import, which has a page. */
async function reportedImport({ api }: Session, datasetGroup: string, jobName: string | undefined): Promise<ImportJob> {
  if (jobName === undefined) {
    const { importJobs } = await api.ask(IMPORT_JOBS, { datasetGroup, first: 25 });
    const newest = importJobs?.nodes.find(({ reportUrl }) => reportUrl !== null);
    if (newest) return newest;
    throw new Failure(
      "NOT_FOUND",
      `No import of "${datasetGroup}" has a page; one comes with each import that goes well.`,
    );
  }
  const { importJob } = await api.ask(IMPORT_JOB, { datasetGroup, jobName });
  if (importJob?.reportUrl) return importJob;
  const why = importJob ? `it is ${importJob.status}` : "there is no such import";
  throw new Failure("NOT_FOUND", `Import "${jobName}" of "${datasetGroup}" has no page: ${why}.`);
}
