import { AuditPhase, type AuditEntry } from "@palate/proto/dataset";
import { auditEntry, type Audited } from "./audit-entry.js";
import type { Origin } from "./origin.js";

/** Different things that are counted at a time, at most. */
const MOST_COUNTED = 10_000;

interface Count {
  readonly entry: AuditEntry;
  calls: number;
  records: number;
}

/** Counts what is too frequent for entries of its own: one entry for all calls of a kind within a time. */
export class AuditCounts {
  readonly #counts = new Map<string, Count>();
  readonly #everyMs: number;
  readonly #send: (entries: AuditEntry[]) => void;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param everyMs milliseconds for which is counted, from the first call on
   * @param send takes what was counted
   */
  constructor(everyMs: number, send: (entries: AuditEntry[]) => void) {
    this.#everyMs = everyMs;
    this.#send = send;
  }

  /** Counts a call. */
  add(origin: Origin, what: Audited, outcome: string, records: number): void {
    const { caller, sourceAddress } = origin;
    const key = `${caller.kind}\n${caller.id}\n${sourceAddress}\n${what.operation}\n${what.datasetGroup}\n${outcome}`;
    const known = this.#counts.get(key);
    if (known) {
      known.calls++;
      known.records += records;
      return;
    }
    if (this.#counts.size >= MOST_COUNTED) this.flush();
    const entry = auditEntry(AuditPhase.AUDIT_PHASE_COUNTED, origin, what, { outcome });
    this.#counts.set(key, { entry, calls: 1, records });
    this.#timer ??= setTimeout(() => this.flush(), this.#everyMs).unref();
  }

  /** Hands on what was counted so far. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const entries = [...this.#counts.values()].map(({ entry, calls, records }) => ({ ...entry, calls, records }));
    this.#counts.clear();
    if (entries.length > 0) this.#send(entries);
  }
}
