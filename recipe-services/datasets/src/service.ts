import { startGrpcServer, type Logger, type RunningGrpcServer } from "@palate/host";
import { DatasetServiceService } from "@palate/proto/dataset";
import { mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { AnalysisStore } from "./analysis/analysis-store.js";
import { ImportAnalyser } from "./analysis/import-analyser.js";
import type { DatasetsConfig } from "./config.js";
import { DeletionJobs } from "./deletion/deletion-jobs.js";
import { deletedEraser } from "./deletion/erase-deleted.js";
import { Eraser } from "./deletion/eraser.js";
import { Destinations } from "./exports/destinations.js";
import { ExportJobs } from "./exports/export-jobs.js";
import { Compactor } from "./group/compaction.js";
import { MongoGroupStore } from "./group/group-store.js";
import { Groups } from "./group/groups.js";
import { readRemembered } from "./group/remembered.js";
import { datasetHandlers } from "./handlers.js";
import { FileImporter } from "./imports/file-importer.js";
import { ImportJobs } from "./imports/import-jobs.js";
import { SchemaInference } from "./imports/schema-inference.js";
import { openLocations, s3Settings } from "./open-locations.js";
import { ParquetRows } from "./reading/parquet-rows.js";
import { ChangeFeed } from "./reading/read.js";
import { SnapshotReader } from "./reading/snapshot.js";
import { Recorder } from "./recording/put.js";
import { Datasets } from "./resources/datasets.js";
import { Filters } from "./resources/filters.js";
import { Schemas } from "./resources/schemas.js";
import { Trackers } from "./resources/trackers.js";
import { DuckDb } from "./storage/duckdb.js";
import { ParquetStore } from "./storage/parquet-store.js";
import { openStore, type Store } from "./storage/store.js";
import { StreamedParquet } from "./storage/streamed-parquet.js";
import { Sweeper } from "./sweeper.js";

const MEBIBYTE = 1024 * 1024;

/** How often MongoDB is tried until it answers for the first time. */
const FIRST_CONTACT_MS = 500;

/** A running datasets service. */
export interface RunningDatasets {
  /** The port it serves on. */
  readonly port: number;
  /** Stops it: nothing new is accepted, everything accepted is committed, running imports are finished. */
  close(): Promise<void>;
}

/**
 * Starts the datasets service. It starts without MongoDB too, and reports SERVING once MongoDB has answered.
 * @throws Error when the address cannot be bound or the data folder not be written
 */
export async function startDatasets(config: DatasetsConfig, logger: Logger): Promise<RunningDatasets> {
  const folder = path.resolve(config.dataFolder);
  const work = path.join(folder, "work");
  await removeLeftovers(work);
  const limits = { memoryMb: config.duckdbMemoryMb, threads: config.duckdbThreads, folder: work };
  const duckdb = await DuckDb.open(limits);
  const store = openStore(config.mongodbUri, config.databasePrefix);
  const files = new ParquetStore(store.db, path.join(folder, "files"));
  const groups = new Groups(new MongoGroupStore(store), logger, config.eventIdWindow, (logId, manifest) =>
    readRemembered(files, duckdb, logId, manifest, config.eventIdWindow),
  );
  const schemas = new Schemas(store, groups);
  const maxBytes = config.maxImportMb * MEBIBYTE;
  const locations = openLocations(config, folder);
  const analyses = new AnalysisStore(store.db);
  const importer = new FileImporter(
    files,
    new ImportAnalyser(analyses, files, limits, logger),
    limits,
    maxBytes,
    deletedEraser(store, duckdb),
  );
  const importJobs = new ImportJobs({ store, groups, locations, importer, logger });
  const destinations = new Destinations(config.exportFolders, {
    ...s3Settings(config),
    buckets: config.s3ExportBuckets,
  });
  const exportJobs = new ExportJobs({ store, groups, files, duckdb, destinations, folder: work, logger });
  const compactor = new Compactor(new StreamedParquet(files, duckdb, work), store.hints, config.compactRecords, logger);
  const eraser = new Eraser({ store, files, duckdb, locations, analyses, folder: work, logger });
  const deletionJobs = new DeletionJobs({
    ...{ store, groups, files, duckdb, compactor, importJobs, exportJobs, eraser, logger },
  });
  const sweeper = new Sweeper(
    { store, groups, files, compactor, importJobs, exportJobs, deletionJobs, locations, analyses },
    logger,
  );
  const stopping = new AbortController();
  const implementation = datasetHandlers(
    {
      groups,
      schemas,
      inference: new SchemaInference(locations, limits, maxBytes),
      datasets: new Datasets(groups, schemas),
      locations,
      importJobs,
      exportJobs,
      deletionJobs,
      analyses,
      trackers: new Trackers(store, groups),
      filters: new Filters(groups),
      recorder: new Recorder(groups, (group) => compactor.consider(group)),
      feed: new ChangeFeed(new SnapshotReader(new ParquetRows(files, duckdb)), logger),
      stopping: stopping.signal,
    },
    logger,
  );
  const server = await startGrpcServer(config.listen, [
    {
      name: "palate.dataset.v1.DatasetService",
      definition: DatasetServiceService,
      implementation,
    },
  ]);
  const contact = serveOnceReachable(store, server, sweeper, logger, stopping.signal);
  return {
    port: server.port,
    async close() {
      stopping.abort();
      await server.close(config.drainSeconds * 1000);
      await contact;
      await sweeper.close();
      await deletionJobs.close();
      await importJobs.close();
      await exportJobs.close();
      await locations.close();
      await groups.close();
      await compactor.close();
      await store.close();
      duckdb.close();
    },
  };
}

/** Removes what a crash left in the work folder; nothing in it outlives the process. */
async function removeLeftovers(work: string): Promise<void> {
  await mkdir(work, { recursive: true });
  for (const entry of await readdir(work)) await rm(path.join(work, entry), { recursive: true, force: true });
}

async function serveOnceReachable(
  store: Store,
  server: RunningGrpcServer,
  sweeper: Sweeper,
  logger: Logger,
  stopping: AbortSignal,
): Promise<void> {
  for (let attempt = 1; !stopping.aborted; attempt++) {
    try {
      await store.connect();
      if (stopping.aborted) return;
      server.setServing(true);
      logger.info({ port: server.port }, "serving");
      void sweeper.sweep();
      return;
    } catch (thrown) {
      if (attempt === 1) logger.warn({ err: thrown }, "MongoDB does not answer; trying on");
      await new Promise((resolve) => setTimeout(resolve, FIRST_CONTACT_MS));
    }
  }
}
