import { rename } from "node:fs/promises";
import type { EraseDeleted } from "../imports/file-importer.js";
import type { DuckDb } from "../storage/duckdb.js";
import { ErasedIds } from "../storage/erased-ids.js";
import { guarded, type Store } from "../storage/store.js";
import { erasureOf } from "./deletion-jobs.js";
import { rewriteParquet } from "./rewrite-parquet.js";

/** Makes what takes deleted users and items out of files that were received before the deletion. */
export function deletedEraser(store: Pick<Store, "deletionJobs">, duckdb: DuckDb): EraseDeleted {
  return async ({ state }, type, file, sinceMs) => {
    const jobs = await guarded(store.deletionJobs.find({ logId: state.logId }).toArray());
    const recorded = jobs.filter(({ at }) => at > 0).map(erasureOf);
    // The newest may not have been recorded yet.
    const names = new Set(recorded.map(({ job }) => job));
    const pending = (state.manifest.erasures ?? []).filter(({ job }) => !names.has(job));
    const since = [...recorded, ...pending].filter(({ atMs }) => atMs >= sinceMs);
    if (since.length === 0) return 0;
    const target = `${file}.erased`;
    const erased = since.map((erasure) => new ErasedIds(erasure));
    const rewritten = await rewriteParquet(duckdb, { path: file, type, origin: "imported" }, erased, target);
    if (rewritten === undefined) return 0;
    await rename(target, file);
    return rewritten.before - rewritten.rows;
  };
}
