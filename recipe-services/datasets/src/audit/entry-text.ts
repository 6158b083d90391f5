import type { AuditEntry } from "@palate/proto/dataset";
import { createHash } from "node:crypto";

/** Version of the entries' form. */
const FORMAT = 1;

/** The hash that the first entry of all has for the one before it. */
export const NO_HASH = "0".repeat(64);

/** An entry as it is stored, and as its hash is computed of: a JSON array of its values in a fixed order. */
export function entryText(entry: Omit<AuditEntry, "hash">): string {
  const { caller } = entry;
  return JSON.stringify([
    FORMAT,
    entry.sequence,
    entry.previousHash,
    entry.atMs,
    entry.phase,
    entry.requestId,
    caller?.kind ?? "",
    caller?.id ?? "",
    caller?.name ?? "",
    caller?.sourceAddress ?? "",
    entry.operation,
    entry.datasetGroup,
    entry.resources,
    entry.outcome,
    entry.durationMs,
    entry.calls,
    entry.records,
    entry.startedSequence,
  ]);
}

/** The SHA-256 of an entry's text, in hexadecimal. */
export function hashOfText(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** An entry by its text; undefined when the text is none of an entry's. */
export function parseEntry(text: string): AuditEntry | undefined {
  const values = parsed(text);
  if (values?.length !== 18 || values[0] !== FORMAT) return undefined;
  const [sequence, atMs, phase, durationMs, calls, records, startedSequence] = [1, 3, 4, 14, 15, 16, 17].map((at) =>
    Number(values[at]),
  ) as [number, number, number, number, number, number, number];
  const [previousHash, requestId, kind, id, name, sourceAddress, operation, datasetGroup, outcome] = [
    2, 5, 6, 7, 8, 9, 10, 11, 13,
  ].map((at) => String(values[at])) as [string, string, string, string, string, string, string, string, string];
  return {
    ...{ sequence, previousHash, hash: hashOfText(text), atMs, phase, requestId },
    caller: { kind, id, name, sourceAddress },
    ...{ operation, datasetGroup, resources: (values[12] as unknown[]).map(String), outcome },
    ...{ durationMs, calls, records, startedSequence },
  };
}

function parsed(text: string): readonly unknown[] | undefined {
  try {
    const values: unknown = JSON.parse(text);
    return Array.isArray(values) && Array.isArray(values[12]) ? values : undefined;
  } catch {
    return undefined;
  }
}

/** A place in the log, to be noted outside of it: "NUMBER:HASH". */
export function checkpointOf({ sequence, hash }: Pick<AuditEntry, "sequence" | "hash">): string {
  return `${sequence}:${hash}`;
}

/** The number and hash of a checkpoint; undefined when the text is none. */
export function parseCheckpoint(text: string): Pick<AuditEntry, "sequence" | "hash"> | undefined {
  const [, sequence, hash] = /^([1-9]\d{0,14}):([0-9a-f]{64})$/.exec(text) ?? [];
  return sequence === undefined || hash === undefined ? undefined : { sequence: Number(sequence), hash };
}
