import { InvalidArgumentError, type Command } from "commander";
import { createWriteStream, existsSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Failure, usage } from "../errors/failure.js";
import { AUDIT_LOG, AUDIT_LOG_VERIFICATION, TRIM_AUDIT_LOG, type AuditEntry } from "../operations/audit.js";
import { table } from "../output/table.js";
import { count, counted } from "../output/words.js";
import { confirm } from "../session/confirm.js";
import { parseCount, withCommonOptions } from "../session/options.js";
import type { CommonOptions, Run, Session } from "../session/session.js";

interface ListOptions extends CommonOptions {
  readonly first: number;
  readonly from?: string;
  readonly to?: string;
  readonly caller?: string;
  readonly group?: string;
  readonly operation?: string;
  readonly outcome?: string;
}

/** Most entries of one request. */
const PAGE = 200;

/** Adds `palate audit` with `list`, `verify`, `export` and `trim`. */
export function addAuditCommand(program: Command, run: Run): void {
  const parent = program.command("audit").description("the audit log: who did what, when, from where");
  withCommonOptions(parent.command("list", { isDefault: true }))
    .description("entries, newest first")
    .option("-n, --first <count>", "how many", parseCount, 50)
    .option("--from <time>", 'recorded at this time or later, "2026-01-31" or "2026-01-31T12:00:00Z"', parseTime)
    .option("--to <time>", "recorded before this time", parseTime)
    .option("--caller <id>", "what the caller of this id did")
    .option("-g, --group <name>", "what is about this dataset group")
    .option("--operation <name>", 'this operation, "createCampaign" say')
    .option("--outcome <code>", 'this outcome, "OK" or "NOT_FOUND" say')
    .action((options: ListOptions) => run(options, (session) => listEntries(session, options)));
  withCommonOptions(parent.command("verify"))
    .description("check that no entry was changed, removed, put in or moved; prints a checkpoint to be noted elsewhere")
    .option("--expect <checkpoint>", "one that was noted: shows also whether the end was cut off or all written anew")
    .action((options: CommonOptions & { expect?: string }) => run(options, (session) => verify(session, options)));
  withCommonOptions(parent.command("export"))
    .description("write the whole log as JSON lines, oldest first")
    .option("-o, --output <file>", "the file", "audit-log.jsonl")
    .option("--force", "replace the file where there is one")
    .action((options: CommonOptions & { output: string; force?: boolean }) =>
      run(options, (session) => exportLog(session, options)),
    );
  withCommonOptions(parent.command("trim"))
    .description("remove entries that were exported from the front of the log")
    .argument("<checkpoint>", '"NUMBER:HASH" of the last entry that may go, from the export')
    .option("-y, --yes", "do not ask first")
    .action((through: string, options: CommonOptions & { yes?: boolean }) =>
      run(options, (session) => trim(session, through, options)),
    );
}

async function listEntries(session: Session, options: ListOptions): Promise<void> {
  const { from, to, caller: callerId, group: datasetGroup, operation, outcome } = options;
  const entries: AuditEntry[] = [];
  let after: string | undefined;
  do {
    const first = Math.min(PAGE, options.first - entries.length);
    const asked = { first, after, from, to, callerId, datasetGroup, operation, outcome };
    const { auditLog } = await session.api.ask(AUDIT_LOG, asked);
    entries.push(...(auditLog?.nodes ?? []));
    after = auditLog?.pageInfo?.hasNextPage ? (auditLog.pageInfo.endCursor ?? undefined) : undefined;
  } while (after !== undefined && entries.length < options.first);
  session.out.result({ entries }, () => shown(entries, session));
}

/** Entries as people read them: of what has ended, its beginning is not told as well. */
function shown(entries: readonly AuditEntry[], { out }: Session): string {
  const ended = new Set(entries.map(({ startedSequence }) => startedSequence));
  const told = entries.filter(({ sequence }) => !ended.has(sequence));
  if (told.length === 0) return "There is no such entry.";
  const columns = ["number", "time", "caller", "from", "operation", "group", "what", "outcome"];
  const rows = told.map(({ caller, ...entry }) => [
    ...[String(entry.sequence), entry.at.replace(/\.\d+Z$/, "Z"), caller.name ?? caller.id, caller.sourceAddress ?? ""],
    ...[entry.operation, entry.datasetGroup ?? "", entry.resources.join(" ") || countedIn(entry)],
    entry.outcome ?? "not ended",
  ]);
  const titles = columns.map((title) => ({ title }));
  return table(titles, rows, out.width, out.colors);
}

function countedIn({ calls, records }: Omit<AuditEntry, "caller">): string {
  return calls === null ? "" : `${counted(calls, "call")}, ${counted(records ?? 0, "record")}`;
}

async function verify(session: Session, { expect: expectedCheckpoint }: { expect?: string }): Promise<void> {
  const { auditLogVerification: found } = await session.api.ask(AUDIT_LOG_VERIFICATION, { expectedCheckpoint });
  if (!found) throw new Failure("NO_ANSWER", "The gateway did not say what the verification found.");
  if (!found.intact) {
    const problems = found.problems.map(({ sequence, message }) => ({ field: `entry ${sequence}`, message }));
    throw new Failure("AUDIT_LOG_DAMAGED", "The audit log is not as it was written.", { problems });
  }
  session.out.result(found, () => {
    if (found.checkpoint === null) return "The audit log is empty.";
    const since = found.firstSequence > 1 ? ` It begins with entry ${count(found.firstSequence)}.` : "";
    return `${counted(found.checked, "entry", "entries")}, all as they were written.${since}\nCheckpoint: ${found.checkpoint}`;
  });
}

async function exportLog(session: Session, { output, force }: { output: string; force?: boolean }): Promise<void> {
  if (!force && existsSync(output)) throw usage(`There is a file "${output}" already.`, "--force replaces it.");
  const response = await session.api.fetch("/audit/log.jsonl");
  if (!response.ok || !response.body)
    throw new Failure("DOWNLOAD_FAILED", `The audit log cannot be fetched: HTTP ${response.status}.`);
  // Who did what is nobody else's business on this machine.
  await pipeline(
    Readable.from(response.body as AsyncIterable<Uint8Array>),
    createWriteStream(output, { mode: 0o600 }),
    {
      signal: session.signal,
    },
  );
  session.out.result({ file: output }, () => `The audit log is in ${output}.`);
}

async function trim(session: Session, throughCheckpoint: string, { yes }: { yes?: boolean }): Promise<void> {
  if (!yes) await confirm(session, `Remove entries up to ${throughCheckpoint.split(":")[0]} from the audit log?`);
  const { removed, firstSequence } = await session.api.change(TRIM_AUDIT_LOG, { throughCheckpoint });
  session.out.result({ removed, firstSequence }, () => {
    return `${counted(removed ?? 0, "entry", "entries")} removed; the log begins with entry ${count(firstSequence ?? 1)}.`;
  });
}

function parseTime(text: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new InvalidArgumentError('It must be a time such as "2026-01-31T12:00:00Z".');
  return time.toISOString();
}
