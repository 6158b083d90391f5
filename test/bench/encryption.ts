import { datasetsOptions, startDatasets } from "@palate/datasets";
import { createClient, createLogger, loadConfig, unaryCall } from "@palate/host";
import { DatasetServiceClient, DatasetType, ImportMode, Interaction, ResourceStatus } from "@palate/proto/dataset";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { keyText } from "../support/encryption.js";
import { startTestMongo, temporaryFolder } from "../support/mongo.js";
import { median } from "./percentiles.js";

/** Rows of each import, and events of each load. */
const SIZE = { rows: 300_000, calls: 100, eventsOfACall: 100 };

/** Loads of events for each import: they are shorter, and vary more. */
const LOADS = 4;

/** Cost of one kind of work with and without encryption. */
export interface EncryptionFigures {
  readonly what: string;
  /** Medians in seconds, of the clock and of this process's processors. */
  readonly plainSeconds: number;
  readonly encryptedSeconds: number;
  readonly plainCpuSeconds: number;
  readonly encryptedCpuSeconds: number;
  /** Encrypted to plain, of the medians. */
  readonly ratio: number;
  readonly cpuRatio: number;
}

/** One measurement. */
interface Spent {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

async function spent(work: () => Promise<void>): Promise<Spent> {
  const [before, started] = [process.cpuUsage(), performance.now()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - started) / 1_000, cpuSeconds: (user + system) / 1_000_000 };
}

/** A datasets service in this process, with or without encryption. */
async function startOne(uri: string, prefix: string, folder: string, key: string) {
  const importFolder = path.join(folder, "import");
  const config = loadConfig(datasetsOptions, {
    MONGODB_URI: uri,
    PALATE_DATABASE_PREFIX: prefix,
    PALATE_LISTEN: "127.0.0.1:0",
    PALATE_DATASETS_FOLDER: path.join(folder, prefix),
    PALATE_IMPORT_FOLDERS: importFolder,
    PALATE_ENCRYPTION_KEY: key,
    // Compaction would fall into one load or the other.
    PALATE_COMPACT_RECORDS: "10000000",
  });
  const service = await startDatasets(config, createLogger("datasets", "error"));
  const client = createClient(DatasetServiceClient, `127.0.0.1:${service.port}`);
  const field = (name: string, type: string) => ({ name, type });
  const fields = [field("USER_ID", "string"), field("ITEM_ID", "string"), field("TIMESTAMP", "long")];
  const schema = JSON.stringify({ type: "record", name: "Interactions", fields });
  const datasetType = DatasetType.DATASET_TYPE_INTERACTIONS;
  await unaryCall(client, client.createDatasetGroup, { name: "shop" });
  await unaryCall(client, client.createSchema, { name: "schema", schema, datasetType });
  const dataset = { datasetGroup: "shop", name: "interactions", datasetType, schemaName: "schema" };
  await unaryCall(client, client.createDataset, dataset);
  return {
    async importFile(jobName: string, location: string): Promise<void> {
      const job = { datasetGroup: "shop", jobName };
      const usual = { locations: [], importMode: ImportMode.IMPORT_MODE_FULL, dryRun: false, mapping: undefined };
      await unaryCall(client, client.createDatasetImportJob, { ...job, datasetType, location, ...usual });
      for (;;) {
        const { datasetImportJob } = await unaryCall(client, client.getDatasetImportJob, job);
        const { status = 0, failureReason = "" } = datasetImportJob ?? {};
        if (status === ResourceStatus.RESOURCE_STATUS_ACTIVE) return;
        if (status > ResourceStatus.RESOURCE_STATUS_ACTIVE) throw new Error(failureReason);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    async sendEvents(): Promise<void> {
      for (let call = 0; call < SIZE.calls; call++) {
        const interactions = Array.from({ length: SIZE.eventsOfACall }, (_, n) =>
          Interaction.fromPartial({ userId: `u${n}`, itemId: `i${call}`, timestamp: 1_700_000_000, eventType: "view" }),
        );
        await unaryCall(client, client.putEvents, { datasetGroup: "shop", interactions });
      }
    },
    async close(): Promise<void> {
      client.close();
      await service.close();
    },
  };
}

function compare(what: string, plain: readonly Spent[], encrypted: readonly Spent[]): EncryptionFigures {
  const ratio = (of: (one: Spent) => number) => median(encrypted.map(of)) / median(plain.map(of));
  const seconds = ({ seconds }: Spent) => seconds;
  const cpu = ({ cpuSeconds }: Spent) => cpuSeconds;
  return {
    what,
    plainSeconds: median(plain.map(seconds)),
    encryptedSeconds: median(encrypted.map(seconds)),
    plainCpuSeconds: median(plain.map(cpu)),
    encryptedCpuSeconds: median(encrypted.map(cpu)),
    ratio: ratio(seconds),
    cpuRatio: ratio(cpu),
  };
}

/**
 * Imports a file and sends events again and again, to a service that encrypts and one that does not in turn.
 * @param rounds times each is done; one more comes first and does not count
 */
export async function measureEncryption(rounds: number): Promise<EncryptionFigures[]> {
  const [mongo, folder] = await Promise.all([startTestMongo(), temporaryFolder()]);
  const file = path.join(folder, "import", "rows.csv");
  await mkdir(path.dirname(file), { recursive: true });
  const rows = Array.from(
    { length: SIZE.rows },
    (_, n) => `user-${(n * 7_919) % 50_021},item-${(n * 104_729) % 20_011},${1_700_000_000 + n}`,
  );
  await writeFile(file, `USER_ID,ITEM_ID,TIMESTAMP\n${rows.join("\n")}\n`);
  const plain = await startOne(mongo.uri, mongo.databaseName("plain"), folder, "");
  const encrypted = await startOne(mongo.uri, mongo.databaseName("encrypted"), folder, keyText(1));
  type Service = typeof plain;
  /** Does something with both in turn, the first one changing; the first round does not count. */
  const measure = async (times: number, work: (service: Service, round: number) => Promise<void>) => {
    const spentBy = new Map<Service, Spent[]>([
      [plain, []],
      [encrypted, []],
    ]);
    for (let round = 0; round <= times; round++) {
      for (const service of round % 2 === 0 ? [plain, encrypted] : [encrypted, plain]) {
        const one = await spent(() => work(service, round));
        if (round > 0) spentBy.get(service)?.push(one);
      }
    }
    return [spentBy.get(plain) ?? [], spentBy.get(encrypted) ?? []] as const;
  };
  try {
    const events = await measure(LOADS * rounds, (service) => service.sendEvents());
    const imports = await measure(rounds, (service, round) => service.importFile(`round-${round}`, file));
    return [
      compare(`${SIZE.calls} calls with ${SIZE.eventsOfACall} events`, ...events),
      compare(`import of ${SIZE.rows} rows`, ...imports),
    ];
  } finally {
    await plain.close();
    await encrypted.close();
    await mongo.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
