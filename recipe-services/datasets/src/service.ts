import { openIdentities, openServiceTls, startGrpcServer, type Logger, type RunningGrpcServer } from "@palate/host";
import { DatasetServiceService } from "@palate/proto/dataset";
import type { StoreWatch } from "@palate/store";
import { mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { AnalysisStore } from "./analysis/analysis-store.js";
import { ImportAnalyser } from "./analysis/import-analyser.js";
import { apiKeyService } from "./access/api-key-service.js";
import { ApiKeys } from "./access/api-keys.js";
import { AuditDocuments } from "./audit/audit-documents.js";
import { auditService } from "./audit/audit-handlers.js";
import { AuditLog } from "./audit/audit-log.js";
import type { DatasetsConfig } from "./config.js";
import { DeletionJobs } from "./deletion/deletion-jobs.js";
import { deletedEraser } from "./deletion/erase-from-import.js";
import { Eraser } from "./deletion/eraser.js";
import { Destinations } from "./exports/destinations.js";
import { ExportJobs } from "./exports/export-jobs.js";
import { Compactor } from "./group/compactor.js";
import { MongoGroupStore } from "./group/group-store.js";
import { Groups } from "./group/groups.js";
import { readRecentIds } from "./group/recent-ids.js";
import { datasetHandlers } from "./handlers.js";
import { FileImporter } from "./imports/file-importer.js";
import { ImportJobs } from "./imports/import-jobs.js";
import { jobOwner } from "./jobs/job-owner.js";
import { SchemaInference } from "./imports/recognition/schema-inference.js";
import { openLocations, s3Settings } from "./open-locations.js";
import { PersonReader } from "./persons/person-reader.js";
import { ParquetRows } from "./reading/parquet-rows.js";
import { ChangeFeed } from "./reading/change-feed.js";
import { SnapshotReader } from "./reading/snapshot-reader.js";
import { Recorder } from "./recording/recorder.js";
import { Datasets } from "./resources/datasets.js";
import { Filters } from "./resources/filters.js";
import { Schemas } from "./resources/schemas.js";
import { Trackers } from "./resources/trackers.js";
import { DuckDb } from "./storage/duckdb.js";
import { ParquetStore } from "./storage/parquet-store.js";
import { OpenedFiles } from "./storage/sealed/opened-files.js";
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
 * @throws PalateError when it is to listen beyond the loopback without knowing who calls
 * @throws Error when the address cannot be bound or the data folder not be written
 */
export async function startDatasets(config: DatasetsConfig, logger: Logger): Promise<RunningDatasets> {
  const identities = openIdentities(config);
  const parts = await openParts(config, logger);
  const { sweeper } = parts;
  const stopping = new AbortController();
  const implementation = datasetHandlers({ ...parts, stopping: stopping.signal }, logger);
  const tls = openServiceTls(config, logger);
  const offered = { name: "palate.dataset.v1.DatasetService", definition: DatasetServiceService, implementation };
  const services = [
    offered,
    auditService(parts.auditDocuments, parts.auditLog, logger),
    apiKeyService(parts.apiKeys, logger),
  ];
  const server = await startGrpcServer(config.listen, services, tls.server, identities);
  const contact = serveOnceReachable({ store: parts.store, server, sweeper, logger }, stopping.signal);
  return {
    port: server.port,
    async close() {
      stopping.abort();
      await server.close(config.drainSeconds * 1000);
      tls.close();
      await (await contact)?.close();
      await sweeper.close();
      await closeParts(parts);
    },
  };
}

/** Puts the parts of the service together. Nothing of them has asked MongoDB yet. */
async function openParts(config: DatasetsConfig, logger: Logger) {
  const folder = path.resolve(config.dataFolder);
  const work = config.workFolder === "" ? path.join(folder, "work") : path.join(config.workFolder, "palate-datasets");
  await removeLeftovers(work);
  const limits = { memoryMb: config.duckdbMemoryMb, threads: config.duckdbThreads, folder: work };
  const maxBytes = config.maxImportMb * MEBIBYTE;
  const duckdb = await DuckDb.open(limits);
  const store = openStore(config.mongodbUri, config.databasePrefix, config);
  const files = new ParquetStore(store.db, path.join(folder, "files"), new OpenedFiles(store.keys, work));
  const auditDocuments = new AuditDocuments(store.db);
  const groupStore = new MongoGroupStore(store, config.maxGroups);
  const groups = new Groups(groupStore, logger, config.eventIdWindow, (logId, manifest) =>
    readRecentIds(files, duckdb, logId, manifest, config.eventIdWindow),
  );
  const schemas = new Schemas(store, groups, config.maxSchemas);
  const locations = openLocations(config, folder, store.keys);
  const destinations = new Destinations(config.exportFolders, {
    ...s3Settings(config),
    buckets: config.s3ExportBuckets,
  });
  const analyses = new AnalysisStore(store);
  const analyser = new ImportAnalyser(analyses, files, limits, logger);
  const importer = new FileImporter(files, analyser, limits, maxBytes, deletedEraser(store, duckdb));
  const compactor = new Compactor(new StreamedParquet(files, duckdb, work), store.hints, config.compactRecords, logger);
  const owner = await jobOwner(folder);
  const common = { store, groups, files, duckdb, folder: work, owner, logger };
  const importJobs = new ImportJobs({ ...common, locations, importer });
  const exportJobs = new ExportJobs({ ...common, destinations });
  const eraser = new Eraser({ ...common, locations, analyses });
  const deletionJobs = new DeletionJobs({ ...common, compactor, importJobs, exportJobs, eraser });
  const swept = { store, groups, files, compactor, importJobs, exportJobs, deletionJobs, locations, analyses };
  return {
    ...swept,
    duckdb,
    schemas,
    persons: new PersonReader(common),
    apiKeys: new ApiKeys(store.db),
    auditDocuments,
    auditLog: new AuditLog(auditDocuments),
    sweeper: new Sweeper(swept, logger),
    inference: new SchemaInference(locations, limits, maxBytes),
    datasets: new Datasets(groups, schemas),
    trackers: new Trackers(store, groups),
    filters: new Filters(groups),
    recorder: new Recorder(groups, (group) => compactor.consider(group)),
    feed: new ChangeFeed(new SnapshotReader(new ParquetRows(files, duckdb)), logger),
  };
}

type Parts = Awaited<ReturnType<typeof openParts>>;

/** Closes the parts, those first that give work to others. */
async function closeParts(parts: Parts): Promise<void> {
  await parts.deletionJobs.close();
  await parts.importJobs.close();
  await parts.exportJobs.close();
  await parts.locations.close();
  await parts.groups.close();
  await parts.compactor.close();
  await parts.store.close();
  parts.duckdb.close();
}

/** Removes what a crash left in the work folder; nothing in it outlives the process. */
async function removeLeftovers(work: string): Promise<void> {
  await mkdir(work, { recursive: true });
  for (const entry of await readdir(work)) await rm(path.join(work, entry), { recursive: true, force: true });
}

async function serveOnceReachable(
  { store, sweeper, server, logger }: Pick<Parts, "store" | "sweeper"> & { server: RunningGrpcServer; logger: Logger },
  stopping: AbortSignal,
): Promise<StoreWatch | undefined> {
  for (let attempt = 1; !stopping.aborted; attempt++) {
    try {
      await store.connect();
      const rewrapped = await store.keys.prepare();
      if (rewrapped > 0) logger.info({ rewrapped }, "data keys are wrapped with the newest key-encryption key");
      if (stopping.aborted) return;
      logger.info({ port: server.port }, "serving");
      void sweeper.sweep();
      return followStore(store, server, logger);
    } catch (thrown) {
      if (attempt === 1)
        logger.warn({ err: thrown }, "the database, or the keys to what is in it, cannot be used yet; trying on");
      await new Promise((resolve) => setTimeout(resolve, FIRST_CONTACT_MS));
    }
  }
}

/** Reports SERVING while the database answers, and whether it can be used: without it nothing is recorded, and nothing new is read. */
function followStore(store: Store, server: RunningGrpcServer, logger: Logger): StoreWatch {
  server.setServing(true);
  server.setDatabase(true);
  return store.watch((problem) => {
    if (problem) logger.error({ reason: problem.message }, "the database cannot be used");
    else logger.info("the database can be used");
    server.setServing(problem?.code !== "unavailable");
    server.setDatabase(problem === undefined);
  });
}
