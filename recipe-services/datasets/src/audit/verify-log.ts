import { failedPrecondition, invalidArgument } from "@palate/host";
import type {
  AuditProblem,
  TrimAuditLogResponse,
  VerifyAuditLogRequest,
  VerifyAuditLogResponse,
} from "@palate/proto/dataset";
import type { AuditDocument, AuditDocuments, AuditStart } from "./audit-documents.js";
import type { AuditLog } from "./audit-log.js";
import { checkpointOf, hashOfText, parseCheckpoint, parseEntry } from "./entry-text.js";
import { documentsBetween } from "./read-entries.js";

/** Documents that one call checks. */
const STRETCH = 2_000;
/** Most problems that one call tells. */
const MOST_PROBLEMS = 100;

/** What the next entry has to follow. */
interface Expected {
  /** Its document's number. */
  readonly document: number;
  /** Its own number. */
  readonly sequence: number;
  /** Hash of the entry before it. */
  readonly previousHash: string;
}

/** Follows the chain of hashes, entry by entry, and remembers where it breaks. */
class ChainCheck {
  readonly problems: AuditProblem[] = [];
  checked = 0;
  #next: Expected;
  /** Number of the first entry that the log holds. */
  readonly #first: number;
  /** Hash that was noted of an entry outside of the log. */
  readonly #noted: { readonly sequence: number; readonly hash: string } | undefined;

  constructor(first: number, from: Expected, noted: { readonly sequence: number; readonly hash: string } | undefined) {
    this.#first = first;
    this.#next = from;
    this.#noted = noted;
  }

  get next(): Expected {
    return this.#next;
  }

  /** Takes the next document in; null where there is none of its number although later ones are there. */
  take(number: number, document: AuditDocument | null): void {
    if (document === null) {
      this.#tell(
        this.#next.sequence,
        `Entries from ${this.#next.sequence} on were removed: document ${number} is missing.`,
      );
      // What follows is held against itself: no entry has the number 0.
      this.#next = { document: number + 1, sequence: 0, previousHash: "" };
      return;
    }
    for (const text of document.entries) this.#takeEntry(text);
    const { previousHash, sequence } = this.#next;
    if (document.hash !== previousHash) {
      this.#tell(sequence - 1, `Entry ${sequence - 1} is not what its document's hash says: it was changed.`);
    }
    this.#next = { document: number + 1, sequence, previousHash: document.hash };
  }

  #takeEntry(text: string): void {
    this.checked++;
    const expected = this.#next;
    const entry = parseEntry(text);
    const hash = hashOfText(text);
    const sequence = expected.sequence || (entry?.sequence ?? 0);
    if (entry === undefined) {
      this.#tell(sequence, `Entry ${sequence} was changed: it cannot be read.`);
    } else if (entry.sequence !== sequence) {
      this.#tell(sequence, misplaced(sequence, entry.sequence));
    } else if (expected.sequence !== 0 && entry.previousHash !== expected.previousHash) {
      this.#tell(...severed(sequence, this.#first));
    }
    if (this.#noted?.sequence === sequence && this.#noted.hash !== hash) {
      this.#tell(sequence, `Entry ${sequence} is not the one that was noted: it, or one before it, was changed.`);
    }
    this.#next = { ...expected, sequence: (entry?.sequence ?? sequence) + 1, previousHash: hash };
  }

  #tell(sequence: number, message: string): void {
    if (this.problems.length < MOST_PROBLEMS) this.problems.push({ sequence, message });
  }
}

function misplaced(expected: number, found: number): string {
  if (found > expected) return `Entry ${expected} is missing: entry ${found} stands in its place.`;
  return `Entry ${found} stands in the place of entry ${expected}: it was put in, or moved.`;
}

/** Says which entry is wrong when one was written after another than the one before it. */
function severed(sequence: number, first: number): [sequence: number, message: string] {
  if (sequence === first)
    return [sequence, `Entry ${sequence} does not follow what the log begins after: it was changed.`];
  const before = sequence - 1;
  return [before, `Entry ${before} is not the one that entry ${sequence} was written after: it was changed.`];
}

