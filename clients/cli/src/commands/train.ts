import type { Command } from "commander";
import { interrupted, usage } from "../errors/failure.js";
import { SOLUTION, type SolutionVersion } from "../operations/solutions.js";
import { describeVersion, mainMetric } from "../output/metrics.js";
import { progressOf } from "../output/progress.js";
import { seconds } from "../output/words.js";
import { groupOf } from "../session/group.js";
import { collectPairs, parseWhole, withGroupOption } from "../session/options.js";
import type { GroupOptions, Run, Session } from "../session/session.js";
import { followTraining } from "../training/follow.js";
import { measuredVersion } from "../training/measured.js";
import { ensureCampaign, ensureSolution, startTraining } from "../training/train.js";

interface TrainOptions extends GroupOptions {
  readonly recipe?: string;
  readonly set?: Readonly<Record<string, string>>;
  readonly seed?: number;
  readonly update?: boolean;
  readonly hpo?: boolean;
  readonly watch?: boolean;
  readonly latest?: boolean;
  readonly campaign: boolean;
}

/** Adds `palate train`. */
export function addTrainCommand(program: Command, run: Run): void {
  withGroupOption(program.command("train"))
    .description("train a solution, which is made where it is missing, with a campaign of its name")
    .argument("<solution>", "the solution's name")
    .option("-r, --recipe <name>", "recipe of a new solution, such as aws-user-personalization-v2")
    .option("-s, --set <name=value>", "hyperparameter of a new solution; may be repeated", collectPairs)
    .option("--hpo", "a new solution looks for good hyperparameters in each training")
    .option("--seed <number>", "seed of every random draw", parseWhole)
    .option("--update", "start from the newest version instead of from scratch")
    .option("--watch", "follow the training: bar, time left, and in the end metrics and learning curve")
    .option("--latest", "follow the training under way instead of starting one; with --watch")
    .option("--no-campaign", "make no campaign")
    .action((solution: string, options: TrainOptions) => run(options, (session) => train(session, solution, options)));
}

async function train(session: Session, solution: string, options: TrainOptions): Promise<void> {
  const { out } = session;
  if (options.latest && !options.watch) throw usage("--latest follows a training, so it needs --watch.");
  const datasetGroup = await groupOf(session, options);
  const versionId = options.latest
    ? await latestVersion(session, datasetGroup, solution)
    : (await begin(session, datasetGroup, solution, options)).versionId;
  if (!options.watch) {
    const document = { datasetGroup, solution, versionId, campaign: options.campaign ? solution : null };
    return out.result(
      document,
      () => `Training ${versionId} of "${solution}" is under way. Follow it: palate train ${solution} --watch --latest`,
    );
  }
  const key = { datasetGroup, solution, versionId };
  const { reportUrl } = await watch(session, key);
  if (!out.json)
    out.say(describeVersion(await measuredVersion(session, key), new URL(reportUrl, session.api.url).href, out));
}

/** Makes what is missing and starts a training. */
async function begin(
  session: Session,
  datasetGroup: string,
  name: string,
  options: TrainOptions,
): Promise<SolutionVersion> {
  const { recipe, seed, update, hpo, campaign } = options;
  const hyperparameters = Object.fromEntries(
    Object.entries(options.set ?? {}).map(([key, text]) => [key, valueOf(text)]),
  );
  const made = await ensureSolution(session, {
    ...{ datasetGroup, name, recipe, hyperparameters },
    ...(hpo && { performHPO: true }),
  });
  if (made) session.out.note(`Made solution "${name}".`);
  const version = await startTraining(session, {
    ...{ datasetGroup, solution: name },
    ...(seed !== undefined && { seed }),
    ...(update && { trainingMode: "UPDATE" as const }),
  });
  if (campaign) await ensureCampaign(session, datasetGroup, name);
  return version;
}

async function latestVersion({ api }: Session, datasetGroup: string, name: string): Promise<string> {
  const { solution } = await api.ask(SOLUTION, { datasetGroup, name });
  if (!solution)
    throw usage(`There is no solution "${name}" in "${datasetGroup}".`, "palate status lists those there are.");
  if (solution.latestVersionId === null) throw usage(`Solution "${name}" has never been trained.`);
  return solution.latestVersionId;
}

/** Follows a training with a bar; for programs, a line of JSON each time it is further. */
async function watch(
  session: Session,
  key: { datasetGroup: string; solution: string; versionId: string },
): Promise<SolutionVersion> {
  const progress = progressOf(session.out);
  const show = (version: SolutionVersion): void => {
    if (session.out.json) session.out.record(version, () => "");
    const { fraction = 0, phase = "waiting", secondsLeft = null } = version.progress ?? {};
    progress.update(key.solution, { fraction, doing: phase, secondsLeft });
  };
  try {
    const version = await followTraining(session, key, show);
    if (session.out.json) session.out.record(version, () => "");
    const main = mainMetric(version.metrics, version.baselineMetrics);
    progress.done(key.solution, `trained in ${seconds(version.trainingSeconds)}${main === "" ? "" : `, ${main}`}`);
    return version;
  } catch (thrown) {
    if (!session.signal.aborted) throw thrown;
    throw interrupted(
      `Interrupted; training ${key.versionId} of "${key.solution}" goes on. palate status shows how far it is.`,
    );
  } finally {
    progress.close();
  }
}

/** A hyperparameter's value: a number or truth value where the text is one. */
function valueOf(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}
