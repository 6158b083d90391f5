import type { Command } from "commander";
import { placeOf } from "../api/graphql-errors.js";
import { Failure } from "../errors/failure.js";
import { GROUP_STATUS, type GroupStatus } from "../operations/status.js";
import { bytes, count, seconds } from "../output/words.js";
import { table } from "../output/table.js";
import type { Output } from "../output/output.js";
import { groupsOf } from "../session/group.js";
import { withGroupOption } from "../session/options.js";
import type { GroupOptions, Run, Session } from "../session/session.js";

/** Groups that are shown with what is in them; of more, only the names. */
const DETAILED_GROUPS = 10;

/** A group as far as it could be asked. */
interface ShownGroup extends GroupStatus {
  /** Parts that are missing, and why. */
  readonly unavailable: readonly { readonly field: string; readonly message: string }[];
}

/** Adds `palate status`. */
export function addStatusCommand(program: Command, run: Run): void {
  withGroupOption(program.command("status"))
    .description("what there is: dataset groups with their data, imports, models and campaigns")
    .action((options: GroupOptions) => run(options, (session) => status(session, options.group)));
}

async function status(session: Session, named: string | undefined): Promise<void> {
  const names = named === undefined ? (await groupsOf(session)).map(({ name }) => name) : [named];
  const detailed = names.length <= DETAILED_GROUPS ? names : [];
  const groups = await Promise.all(detailed.map((name) => groupStatus(session, name)));
  const document = {
    url: session.api.url,
    datasetGroups: detailed.length > 0 ? groups : names.map((name) => ({ name })),
  };
  session.out.result(document, () => {
    if (names.length === 0) return `The gateway at ${session.api.url} is up. There is no data yet: palate try FILE…`;
    if (groups.length > 0) return groups.map((group) => describe(group, session.out)).join("\n\n");
    return `${names.join("\n")}\n\n${count(names.length)} dataset groups; --group NAME shows what is in one.`;
  });
}

async function groupStatus({ api }: Session, name: string): Promise<ShownGroup> {
  const { data, errors } = await api.askPartly(GROUP_STATUS, { name });
  if (!data.datasetGroup) {
    const why = errors[0]?.message ?? `There is no dataset group "${name}"; palate status lists those there are.`;
    throw new Failure(errors[0]?.extensions?.code ?? "NOT_FOUND", why);
  }
  const unavailable = errors.map(({ path, message }) => ({ field: placeOf(path), message }));
  return { ...data.datasetGroup, unavailable };
}

function describe(group: ShownGroup, out: Output): string {
  const { bold, dim, yellow } = out.colors;
  const parts = [`${bold(group.name)}  ${dim(group.status)}`];
  const add = (titles: readonly string[], rows: readonly (readonly string[])[]) => {
    const columns = titles.map((title) => ({
      title,
      align: NUMERIC.has(title) ? ("right" as const) : ("left" as const),
    }));
    if (rows.length > 0) parts.push(indent(table(columns, rows, out.width - 2, out.colors)));
  };
  add(["dataset", "imported", "streamed", "size"], datasetRows(group));
  add(["import", "dataset", "status", "rows"], importRows(group));
  add(["solution", "recipe", "newest version"], solutionRows(group));
  add(["campaign", "solution", "status"], campaignRows(group));
  for (const { field, message } of group.unavailable) parts.push(yellow(`  ${field}: ${message}`));
  return parts.join("\n\n");
}

const NUMERIC = new Set(["imported", "streamed", "size", "rows"]);

function datasetRows({ datasets }: GroupStatus): string[][] {
  return (datasets?.nodes ?? []).map(({ datasetType, status, statistics }) =>
    statistics
      ? [datasetType, count(statistics.importedRows), count(statistics.streamedRows), bytes(statistics.bytes)]
      : [datasetType, status, "", ""],
  );
}

function importRows({ importJobs }: GroupStatus): string[][] {
  return (importJobs?.nodes ?? []).map(({ jobName, datasetType, status, progress, rows, failureReason }) => {
    const under = status === "CREATE IN_PROGRESS" ? `${status} ${Math.round(progress * 100)} %` : status;
    return [jobName, datasetType, failureReason === null ? under : `${status}: ${failureReason}`, count(rows)];
  });
}

function solutionRows({ solutions }: GroupStatus): string[][] {
  return (solutions?.nodes ?? []).map(({ name, recipe, latestVersion }) => {
    if (!latestVersion) return [name, recipe, "not trained"];
    const { status, failureReason, progress, trainingSeconds } = latestVersion;
    if (failureReason !== null) return [name, recipe, `${status}: ${failureReason}`];
    if (status === "ACTIVE") return [name, recipe, `${status}, trained in ${seconds(trainingSeconds)}`];
    const left = progress?.secondsLeft == null ? "" : `, ${seconds(progress.secondsLeft)} left`;
    return [name, recipe, progress ? `${status} ${Math.round(progress.fraction * 100)} %${left}` : status];
  });
}

function campaignRows({ campaigns }: GroupStatus): string[][] {
  return (campaigns?.nodes ?? []).map(({ name, solution, status }) => [name, solution, status]);
}

function indent(text: string): string {
  return text.replace(/^/gm, "  ");
}
