import type { Command } from "commander";
import { randomBytes } from "node:crypto";
import { poll } from "../api/poll.js";
import { Failure, interrupted } from "../errors/failure.js";
import {
  CREATE_DATA_DELETION_JOB,
  DATA_DELETION_JOB,
  type DataDeletionJob,
  type DeletionKind,
} from "../operations/datasets.js";
import { progressOf } from "../output/progress.js";
import { table } from "../output/table.js";
import { count, counted } from "../output/words.js";
import { confirm } from "../session/confirm.js";
import { groupOf } from "../session/group.js";
import { withGroupOption } from "../session/options.js";
import type { GroupOptions, Run, Session } from "../session/session.js";
import { readWords } from "../session/stdin.js";

interface DeleteOptions extends GroupOptions {
  readonly job?: string;
  readonly yes?: boolean;
  readonly wait: boolean;
}

/** Adds `palate delete user` and `palate delete item`. */
export function addDeleteCommand(program: Command, run: Run): void {
  const parent = program.command("delete").description("delete users or items with all that is stored about them");
  for (const [name, kind] of [
    ["user", "USERS"],
    ["item", "ITEMS"],
  ] as const) {
    withGroupOption(parent.command(name))
      .description(`delete ${name}s: answers are without them at once, everything stored within seconds`)
      .argument("<ids...>", `the ${name}s' ids; "-": one in each line of standard input`)
      .option("--job <name>", "name of the deletion, best without an id in it (default: a new one)")
      .option("-y, --yes", "do not ask first")
      .option("--no-wait", "return as soon as answers are without them")
      .action((ids: string[], options: DeleteOptions) =>
        run(options, (session) => deleteIds(session, kind, ids, options)),
      );
  }
}

async function deleteIds(
  session: Session,
  kind: DeletionKind,
  given: readonly string[],
  options: DeleteOptions,
): Promise<void> {
  const ids = given[0] === "-" ? await readWords(session.stdin) : given;
  const datasetGroup = await groupOf(session, options);
  const what = counted(ids.length, kind === "USERS" ? "user" : "item");
  if (!options.yes) await confirm(session, `Delete ${what} of "${datasetGroup}" with all that is stored about them?`);
  // The name stays when the ids are gone, so it holds none of them.
  const jobName = options.job ?? `deletion-${randomBytes(6).toString("hex")}`;
  const { dataDeletionJob } = await session.api.change(CREATE_DATA_DELETION_JOB, { datasetGroup, jobName, kind, ids });
  if (!dataDeletionJob) throw new Failure("NO_ANSWER", "The gateway did not say what became of the deletion.");
  const job = options.wait ? await awaitDeletion(session, datasetGroup, jobName) : dataDeletionJob;
  session.out.result({ datasetGroup, dataDeletionJob: job }, () => proof(job, what, session));
}

async function awaitDeletion(session: Session, datasetGroup: string, jobName: string): Promise<DataDeletionJob> {
  const progress = progressOf(session.out);
  try {
    const job = await poll(async () => {
      const { dataDeletionJob } = await session.api.ask(DATA_DELETION_JOB, { datasetGroup, jobName });
      const removals = dataDeletionJob?.removals ?? [];
      const done = removals.filter(({ doneAt }) => doneAt !== null).length;
      progress.update(jobName, { fraction: removals.length === 0 ? 0 : done / removals.length, doing: "erasing" });
      return dataDeletionJob && ["ACTIVE", "CREATE FAILED"].includes(dataDeletionJob.status)
        ? dataDeletionJob
        : undefined;
    }, session.signal);
    if (job.status === "ACTIVE") return job;
    throw new Failure(
      "DELETION_FAILED",
      `Deletion "${jobName}" did not come to its end: ${job.failureReason ?? job.status}`,
    );
  } catch (thrown) {
    if (!session.signal.aborted) throw thrown;
    throw interrupted(`Interrupted; deletion "${jobName}" goes on, and answers are without the ids already.`);
  } finally {
    progress.close();
  }
}

function proof(job: DataDeletionJob, what: string, { out }: Session): string {
  if (job.status !== "ACTIVE")
    return `Answers are without ${what} now; deletion "${job.jobName}" goes on with what is stored.`;
  const places = job.removals.filter(({ objects, rows }) => objects > 0 || rows > 0);
  const columns = [
    { title: "place" },
    { title: "written anew", align: "right" as const },
    { title: "rows", align: "right" as const },
  ];
  const rows = places.map(({ place, objects, rows: removed }) => [place, count(objects), count(removed)]);
  const parts = [`Nothing stored holds ${what} any more (deletion "${job.jobName}").`];
  if (rows.length > 0) parts.push(table(columns, rows, out.width, out.colors));
  if (job.remains.length > 0) parts.push(out.colors.yellow(`Not reached: ${job.remains.join("; ")}`));
  return parts.join("\n\n");
}
