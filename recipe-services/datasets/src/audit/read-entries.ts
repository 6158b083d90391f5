import { invalidArgument } from "@palate/host";
import type { AuditEntry, AuditFilter, ListAuditEntriesRequest, ListAuditEntriesResponse } from "@palate/proto/dataset";
import type { AuditDocument, AuditDocuments } from "./audit-documents.js";
import type { AuditLog } from "./audit-log.js";
import { parseEntry } from "./entry-text.js";

/** Documents that are asked for at a time. */
const READ_AHEAD = 16;

/** Documents that one call looks at, so that a filter which nothing passes does not keep it for ever. */
const MOST_LOOKED_AT = 5_000;

/** Documents of a stretch of numbers, in order, upwards or downwards; null for one that is missing. */
export async function* documentsBetween(
  documents: AuditDocuments,
  first: number,
  last: number,
): AsyncGenerator<{ readonly number: number; readonly document: AuditDocument | null }> {
  const step = first <= last ? 1 : -1;
  const count = Math.abs(last - first) + 1;
  for (let done = 0; done < count; done += READ_AHEAD) {
    const numbers = Array.from({ length: Math.min(READ_AHEAD, count - done) }, (_, i) => first + step * (done + i));
    const found = await Promise.all(numbers.map((number) => documents.find(number)));
    for (const [i, document] of found.entries()) yield { number: numbers[i]!, document };
  }
}

/** A page of entries, newest first. Entries that cannot be read are left out: to find them is what verification is for. */
export async function listEntries(
  documents: AuditDocuments,
  log: AuditLog,
  { filter, pageSize, pageToken }: ListAuditEntriesRequest,
): Promise<ListAuditEntriesResponse> {
  const size = pageSize <= 0 ? 100 : Math.min(pageSize, 1000);
  const before = pageToken === "" ? Infinity : parseToken(pageToken);
  const start = await documents.start();
  const newest = await log.newest();
  const from = before === Infinity ? newest : await documentBefore(documents, start.document, newest, before);
  const last = Math.max(start.document, from - MOST_LOOKED_AT + 1);
  const entries: AuditEntry[] = [];
  let oldest = before;
  if (from >= start.document) {
    for await (const { document } of documentsBetween(documents, from, last)) {
      const texts = document?.entries ?? [];
      for (const entry of texts.map(parseEntry).reverse()) {
        if (entry === undefined || entry.sequence >= before) continue;
        if (filter !== undefined && entry.atMs < filter.fromMs) return { entries, nextPageToken: "" };
        oldest = entry.sequence;
        if (!passes(entry, filter)) continue;
        entries.push(entry);
        if (entries.length === size) return { entries, nextPageToken: oldest > start.sequence ? String(oldest) : "" };
      }
    }
  }
  return { entries, nextPageToken: last > start.document && oldest > start.sequence ? String(oldest) : "" };
}

/** A page goes on before the entry of the number that its token is. */
function parseToken(token: string): number {
  if (/^[1-9]\d{0,14}$/.test(token)) return Number(token);
  throw invalidArgument("page_token is none that ListAuditEntries gave.");
}

/** The last document that may hold an entry of before a number, found by halving. */
async function documentBefore(documents: AuditDocuments, first: number, last: number, before: number): Promise<number> {
  let [low, high] = [first, last];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const entry = parseEntry((await documents.find(middle))?.entries[0] ?? "");
    if (entry !== undefined && entry.sequence >= before) high = middle - 1;
    else low = middle;
  }
  return low;
}

function passes(entry: AuditEntry, filter: AuditFilter | undefined): boolean {
  if (filter === undefined) return true;
  const { toMs, callerId, datasetGroup, operation, outcome } = filter;
  return (
    (toMs === 0 || entry.atMs < toMs) &&
    (callerId === "" || entry.caller?.id === callerId) &&
    (datasetGroup === "" || entry.datasetGroup === datasetGroup) &&
    (operation === "" || entry.operation === operation) &&
    (outcome === "" || entry.outcome === outcome)
  );
}

/** All entries as JSON Lines, oldest first, a document at a time. */
export async function* exportLines(documents: AuditDocuments, log: AuditLog): AsyncGenerator<{ data: Buffer }> {
  const { document: first } = await documents.start();
  const last = await log.newest();
  if (last < first) return;
  for await (const { document } of documentsBetween(documents, first, last)) {
    const lines = (document?.entries ?? []).map((text) => {
      const entry = parseEntry(text);
      return `${JSON.stringify(entry === undefined ? { unreadable: text } : exported(entry))}\n`;
    });
    if (lines.length > 0) yield { data: Buffer.from(lines.join("")) };
  }
}

const PHASES = ["", "STARTED", "ENDED", "DONE", "COUNTED"];

function exported({ atMs, phase, caller, ...rest }: AuditEntry): object {
  return { ...rest, at: new Date(atMs).toISOString(), atMs, phase: PHASES[phase] ?? String(phase), ...caller };
}
