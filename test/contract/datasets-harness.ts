import { datasetsOptions, startDatasets } from "@palate/datasets";
import {
  createClient,
  createLogger,
  loadConfig,
  openIdentities,
  openServiceTls,
  signAs,
  streamCall,
  unaryCall,
  type CallSettings,
} from "@palate/host";
import {
  type ChangeBatch,
  DatasetServiceClient,
  DatasetType,
  ImportMode,
  Interaction,
  ResourceStatus,
  type CreateDatasetImportJobRequest,
  type DatasetImportJob,
  type ReadResponse,
  type UploadFileResponse,
} from "@palate/proto/dataset";
import { tableFromIPC } from "apache-arrow";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

export const {
  DATASET_TYPE_INTERACTIONS,
  DATASET_TYPE_ITEMS,
  DATASET_TYPE_USERS,
  DATASET_TYPE_ACTIONS,
  DATASET_TYPE_ACTION_INTERACTIONS,
} = DatasetType;

const field = (name: string, type: string | string[], more: object = {}) => ({ name, type, ...more });

/** Schemas that the tests share. */
export const SCHEMAS = {
  interactions: {
    type: "record",
    name: "Interactions",
    fields: [
      field("USER_ID", "string"),
      field("ITEM_ID", "string"),
      field("TIMESTAMP", "long"),
      field("EVENT_TYPE", ["string", "null"]),
      field("EVENT_VALUE", ["float", "null"]),
      field("QUANTITY", ["int", "null"]),
    ],
  },
  items: {
    type: "record",
    name: "Items",
    fields: [
      field("ITEM_ID", "string"),
      field("GENRES", ["string", "null"], { categorical: true }),
      field("NUMBER_OF_RATINGS", ["int", "null"]),
    ],
  },
  users: { type: "record", name: "Users", fields: [field("USER_ID", "string"), field("AGE", ["int", "null"])] },
  actions: {
    type: "record",
    name: "Actions",
    fields: [
      field("ACTION_ID", "string"),
      field("VALUE", ["long", "null"]),
      field("ACTION_EXPIRATION_TIMESTAMP", ["long", "null"]),
      field("REPEAT_FREQUENCY", ["long", "null"]),
      field("KIND", ["string", "null"], { categorical: true }),
    ],
  },
  actionInteractions: {
    type: "record",
    name: "ActionInteractions",
    fields: [
      field("USER_ID", "string"),
      field("ACTION_ID", "string"),
      field("EVENT_TYPE", "string"),
      field("TIMESTAMP", "long"),
      field("CHANNEL", ["string", "null"], { categorical: true }),
    ],
  },
};

/** The rows of each dataset as plain objects, and the cursor behind them. */
export interface ReadRows {
  readonly interactions: Record<string, unknown>[];
  readonly items: Record<string, unknown>[];
  readonly users: Record<string, unknown>[];
  readonly actions: Record<string, unknown>[];
  readonly actionInteractions: Record<string, unknown>[];
  cursor: string;
}

const KEYS = { 1: "interactions", 2: "items", 3: "users", 4: "actions", 5: "actionInteractions" } as const;

/** The rows of an Arrow chunk; 64-bit numbers as numbers. */
export function rowsOf(arrowIpc: Uint8Array): Record<string, unknown>[] {
  return tableFromIPC(arrowIpc)
    .toArray()
    .map((row: { toJSON(): Record<string, unknown> }) =>
      Object.fromEntries(
        Object.entries(row.toJSON()).map(([key, value]) => [
          key,
          typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value,
        ]),
      ),
    );
}

/** A reader that follows a group and remembers everything it was sent. */
export class Follower {
  readonly interactions: Interaction[] = [];
  readonly batches: ChangeBatch[] = [];
  readonly messages: ReadResponse[] = [];
  snapshots = 0;
  cursor = "";
  error: unknown;
  readonly #abort = new AbortController();
  readonly #ended: Promise<void>;
  #wake: () => void = () => {};

  constructor(client: DatasetServiceClient, datasetGroup: string, fromCursor: string = "") {
    this.#ended = this.#run(client, datasetGroup, fromCursor);
  }

  /** Waits until the condition holds. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.error) throw new Error("the stream ended", { cause: this.error });
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Waits until the stream has ended by itself. */
  ended(): Promise<void> {
    return this.#ended;
  }

  /** Calls the stream off. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#ended;
  }

  async #run(client: DatasetServiceClient, datasetGroup: string, fromCursor: string): Promise<void> {
    const request = { datasetGroup, fromCursor, follow: true };
    try {
      for await (const message of streamCall(client, client.read, request, { signal: this.#abort.signal })) {
        this.#take(message);
        this.#wake();
      }
      this.error = new Error("the server ended the stream");
    } catch (thrown) {
      this.error = thrown;
    }
    this.#wake();
  }

  #take(message: ReadResponse): void {
    this.messages.push(message);
    if (message.snapshotEnd) {
      this.snapshots++;
      this.cursor = message.snapshotEnd.cursor;
    }
    if (message.changeBatch) {
      this.batches.push(message.changeBatch);
      this.interactions.push(...message.changeBatch.interactions);
      this.cursor = message.changeBatch.cursor;
    }
  }
}

/** A datasets service with a client, and what tests do with it again and again. */
export class Harness {
  readonly client: DatasetServiceClient;
  /** Where it listens. */
  readonly address: string;
  readonly importFolder: string;
  readonly #stop: () => Promise<void>;

