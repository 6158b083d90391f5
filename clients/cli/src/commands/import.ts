import { Option, type Command } from "commander";
import { readFile } from "node:fs/promises";
import { usage, type Failure } from "../errors/failure.js";
import { createDataset, ensureGroup, hasDataset } from "../imports/dataset.js";
import { DATASET_TYPES, parseDatasetType } from "../imports/dataset-type.js";
import { awaitImport, startImport } from "../imports/import-job.js";
import { jobNameFor } from "../imports/job-name.js";
import { readMapping } from "../imports/mapping-file.js";
import { recognise, type RecognisedFile } from "../imports/recognise.js";
import type { DatasetType } from "../operations/datasets.js";
import type { ImportJob } from "../operations/imports.js";
import { progressOf } from "../output/progress.js";
import { count, counted } from "../output/words.js";
import { groupOf } from "../session/group.js";
import { withGroupOption } from "../session/options.js";
import type { GroupOptions, Run, Session } from "../session/session.js";

interface ImportOptions extends GroupOptions {
  readonly type?: DatasetType;
  readonly mapping?: string;
  readonly job?: string;
  readonly schema?: string;
  readonly incremental?: boolean;
  readonly dryRun?: boolean;
  readonly serverPath?: boolean;
  readonly wait: boolean;
}

/** Adds `palate import`. */
export function addImportCommand(program: Command, run: Run): void {
  withGroupOption(program.command("import"))
    .description("import files into a dataset; dataset group, schema and dataset are made where they are missing")
    .argument("<files...>", "files, or s3://, http:// and https:// addresses, of one dataset")
    .addOption(
      new Option(
        "-t, --type <type>",
        `what the rows are: ${DATASET_TYPES.join(", ")} (default: by the content)`,
      ).argParser(parseDatasetType),
    )
    .option(
      "-m, --mapping <file>",
      "how the files' rows become the dataset's, as JSON (default: proposed by the first file)",
    )
    .option("--job <name>", "name of the import job, so that a repeated command imports once (default: a new one)")
    .option("--schema <file>", "Avro schema of the dataset (default: proposed by the first file)")
    .option("--incremental", "add the rows to those there are (default: replace them)")
    .option("--dry-run", "check every row and change nothing")
    .option("--server-path", "the files are paths or patterns on the services' machine")
    .option("--no-wait", "return as soon as the import has been accepted")
    .action((files: string[], options: ImportOptions) =>
      run(options, (session) => importFiles(session, files, options)),
    );
}

async function importFiles(session: Session, files: readonly string[], options: ImportOptions): Promise<void> {
  const { out } = session;
  const datasetGroup = await groupOf(session, options);
  const progress = progressOf(out);
  try {
    const mapping = await readMapping(options.mapping);
    const { type, serverPath } = options;
    const found = await Promise.all(
      files.map((file) => recognise(session, file, { type, mapping, serverPath }, progress)),
    );
    const [first, ...others] = found;
    if (!first) return;
    const other = others.find(({ datasetType }) => datasetType !== first.datasetType);
    if (other) throw severalTypes(first, other);
    if (await ensureGroup(session, datasetGroup)) out.note(`Made dataset group "${datasetGroup}".`);
    await ensureDataset(session, datasetGroup, first, options);
    const started = await startImport(session, {
      ...{ datasetGroup, datasetType: first.datasetType, dryRun: options.dryRun ?? false },
      locations: found.map(({ location }) => location),
      jobName: options.job ?? jobNameFor(first.datasetType),
      importMode: options.incremental ? "INCREMENTAL" : "FULL",
      mapping: mapping ?? first.mapping,
    });
    const job = options.wait ? await awaitImport(session, datasetGroup, started.jobName, progress) : started;
    progress.close();
    out.result({ datasetGroup, importJob: job }, () => outcome(datasetGroup, job, options.wait));
  } finally {
    progress.close();
  }
}

function severalTypes(one: RecognisedFile, other: RecognisedFile): Failure {
  return usage(
    `One import is of one dataset, but "${one.file}" has ${one.datasetType} and "${other.file}" ${other.datasetType}.`,
    "Import them one after the other, or say with --type what they are; palate try takes files of several datasets.",
  );
}

function outcome(datasetGroup: string, job: ImportJob, waited: boolean): string {
  if (!waited) return `Import "${job.jobName}" is under way; palate status -g ${datasetGroup} shows how far it is.`;
  const rows = counted(job.rows, "row");
  const left = job.filteredRows > 0 ? `; ${count(job.filteredRows)} left out by the filter` : "";
  const ignored = job.ignoredColumns.length > 0 ? `\nColumns left out: ${job.ignoredColumns.join(", ")}` : "";
  if (job.dryRun) return `${rows} are right${left}.${ignored}`;
  return `${rows} are in "${datasetGroup}"${left}. What they are like: palate open ${job.jobName} -g ${datasetGroup}${ignored}`;
}

async function ensureDataset(
  session: Session,
  datasetGroup: string,
  { datasetType, schema: proposed }: RecognisedFile,
  { schema: file }: ImportOptions,
): Promise<void> {
  if (await hasDataset(session, datasetGroup, datasetType)) return;
  const given = file === undefined ? undefined : await readFile(file, "utf8").catch(() => undefined);
  if (file !== undefined && given === undefined) throw usage(`The schema "${file}" cannot be read.`);
  await createDataset(session, datasetGroup, datasetType, given ?? proposed);
  session.out.note(`Made dataset ${datasetType} with ${file === undefined ? "a schema proposed by the file" : file}.`);
}
