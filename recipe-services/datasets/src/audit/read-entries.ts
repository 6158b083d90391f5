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
  const start = await documents.start();
  const from = pageToken === "" ? { document: await log.newest(), before: Infinity } : parseToken(pageToken);
  const last = Math.max(start.document, from.document - MOST_LOOKED_AT + 1);
  const entries: AuditEntry[] = [];
  if (from.document >= start.document) {
    for await (const { number, document } of documentsBetween(documents, from.document, last)) {
      const texts = document?.entries ?? [];
      for (const entry of texts.map(parseEntry).reverse()) {
        if (entry === undefined || entry.sequence >= from.before) continue;
        if (filter !== undefined && entry.atMs < filter.fromMs) return { entries, nextPageToken: "" };
        if (!passes(entry, filter)) continue;
        entries.push(entry);
        if (entries.length === size) return { entries, nextPageToken: `${number}.${entry.sequence}` };
      }
    }
  }
  return { entries, nextPageToken: last > start.document ? `${last - 1}.${Number.MAX_SAFE_INTEGER}` : "" };
}

function parseToken(token: string): { document: number; before: number } {
  const [, document, before] = /^(\d{1,15})\.(\d{1,16})$/.exec(token) ?? [];
  if (document === undefined) throw invalidArgument("page_token is none that ListAuditEntries gave.");
  return { document: Number(document), before: Number(before) };
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