/** Checks a stretch of the chain of hashes. */
export async function verifyLog(
  documents: AuditDocuments,
  log: AuditLog,
  { pageToken, expectedCheckpoint }: VerifyAuditLogRequest,
): Promise<VerifyAuditLogResponse> {
  const start = await documents.start();
  const noted = expectedCheckpoint === "" ? undefined : checkpoint("expected_checkpoint", expectedCheckpoint);
  const check = new ChainCheck(start.sequence, pageToken === "" ? start : parseToken(pageToken), noted);
  const newest = await log.newest();
  const from = check.next.document;
  const last = Math.min(newest, from + STRETCH - 1);
  if (from <= last) {
    for await (const { number, document } of documentsBetween(documents, from, last)) check.take(number, document);
  }
  const { problems, checked, next } = check;
  if (last < newest) {
    return { problems, checked, firstSequence: start.sequence, checkpoint: "", nextPageToken: tokenOf(next) };
  }
  if (noted !== undefined && next.sequence > 0 && noted.sequence >= next.sequence) {
    const message = `The log ends with entry ${next.sequence - 1}, but entry ${noted.sequence} was noted: the end was cut off.`;
    problems.push({ sequence: noted.sequence, message });
  }
  const isUnknown = next.sequence <= 1;
  const head = isUnknown ? "" : checkpointOf({ sequence: next.sequence - 1, hash: next.previousHash });
  return { problems, checked, firstSequence: start.sequence, checkpoint: head, nextPageToken: "" };
}

function tokenOf({ document, sequence, previousHash }: Expected): string {
  return `${document}.${sequence}.${previousHash}`;
}

function parseToken(token: string): Expected {
  const [, document, sequence, previousHash] = /^(\d{1,15})\.(\d{1,15})\.([0-9a-f]*)$/.exec(token) ?? [];
  if (previousHash === undefined) throw invalidArgument("page_token is none that VerifyAuditLog gave.");
  return { document: Number(document), sequence: Number(sequence), previousHash };
}

function checkpoint(field: string, text: string) {
  const found = parseCheckpoint(text);
  if (found !== undefined) return found;
  const message = "is no checkpoint; one is an entry's number, a colon, and its hash of 64 hexadecimal digits";
  throw invalidArgument(`${field} ${message}.`, [{ field, message }]);
}

/** Removes entries from the front of the log, whole documents at a time, and notes where it begins then. */
export async function trimLog(
  documents: AuditDocuments,
  log: AuditLog,
  through: string,
): Promise<TrimAuditLogResponse> {
  const wanted = checkpoint("through_checkpoint", through);
  const start = await documents.start();
  const newest = await log.newest();
  let next: AuditStart = start;
  let found = false;
  if (start.document <= newest) {
    for await (const { number, document } of documentsBetween(documents, start.document, newest)) {
      const entries = (document?.entries ?? []).map(parseEntry);
      const last = entries.at(-1);
      found = entries.some((entry) => entry?.sequence === wanted.sequence && entry.hash === wanted.hash);
      if (last === undefined || document === null || last.sequence > wanted.sequence) break;
      next = { document: number + 1, sequence: last.sequence + 1, previousHash: document.hash };
      if (found) break;
    }
  }
  if (!found) {
    throw failedPrecondition(
      `The log has no entry ${wanted.sequence} with that hash: verify and export it, and name an entry of the export.`,
    );
  }
  await documents.moveStart(next);
  // What a trim before left behind when it was broken off goes too; from the front, so that this one may be broken off as well.
  const removable: number[] = [];
  for (let number = next.document - 1; (await documents.find(number)) !== null; number--) removable.unshift(number);
  for (const number of removable) await documents.remove(number);
  return { removed: next.sequence - start.sequence, firstSequence: next.sequence };
}
