import { DeletionKind, ExportFormat, type DatasetType } from "@palate/proto/dataset";
import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { finished } from "node:stream/promises";
import { literal, type DuckDb } from "../storage/duckdb.js";
import { holdsRowsOf } from "../storage/erase-sql.js";
import type { ErasedIds } from "../storage/erased-ids.js";
import { csvRows } from "../storage/read-files.js";
import { rewriteParquet, rewriteTable, type Rewritten } from "./rewrite-parquet.js";

/**
 * Writes an exported file without deleted users or items; otherwise it stays as it was.
 * @param target where to write it
 * @returns undefined when the file holds nothing of them; then nothing of use is written
 */
export async function rewriteExport(
  duckdb: DuckDb,
  file: { readonly path: string; readonly type: DatasetType; readonly format: ExportFormat },
  erased: readonly ErasedIds[],
  target: string,
): Promise<Rewritten | undefined> {
  if (!erased.some(({ kind }) => holdsRowsOf(kind, file.type))) return undefined;
  switch (file.format) {
    case ExportFormat.EXPORT_FORMAT_PARQUET:
      return rewriteParquet(duckdb, { ...file, origin: "exported" }, erased, target);
    case ExportFormat.EXPORT_FORMAT_JSON_LINES:
      return rewriteLines(file.path, file.type, erased, target);
    default:
      return rewriteCsv(duckdb, file.path, file.type, erased, target);
  }
}

async function rewriteCsv(
  duckdb: DuckDb,
  path: string,
  type: DatasetType,
  erased: readonly ErasedIds[],
  target: string,
): Promise<Rewritten | undefined> {
  // All texts, and empty ones told from missing ones, so that what stays is written as it was.
  const source = csvRows(
    path,
    `header = true, all_varchar = true, allow_quoted_nulls = false, delim = ',', quote = '"', escape = '"', parallel = false, sample_size = 1`,
  );
  const into = `${literal(target)} (FORMAT csv, HEADER true)`;
  return rewriteTable(duckdb, { source, type, origin: "exported", into }, erased);
}

function isItems({ kind }: ErasedIds): boolean {
  return kind === DeletionKind.DELETION_KIND_ITEMS;
}

async function rewriteLines(
  path: string,
  type: DatasetType,
  erased: readonly ErasedIds[],
  target: string,
): Promise<Rewritten | undefined> {
  const removed = erased.map(() => 0);
  let [before, rows] = [0, 0];
  const out = createWriteStream(target);
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    before++;
    const row = JSON.parse(line) as Record<string, unknown>;
    let gone = false;
    let shortened = false;
    erased.forEach((one, i) => {
      if (!holdsRowsOf(one.kind, type)) return;
      const own = isItems(one) ? one.has(String(row["ITEM_ID"] ?? "")) : one.hasSession(String(row["USER_ID"] ?? ""));
      const shown = isItems(one) && typeof row["IMPRESSION"] === "string" ? row["IMPRESSION"].split("|") : [];
      const living = shown.filter((id) => !one.has(id));
      if (own || living.length < shown.length) removed[i]!++;
      if (own) gone = true;
      if (living.length === shown.length) return;
      row["IMPRESSION"] = living.length === 0 ? null : living.join("|");
      shortened = true;
    });
    if (gone) continue;
    rows++;
    if (!out.write(`${shortened ? JSON.stringify(row) : line}\n`)) await once(out, "drain");
  }
  out.end();
  await finished(out);
  return removed.every((count) => count === 0) ? undefined : { before, rows, removed };
}