  private constructor(client: DatasetServiceClient, address: string, importFolder: string, stop: () => Promise<void>) {
    this.client = client;
    this.address = address;
    this.importFolder = importFolder;
    this.#stop = stop;
  }

  /** Starts a service in this process, on a free port and with a data folder of its own. */
  static async start(mongodbUri: string, databasePrefix: string, env: Record<string, string> = {}): Promise<Harness> {
    const folder = await mkdtemp(path.join(tmpdir(), "palate-datasets-"));
    const importFolder = path.join(folder, "import");
    const config = loadConfig(datasetsOptions, {
      MONGODB_URI: mongodbUri,
      PALATE_DATABASE_PREFIX: databasePrefix,
      PALATE_LISTEN: "127.0.0.1:0",
      PALATE_DATASETS_FOLDER: path.join(folder, "data"),
      PALATE_IMPORT_FOLDERS: importFolder,
      PALATE_DRAIN_SECONDS: "5",
      ...env,
    });
    const logger = createLogger("datasets", "error");
    const service = await startDatasets(config, logger).catch(async (error: unknown) => {
      await rm(folder, { recursive: true, force: true });
      throw error;
    });
    const address = `127.0.0.1:${service.port}`;
    const tls = openServiceTls(config, logger);
    const identity = signAs(openIdentities(config), "tests", "admin");
    const client = createClient(DatasetServiceClient, address, { channel: tls.client, identity });
    return new Harness(client, address, importFolder, async () => {
      client.close();
      tls.close();
      await service.close();
      await rm(folder, { recursive: true, force: true });
    });
  }

  /** Stops the service and removes its folder. */
  stop(): Promise<void> {
    return this.#stop();
  }

  /** Makes a group with the datasets asked for. */
  async makeGroup(name: string, types: readonly (keyof typeof SCHEMAS)[] = ["interactions"]): Promise<void> {
    const { client } = this;
    await unaryCall(client, client.createDatasetGroup, { name });
    for (const type of types) {
      const schemaName = `${name}-${type}`;
      const schema = JSON.stringify(SCHEMAS[type]);
      const created = await unaryCall(client, client.createSchema, { name: schemaName, schema, datasetType: 0 });
      const datasetType = created.schema!.datasetType;
      await unaryCall(client, client.createDataset, { datasetGroup: name, name: type, datasetType, schemaName });
    }
  }

  /** Uploads a file and returns its location. */
  upload(fileName: string, content: string | Buffer): Promise<string> {
    return new Promise((resolve, reject) => {
      const call = this.client.uploadFile((error, response: UploadFileResponse) =>
        error ? reject(error) : resolve(response.location),
      );
      const bytes = Buffer.from(content);
      call.write({ fileName, data: bytes.subarray(0, 10) });
      const most = 1024 * 1024;
      for (let at = 10; at < bytes.length; at += most)
        call.write({ fileName: "", data: bytes.subarray(at, at + most) });
      call.end();
    });
  }

  /** Runs an import job to its end: a FULL one of the one location, unless `other` says more. */
  async runImport(
    datasetGroup: string,
    jobName: string,
    datasetType: DatasetType,
    location: string,
    other: Partial<Pick<CreateDatasetImportJobRequest, "importMode" | "dryRun" | "locations" | "mapping">> = {},
  ): Promise<DatasetImportJob> {
    const { client } = this;
    const usual = { locations: [], importMode: ImportMode.IMPORT_MODE_FULL, dryRun: false, mapping: undefined };
    const request = { datasetGroup, jobName, datasetType, location, ...usual, ...other };
    await unaryCall(client, client.createDatasetImportJob, request);
    for (;;) {
      const { datasetImportJob } = await unaryCall(client, client.getDatasetImportJob, { datasetGroup, jobName });
      if (datasetImportJob!.status >= ResourceStatus.RESOURCE_STATUS_ACTIVE) return datasetImportJob!;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Sends interactions. */
  putEvents(datasetGroup: string, interactions: readonly Partial<Interaction>[], settings: CallSettings = {}) {
    const request = { datasetGroup, interactions: interactions.map((given) => Interaction.fromPartial(given)) };
    return unaryCall(this.client, this.client.putEvents, request, settings);
  }

  /** Reads all that a group holds. */
  async read(datasetGroup: string, fromCursor: string = ""): Promise<ReadRows> {
    const rows: ReadRows = { interactions: [], items: [], users: [], actions: [], actionInteractions: [], cursor: "" };
    const request = { datasetGroup, fromCursor, follow: false };
    for await (const message of streamCall(this.client, this.client.read, request)) {
      const chunk = message.snapshotChunk;
      if (chunk) rows[KEYS[chunk.datasetType as keyof typeof KEYS]].push(...rowsOf(chunk.arrowIpc));
      if (message.snapshotEnd) rows.cursor = message.snapshotEnd.cursor;
    }
    return rows;
  }

  /** Follows a group. */
  follow(datasetGroup: string, fromCursor: string = ""): Follower {
    return new Follower(this.client, datasetGroup, fromCursor);
  }
}
