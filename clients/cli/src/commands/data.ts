import type { Command } from "commander";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { Failure, usage } from "../errors/failure.js";
import { PERSONAL_DATA } from "../operations/personal-data.js";
import { counted } from "../output/words.js";
import { groupOf } from "../session/group.js";
import { withGroupOption } from "../session/options.js";
import type { GroupOptions, Run, Session } from "../session/session.js";

interface DataOptions extends GroupOptions {
  readonly output: string;
  readonly force?: boolean;
}

/** Adds `palate data of`. */
export function addDataCommand(program: Command, run: Run): void {
  const parent = program.command("data").description("what is stored of one person");
  withGroupOption(parent.command("of"))
    .description("write all that is stored of a user to a JSON file, for the person to have")
    .argument("<user>", "the user's id")
    // The file's name is none of the id's: names of files get into logs and histories.
    .option("-o, --output <file>", 'the file; "-": standard output', "personal-data.json")
    .option("--force", "replace the file where there is one")
    .action((userId: string, options: DataOptions) => run(options, (session) => writeData(session, userId, options)));
}

async function writeData(session: Session, userId: string, options: DataOptions): Promise<void> {
  const { out } = session;
  const { output: file } = options;
  if (file === "-" && out.json) throw usage("With --json the result goes to standard output: name a file with -o.");
  if (file !== "-" && !options.force && existsSync(file))
    throw usage(`There is a file "${file}" already.`, "--force replaces it.");
  const datasetGroup = await groupOf(session, options);
  const { personalData } = await session.api.ask(PERSONAL_DATA, { datasetGroup, userId });
  if (!personalData) throw new Failure("NO_ANSWER", "The gateway did not say what is stored.");
  const { json, rows } = personalData;
  const said = `${counted(rows, "row")} ${rows === 1 ? "is" : "are"} stored`;
  if (file === "-") {
    out.record(JSON.parse(json), () => json);
    out.note(said);
    return;
  }
  await writeFile(file, json, { mode: 0o600 });
  out.result({ datasetGroup, file, rows }, () => `${said}; they are in ${file}`);
}
