import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { existsSync } from "node:fs";
import { PalateClient, RequestFailure, Supervisor, type DatasetType } from "@palate/local";

/** Palate on a temporary folder, for as long as the benchmark runs. */
export interface Setting {
  readonly supervisor: Supervisor;
  /** A folder for files of the benchmark itself. */
  readonly scratch: string;
  /** A client of the dataset group of this name. */
  client(datasetGroup: string): PalateClient;
  /** Stops everything and removes its data. */
  close(): Promise<void>;
}

/** Starts Palate on free ports. Files may be imported from `importFolders`. */
export async function openSetting(importFolders: readonly string[]): Promise<Setting> {
  const folder = await mkdtemp(path.join(tmpdir(), "palate-bench-"));
  const supervisor = await Supervisor.start({
    dataFolder: path.join(folder, "data"),
    ports: "free",
    importFolders,
    env: { ...process.env, PALATE_LOG_LEVEL: "warn" },
    onEvent: (event) => {
      if (event.kind === "problem") console.error(`! ${event.name}: ${event.message}`);
      if (event.kind === "ended") console.error(`! ${event.name} ended (${event.ending.how})`);
    },
  });
  return {
    supervisor,
    scratch: folder,
    client: (datasetGroup) => new PalateClient(supervisor.gatewayUrl, datasetGroup),
    async close() {
      await supervisor.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const FILES: readonly (readonly [DatasetType, string])[] = [
  ["ITEMS", "items.csv.gz"],
  ["USERS", "users.csv.gz"],
  ["INTERACTIONS", "interactions.csv.gz"],
];

/** What an import of a folder came to. */
export interface ImportedFolder {
  /** Rows of the interactions file. */
  readonly interactions: number;
  /** Seconds its import took, from the request until it was usable. */
  readonly seconds: number;
}

/** Imports a folder's files by path, with schemas inferred from them. */
export async function importFolder(client: PalateClient, folder: string): Promise<ImportedFolder> {
  await client.ensureDatasetGroup();
  let result = { interactions: 0, seconds: 0 };
  for (const [datasetType, name] of FILES) {
    const file = path.join(folder, name);
    if (!existsSync(file)) continue;
    await client.ensureDataset(datasetType, await client.inferSchema(file, datasetType));
    const started = performance.now();
    try {
      const job = await client.importFile(`${name.split(".")[0]}-import`, datasetType, file);
      result = { interactions: job.rows, seconds: (performance.now() - started) / 1_000 };
    } catch (error) {
      // Interactions are what everything rests on; attributes may be refused, which is said and left at that.
      if (datasetType === "INTERACTIONS" || !(error instanceof RequestFailure)) throw error;
      console.log(`${file} was refused: ${error.message}`);
    }
  }
  return result;
}
