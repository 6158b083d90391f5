/**
 * A simulation of the service in which a seed decides everything; the stores in memory that it runs on, and the real ones
 * that they stand for, so that one suite can show that both do the same.
 */
export { MongoGroupStore } from "../group/group-store.js";
export { readRecentIds } from "../group/recent-ids.js";
export { ParquetRows } from "../reading/parquet-rows.js";
export { DuckDb } from "../storage/duckdb.js";
export type { LogDocument } from "../storage/log-documents.js";
export { ParquetStore } from "../storage/parquet-store.js";
export { openStore } from "../storage/store.js";
export { StreamedParquet } from "../storage/streamed-parquet.js";
export { MemoryFiles } from "./memory-files.js";
export { MemoryGroupStore } from "./memory-groups.js";
export { runSimulations, type SimulationFigures } from "./run-simulations.js";
