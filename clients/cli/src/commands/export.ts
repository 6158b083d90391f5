import { Option, type Command } from "commander";
import { existsSync } from "node:fs";
import { download } from "../api/download.js";
import { poll } from "../api/poll.js";
import { Failure, interrupted, usage } from "../errors/failure.js";
import { DATASET_TYPES, parseDatasetType } from "../imports/dataset-type.js";
import { jobNameFor } from "../imports/job-name.js";
import type { DatasetType } from "../operations/datasets.js";
import {
  CREATE_EXPORT_JOB,
  DELETE_EXPORT_JOB,
  EXPORT_JOB,
  type ExportFormat,
  type ExportJob,
  type IngestionMode,
} from "../operations/exports.js";
import { progressOf, type Progress } from "../output/progress.js";
import { bytes, counted } from "../output/words.js";
import { groupOf } from "../session/group.js";
import { withGroupOption } from "../session/options.js";
import type { GroupOptions, Run, Session } from "../session/session.js";

interface ExportOptions extends GroupOptions {
  readonly type: DatasetType;
  readonly format: keyof typeof FORMATS;
  readonly rows: keyof typeof MODES;
  readonly output?: string;
  readonly force?: boolean;
  readonly keep?: boolean;
}

const FORMATS = { csv: "CSV", jsonl: "JSON_LINES", parquet: "PARQUET" } as const satisfies Record<string, ExportFormat>;
const MODES = { all: "ALL", imported: "BULK", streamed: "PUT" } as const satisfies Record<string, IngestionMode>;

/** Adds `palate export`. */
export function addExportCommand(program: Command, run: Run): void {
  withGroupOption(program.command("export"))
    .description("write a dataset's rows to a file: waits for them, fetches and checks them")
    .addOption(
      new Option("-t, --type <type>", `which rows: ${DATASET_TYPES.join(", ")}`)
        .argParser(parseDatasetType)
        .makeOptionMandatory(),
    )
    .addOption(new Option("--format <format>", "format of the file").choices(Object.keys(FORMATS)).default("csv"))
    .addOption(
      new Option("--rows <which>", "all rows, or those that came so").choices(Object.keys(MODES)).default("all"),
    )
    .option("-o, --output <file>", 'the file; "-": standard output (default: GROUP-TYPE.FORMAT)')
    .option("--force", "replace the file where there is one")
    .option("--keep", "leave the export on the server as well")
    .action((options: ExportOptions) => run(options, (session) => exportRows(session, options)));
}

async function exportRows(session: Session, options: ExportOptions): Promise<void> {
  const { out } = session;
  const datasetGroup = await groupOf(session, options);
  const { type: datasetType, format, output } = options;
  const file = output ?? `${datasetGroup}-${datasetType.toLowerCase().replaceAll("_", "-")}.${format}`;
  if (file === "-" && out.json)
    throw usage("With --json the document goes to standard output, so the rows cannot: name a file with --output.");
  if (file !== "-" && !options.force && existsSync(file))
    throw usage(`There is a file "${file}" already.`, "--force replaces it.");
  const jobName = jobNameFor(`export-${datasetType}`);
  const progress = progressOf(out);
  try {
    const input = { datasetGroup, jobName, datasetType, format: FORMATS[format], ingestionMode: MODES[options.rows] };
    await session.api.change(CREATE_EXPORT_JOB, input);
    const job = await awaitExport(session, datasetGroup, jobName, progress);
    await fetchRows(session, job, file, progress);
    if (!options.keep) await session.api.change(DELETE_EXPORT_JOB, { datasetGroup, jobName }, ["NOT_FOUND"]);
    const said = `${counted(job.rows, "row")}, ${bytes(job.bytes)}`;
    if (file === "-") out.note(said);
    else out.result({ datasetGroup, file, exportJob: job }, () => `${said} in ${file}`);
  } catch (thrown) {
    if (!session.signal.aborted) throw thrown;
    await session.api
      .afterInterrupt()
      .change(DELETE_EXPORT_JOB, { datasetGroup, jobName })
      .catch(() => {});
    throw interrupted("Interrupted; no file was written.");
  } finally {
    progress.close();
  }
}

async function awaitExport(
  { api, signal }: Session,
  datasetGroup: string,
  jobName: string,
  progress: Progress,
): Promise<ExportJob> {
  const job = await poll(async () => {
    progress.update("export", { fraction: 0, doing: "writing rows" });
    const { exportJob } = await api.ask(EXPORT_JOB, { datasetGroup, jobName });
    return exportJob && ["ACTIVE", "CREATE FAILED"].includes(exportJob.status) ? exportJob : undefined;
  }, signal);
  if (job.status === "ACTIVE") return job;
  throw new Failure("EXPORT_FAILED", `The export did not come to its end: ${job.failureReason ?? job.status}`);
}

async function fetchRows({ api }: Session, job: ExportJob, file: string, progress: Progress): Promise<void> {
  if (job.downloadUrl === null) throw new Failure("EXPORT_FAILED", "The gateway does not serve the export's file.");
  const source = { address: job.downloadUrl, bytes: job.bytes, sha256: job.sha256 };
  await download(api, source, file === "-" ? process.stdout : file, (received) => {
    progress.update("export", { fraction: job.bytes === 0 ? 1 : received / job.bytes, doing: "fetching" });
  });
}
