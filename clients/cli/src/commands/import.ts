import { Option, type Command } from "commander";
import { readFile } from "node:fs/promises";
import { usage } from "../errors/failure.js";
import { createDataset, ensureGroup, hasDataset } from "../imports/dataset.js";
import { awaitImport, startImport } from "../imports/import-job.js";
import { jobNameFor } from "../imports/job-name.js";
import { locate } from "../imports/location.js";
import { DATASET_TYPES, parseDatasetType } from "../imports/dataset-type.js";
import type { DatasetType } from "../operations/datasets.js";
import { INFER_SCHEMA } from "../operations/imports.js";
import { progressOf, type Progress } from "../output/progress.js";
import { counted } from "../output/words.js";
import { groupOf } from "../session/group.js";
import { withGroupOption } from "../session/options.js";
import type { GroupOptions, Run, Session } from "../session/session.js";

interface ImportOptions extends GroupOptions {
  readonly type: DatasetType;
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
      new Option("-t, --type <type>", `what the rows are: ${DATASET_TYPES.join(", ")}`)
        .argParser(parseDatasetType)
        .makeOptionMandatory(),
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
    if (await ensureGroup(session, datasetGroup)) out.note(`Made dataset group "${datasetGroup}".`);
    const locations = await locationsOf(session, files, options, progress);
    await ensureDataset(session, datasetGroup, locations[0] ?? "", options);
    const started = await startImport(session, {
      ...{ datasetGroup, locations, datasetType: options.type, dryRun: options.dryRun ?? false },
      jobName: options.job ?? jobNameFor(options.type),
      importMode: options.incremental ? "INCREMENTAL" : "FULL",
    });
    const job = options.wait ? await awaitImport(session, datasetGroup, started.jobName, progress) : started;
    out.result({ datasetGroup, importJob: job }, () =>
      options.wait
        ? `${counted(job.rows, "row")} ${job.dryRun ? "are right" : `are in "${datasetGroup}"`}. What they are like: palate open ${job.jobName}`
        : `Import "${job.jobName}" is under way; palate status -g ${datasetGroup} shows how far it is.`,
    );
  } finally {
    progress.close();
  }
}

function locationsOf(
  session: Session,
  files: readonly string[],
  { type, serverPath }: ImportOptions,
  progress: Progress,
): Promise<string[]> {
  const probe = (location: string) => session.api.ask(INFER_SCHEMA, { location, datasetType: type });
  return Promise.all(files.map((file) => locate(session, file, probe, progress, serverPath)));
}

async function ensureDataset(
  session: Session,
  datasetGroup: string,
  location: string,
  { type, schema: file }: ImportOptions,
): Promise<void> {
  if (await hasDataset(session, datasetGroup, type)) return;
  const schema =
    file === undefined
      ? (await session.api.ask(INFER_SCHEMA, { location, datasetType: type })).inferSchema.schema
      : await readFile(file, "utf8").catch(() => {
          throw usage(`The schema "${file}" cannot be read.`);
        });
  await createDataset(session, datasetGroup, type, schema);
  session.out.note(`Made dataset ${type} with ${file === undefined ? "a schema proposed by the file" : file}.`);
}
