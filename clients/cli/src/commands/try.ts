import type { Command } from "commander";
import { Failure, interrupted } from "../errors/failure.js";
import { describeFile } from "../imports/describe-file.js";
import { recognise, type RecognisedFile } from "../imports/recognise.js";
import { RECIPES } from "../operations/solutions.js";
import { progressOf, type Progress } from "../output/progress.js";
import { seconds } from "../output/words.js";
import { confirm } from "../session/confirm.js";
import { withGroupOption } from "../session/options.js";
import type { GroupOptions, Run, Session } from "../session/session.js";
import { freeName } from "../trial/group-name.js";
import { byType, importAll } from "../trial/import-files.js";
import { planTrainings, type PlannedTraining } from "../trial/plan.js";
import { showAnswers } from "../trial/show-answers.js";
import { beginTraining } from "../trial/train-all.js";

interface TryOptions extends GroupOptions {
  readonly yes?: boolean;
}

/** Adds `palate try`. */
export function addTryCommand(program: Command, run: Run): void {
  withGroupOption(program.command("try"))
    .description("from files to recommendations: recognise, import into a new dataset group, train, recommend")
    .argument("<files...>", "what users did, and where there are some, items and users: any format, any layout")
    .option("-y, --yes", "do not ask whether the files were understood")
    .action((files: string[], options: TryOptions) => run(options, (session) => tryFiles(session, files, options)));
}

async function tryFiles(session: Session, names: readonly string[], options: TryOptions): Promise<void> {
  const { out } = session;
  const started = Date.now();
  const progress = progressOf(out);
  try {
    const files = await recogniseAll(session, names, progress);
    for (const file of files) out.say(`${describeFile(file, out)}\n`);
    const asked = Date.now();
    if (!options.yes) await confirm(session, "Is that right, and shall it be imported and trained?");
    const answered = Date.now();
    const datasetGroup = options.group ?? (await freeName(session, names[0] ?? ""));
    out.note(out.noteColors.bold(`Importing into the new dataset group "${datasetGroup}"`));
    const importJobs = await importAll(session, datasetGroup, files, progress);
    out.note(out.noteColors.bold("Training"));
    const { trainings, answers } = await trainAndAnswer(session, datasetGroup, files, progress);
    const took = (Date.now() - started - (answered - asked)) / 1000;
    const document = {
      ...{ datasetGroup, importJobs, trainings, answers, seconds: took },
      files: files.map((file) => ({ ...file, schema: JSON.parse(file.schema) as unknown })),
    };
    out.result(document, () => whatNext(datasetGroup, importJobs[0]?.jobName ?? "", took));
  } finally {
    progress.close();
  }
}

/** Trains what fits the data and shows what it recommends; what can wait is only started. */
async function trainAndAnswer(
  session: Session,
  datasetGroup: string,
  files: readonly RecognisedFile[],
  progress: Progress,
) {
  const plans = planTrainings(new Set(byType(files).keys()), await recipesOf(session));
  if (plans.length === 0) throw nothingToTrain(datasetGroup);
  const begin = (chosen: readonly PlannedTraining[]) =>
    Promise.all(chosen.map((plan) => beginTraining(session, datasetGroup, plan, progress)));
  try {
    const trainings = await begin(plans.filter(({ later }) => !later));
    const answers = await showAnswers(session, { datasetGroup, files, trainings, progress });
    trainings.push(...(await begin(plans.filter(({ later }) => later))));
    const shown = trainings.map(({ name, recipe, versionId, latest }) => ({
      ...{ solution: name, campaign: name, recipe, versionId, status: latest?.status ?? "CREATE PENDING" },
    }));
    return { trainings: shown, answers };
  } catch (thrown) {
    if (!session.signal.aborted) throw thrown;
    throw interrupted(`Interrupted; dataset group "${datasetGroup}" stays, and what trains goes on.`);
  }
}

/** All files as Palate understands them; one that it does not understand ends the command. */
function recogniseAll(session: Session, names: readonly string[], progress: Progress): Promise<RecognisedFile[]> {
  const options = { type: undefined, mapping: undefined, serverPath: false };
  return Promise.all(names.map((name) => recognise(session, name, options, progress)));
}

async function recipesOf({ api }: Session): Promise<Set<string>> {
  const { recipes } = await api.ask(RECIPES, {});
  return new Set((recipes?.nodes ?? []).map(({ name }) => name));
}

function nothingToTrain(datasetGroup: string): Failure {
  return new Failure(
    "FAILED_PRECONDITION",
    `Everything is in "${datasetGroup}", but no recipe there is can learn from it.`,
    {
      hint: "Recommendations need what users did (interactions), or items with texts.",
    },
  );
}

function whatNext(datasetGroup: string, jobName: string, took: number): string {
  return [
    `\nFrom the files to recommendations in ${seconds(took)}. It stays as it is; what trains goes on and gets better.`,
    `  palate status -g ${datasetGroup}`,
    `  palate recommend USER -g ${datasetGroup} -c for-you`,
    `  palate metrics for-you -g ${datasetGroup}`,
    `  palate open ${jobName} -g ${datasetGroup}    what the data is like`,
  ].join("\n");
}
