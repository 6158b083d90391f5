import { PalateError, type Logger } from "@palate/host";
import { AuditPhase, type AuditEntry, type AuditServiceClient } from "@palate/proto/dataset";
import { ITSELF } from "../clients/asking.js";
import type { ServiceLink } from "../clients/service-link.js";
import { AuditCounts } from "./audit-counts.js";
import { auditEntry, outcomeOfError, type Audited } from "./audit-entry.js";
import type { Origin } from "./origin.js";

/** Milliseconds for which records and refusals are counted until there is an entry about them. */
const RECORDS_MS = 60_000;
const REFUSALS_MS = 1_000;
/** Milliseconds that the log has to take entries, and after which it is tried again with those that it has not. */
const WRITE_MS = 5_000;
const RETRY_MS = 1_000;
/** Entries of one call, and most that wait for a log that cannot be reached. */
const AT_ONCE = 500;
const MOST_WAITING = 20_000;

/**
 * Writes the audit log. What changes something, or hands data out, is done between two entries: nothing is done before the first one is
 * durable, and the caller is answered when the second one is, or waits to be written.
 */
export class Auditor {
  readonly #log: ServiceLink<AuditServiceClient>;
  readonly #logger: Logger;
  readonly #records = new AuditCounts(RECORDS_MS, (entries) => this.#later(entries));
  readonly #refusals = new AuditCounts(REFUSALS_MS, (entries) => this.#later(entries));
  /** Entries that tell what has been done, and are not written yet. */
  #waiting: AuditEntry[] = [];
  #writing: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(log: ServiceLink<AuditServiceClient>, logger: Logger) {
    this.#log = log;
    this.#logger = logger;
  }

  /**
   * Does something between an entry that says so and one that says what came of it.
   * @param outcomeOf "OK", or the code of what went wrong
   * @throws PalateError `unavailable` when the log cannot be written; nothing was done then
   */
  async around<T>(
    origin: Origin,
    what: Audited,
    work: () => T | Promise<T>,
    outcomeOf: (result: T) => string,
  ): Promise<T> {
    const startedSequence = await this.#start(origin, what);
    const from = performance.now();
    const end = (outcome: string) => {
      const rest = { outcome, startedSequence, durationMs: Math.round(performance.now() - from) };
      this.#later([auditEntry(AuditPhase.AUDIT_PHASE_ENDED, origin, what, rest)]);
      return this.#written();
    };
    let result: T;
    try {
      result = await work();
    } catch (thrown) {
      await end(outcomeOfError(thrown));
      throw thrown;
    }
    await end(outcomeOf(result));
    return result;
  }

  /** Counts records that were put, or refused. */
  countRecords(origin: Origin, what: Audited, outcome: string, records: number): void {
    // Where people's devices call, a client's address is another one each time.
    this.#records.add({ ...origin, sourceAddress: "" }, what, outcome, records);
  }

  /** Notes that somebody was refused because they may not do what they asked for, or did not say who they are. */
  refused(origin: Origin, what: Audited, outcome: string): void {
    this.#refusals.add(origin, what, outcome, 0);
  }

  /** Writes what is counted and waits; gives up when the log cannot be reached. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#records.flush();
    this.#refusals.flush();
    await this.#written();
    clearTimeout(this.#retry);
    if (this.#waiting.length > 0) this.#logger.error({ entries: this.#waiting.length }, "audit entries are lost");
  }

  async #start(origin: Origin, what: Audited): Promise<number> {
    const entries = [auditEntry(AuditPhase.AUDIT_PHASE_STARTED, origin, what, {})];
    const { client } = this.#log;
    try {
      return (await this.#log.call(client.appendAuditEntries, { entries }, ITSELF, WRITE_MS)).firstSequence;
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      const message = `The audit log cannot be written, so nothing was done; try again later. ${why}`;
      throw new PalateError("unavailable", message, {}, { cause: thrown });
    }
  }

  #later(entries: readonly AuditEntry[]): void {
    this.#waiting.push(...entries);
    const lost = this.#waiting.length - MOST_WAITING;
    if (lost > 0) {
      this.#waiting.splice(0, lost);
      this.#logger.error({ entries: lost }, "audit entries are lost: too many wait for a log that cannot be reached");
    }
    void this.#written();
  }

  /** Resolves when all that waited was written, or could not be. Never rejects. */
  #written(): Promise<void> {
    return (this.#writing ??= this.#writeAll().finally(() => (this.#writing = undefined)));
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const entries = this.#waiting.slice(0, AT_ONCE);
      try {
        await this.#log.call(this.#log.client.appendAuditEntries, { entries }, ITSELF, WRITE_MS);
        const written = new Set(entries);
        this.#waiting = this.#waiting.filter((entry) => !written.has(entry));
      } catch (thrown) {
        if (this.#isClosed) return;
        this.#logger.warn({ err: thrown, entries: this.#waiting.length }, "audit entries cannot be written; trying on");
        this.#retry = setTimeout(() => void this.#written(), RETRY_MS).unref();
        return;
      }
    }
  }
}
