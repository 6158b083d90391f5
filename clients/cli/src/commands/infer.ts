import { Option, type Command } from "commander";
import { writeFile } from "node:fs/promises";
import { DATASET_TYPES, parseDatasetType } from "../imports/dataset-type.js";
import { readMapping } from "../imports/mapping-file.js";
import { recognise } from "../imports/recognise.js";
import type { DatasetType } from "../operations/datasets.js";
import { progressOf } from "../output/progress.js";
import { describeFile } from "../imports/describe-file.js";
import { withCommonOptions } from "../session/options.js";
import type { CommonOptions, Run, Session } from "../session/session.js";

interface InferOptions extends CommonOptions {
  readonly type?: DatasetType;
  readonly mapping?: string;
  readonly output?: string;
  readonly serverPath?: boolean;
}

/** Adds `palate infer`. */
export function addInferCommand(program: Command, run: Run): void {
  withCommonOptions(program.command("infer"))
    .description("say what a file is: format, mapping, schema, the first rows before and after; nothing is imported")
    .argument("<file>", "a file, or an s3://, http:// or https:// address")
    .addOption(
      new Option(
        "-t, --type <type>",
        `what the rows are: ${DATASET_TYPES.join(", ")} (default: by the content)`,
      ).argParser(parseDatasetType),
    )
    .option("-m, --mapping <file>", "mapping to try, as JSON (default: one is proposed)")
    .option("-o, --output <file>", "write the mapping to a file, to be edited and given to palate import --mapping")
    .option("--server-path", "the file is a path on the services' machine")
    .action((file: string, options: InferOptions) => run(options, (session) => infer(session, file, options)));
}

async function infer(session: Session, file: string, options: InferOptions): Promise<void> {
  const { type, output, serverPath } = options;
  const progress = progressOf(session.out);
  try {
    const mapping = await readMapping(options.mapping);
    const found = await recognise(session, file, { type, mapping, serverPath }, progress);
    progress.close();
    if (output !== undefined) await writeFile(output, `${JSON.stringify(found.mapping ?? {}, null, 2)}\n`);
    session.out.result({ ...found, schema: JSON.parse(found.schema) as unknown }, () =>
      describeFile(found, session.out),
    );
    if (output !== undefined) session.out.note(`Wrote the mapping to ${output}.`);
  } finally {
    progress.close();
  }
}
