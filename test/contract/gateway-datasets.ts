import {
  alreadyExists,
  failedPrecondition,
  invalidArgument,
  notFound,
  PalateError,
  createLogger,
  handlersFor,
  startGrpcServer,
  type RunningGrpcServer,
} from "@palate/host";
import {
  DatasetServiceService,
  DatasetType,
  ImportMode,
  InferSchemaResponse,
  ResourceStatus,
  type Dataset,
  type DatasetGroup,
  DatasetImportJob,
  type EventTracker,
  type InferSchemaRequest,
  type PutEventsRequest,
  type PutItemsRequest,
  type Schema,
  type UploadFileRequest,
} from "@palate/proto/dataset";

type Handlers = ReturnType<typeof handlersFor>;

const now = 1_700_000_000_000;

const byName = <T extends { name: string }>(rows: Iterable<T>) => [...rows].sort((a, b) => (a.name < b.name ? -1 : 1));

const page = <T>(rows: T[], size: number, token: string) => {
  const start = Number(token || 0);
  const end = start + Math.min(size || 100, 3);
  return { rows: rows.slice(start, end), nextPageToken: end < rows.length ? String(end) : "" };
};

/** A datasets service in memory: real gRPC, as much behaviour as the gateway can be told apart by. */
export class MemoryDatasets {
  /** What was put, for tests to look at. */
  readonly events: PutEventsRequest[] = [];
  /** What was put, for tests to look at. */
  readonly items: PutItemsRequest[] = [];
  /** Uploaded files by location. */
  readonly files = new Map<string, { name: string; bytes: number; head: string }>();
  /** Set by a test to make the next upload read slowly. */
  uploadGate: Promise<void> | undefined;
  /** Bytes of the upload that is going on. */
  uploadedBytes = 0;
  /** Whether the last upload was cut off. */
  uploadCancelled = false;
  #server!: RunningGrpcServer;
  readonly #groups = new Map<string, DatasetGroup>();
  readonly #schemas = new Map<string, Schema>();
  readonly #datasets = new Map<string, Dataset>();
  readonly #jobs = new Map<string, DatasetImportJob>();
  readonly #trackers = new Map<string, EventTracker>();

  /** "host:port". */
  get address(): string {
    return `127.0.0.1:${this.#server.port}`;
  }

  #group(name: string): DatasetGroup {
    const group = this.#groups.get(name);
    if (!group) throw notFound("dataset group", name);
    return group;
  }

  /** Dataset groups. */
  #groupMethods({ unary }: Handlers) {
    return {
      createDatasetGroup: unary("createDatasetGroup", ({ name }: { name: string }) => {
        if (!/^[a-z0-9][\w-]{0,62}$/i.test(name))
          throw invalidArgument("The name is not usable.", [
            { field: "name", message: `"${name}" must start with a letter or digit.` },
          ]);
        if (name === "explode") throw new Error("secret stack of the datasets service");
        if (this.#groups.has(name)) throw alreadyExists("dataset group", name);
        const datasetGroup = {
          name,
          status: ResourceStatus.RESOURCE_STATUS_ACTIVE,
          createdAtMs: now,
          updatedAtMs: now,
          uid: `uid-of-${name}`,
          lastDeletionCursor: "",
          lastDeletionAtMs: 0,
        };
        this.#groups.set(name, datasetGroup);
        return { datasetGroup };
      }),
      getDatasetGroup: unary("getDatasetGroup", ({ name }: { name: string }) => ({
        datasetGroup: this.#group(name),
        deletedAtMs: 0,
      })),
      listDatasetGroups: unary(
        "listDatasetGroups",
        ({ pageSize, pageToken }: { pageSize: number; pageToken: string }) => {
          const { rows, nextPageToken } = page(byName(this.#groups.values()), pageSize, pageToken);
          return { datasetGroups: rows, nextPageToken };
        },
      ),
      deleteDatasetGroup: unary("deleteDatasetGroup", ({ name, force }: { name: string; force: boolean }) => {
        this.#group(name);
        const used = [...this.#datasets.values()].some((dataset) => dataset.datasetGroup === name);
        if (used && !force) throw failedPrecondition(`"${name}" still has datasets; delete them or use force.`);
        this.#groups.delete(name);
        return {};
      }),
    };
  }

  /** Schemas. */
  #schemaMethods({ unary }: Handlers) {
    return {
      createSchema: unary("createSchema", ({ name, schema, datasetType }: Schema) => {
        const stored = { name, schema, datasetType, createdAtMs: now };
        this.#schemas.set(name, stored);
        return { schema: stored };
      }),
      getSchema: unary("getSchema", ({ name }: { name: string }) => {
        const schema = this.#schemas.get(name);
        if (!schema) throw notFound("schema", name);
        return { schema };
      }),
      listSchemas: unary("listSchemas", () => ({ schemas: byName(this.#schemas.values()), nextPageToken: "" })),
      deleteSchema: unary("deleteSchema", ({ name }: { name: string }) => {
        if (!this.#schemas.delete(name)) throw notFound("schema", name);
        return {};
      }),
      inferSchema: unary("inferSchema", ({ location, datasetType, mapping }: InferSchemaRequest) => {
        const file = this.files.get(location);
        if (!file) throw notFound("file", location);
        const header = file.head.split("\n")[0]!;
        return InferSchemaResponse.fromPartial({
          schema: JSON.stringify({ columns: header }),
          notes: ["From the header."],
          mapping: mapping ?? { columns: [{ name: "ITEM_ID", from: ["sku"] }] },
          layout: mapping ? "" : "A shop's items",
          datasetType: datasetType || DatasetType.DATASET_TYPE_ITEMS,
          ignoredColumns: ["COLOR"],
          preview: {
            fileColumns: header.split(","),
            fileRows: [{ values: [{ text: "a" }, {}] }],
            datasetColumns: ["ITEM_ID"],
            datasetRows: [{ values: [{ text: "a" }] }],
            problems: ["Line 2: PRICE is empty"],
          },
          warnings: ["PRICE is odd."],
        });
      }),
    };
  }

  /** Datasets. */
  #datasetMethods({ unary }: Handlers) {
    return {
      createDataset: unary("createDataset", (request: Dataset) => {
        this.#group(request.datasetGroup);
        const dataset = {
          ...request,
          status: ResourceStatus.RESOURCE_STATUS_ACTIVE,
          statistics: { importedRows: 3_000_000_000, streamedRows: 1, bytes: 9_000_000_000 },
          createdAtMs: now,
          updatedAtMs: now,
        };
        this.#datasets.set(`${request.datasetGroup}/${request.datasetType}`, dataset);
        return { dataset };
      }),
      getDataset: unary("getDataset", (request: { datasetGroup: string; datasetType: DatasetType }) => {
        const dataset = this.#datasets.get(`${request.datasetGroup}/${request.datasetType}`);
        if (!dataset) throw notFound("dataset", DatasetType[request.datasetType]);
        return { dataset };
      }),
      listDatasets: unary("listDatasets", ({ datasetGroup }: { datasetGroup: string }) => ({
        datasets: [...this.#datasets.values()].filter((dataset) => dataset.datasetGroup === datasetGroup),
      })),
    };
  }

  /** Import jobs, which stay half-way, and uploads. */
  #importMethods({ unary, clientStream }: Handlers) {
    return {
      createDatasetImportJob: unary("createDatasetImportJob", (request: DatasetImportJob) => {
        const datasetImportJob = {
          ...DatasetImportJob.fromPartial(request),
          importMode: request.importMode || ImportMode.IMPORT_MODE_FULL,
          status: ResourceStatus.RESOURCE_STATUS_CREATE_IN_PROGRESS,
          failureReason: "",
          problems: [],
          problemRows: 0,
          rows: 0,
          progress: 0.5,
          createdAtMs: now,
          updatedAtMs: now,
        };
        this.#jobs.set(`${request.datasetGroup}/${request.jobName}`, datasetImportJob);
        return { datasetImportJob };
      }),
      getDatasetImportJob: unary("getDatasetImportJob", (request: { datasetGroup: string; jobName: string }) => {
        const datasetImportJob = this.#jobs.get(`${request.datasetGroup}/${request.jobName}`);
        if (!datasetImportJob) throw notFound("import job", request.jobName);
        return { datasetImportJob };
      }),
      listDatasetImportJobs: unary("listDatasetImportJobs", ({ datasetGroup }: { datasetGroup: string }) => ({
        datasetImportJobs: [...this.#jobs.values()].filter((job) => job.datasetGroup === datasetGroup),
        nextPageToken: "",
      })),
      uploadFile: clientStream("uploadFile", async (requests: AsyncIterable<UploadFileRequest>, { signal }) => {
        let name = "";
        let head = "";
        this.uploadedBytes = 0;
        this.uploadCancelled = false;
        signal.addEventListener("abort", () => (this.uploadCancelled = true));
        for await (const { fileName, data } of requests) {
          await this.uploadGate;
          name ||= fileName;
          if (head.length < 100) head += data.toString("utf8", 0, 100);
          this.uploadedBytes += data.length;
        }
        // A cancelled call ends the stream as if the file were whole.
        if (signal.aborted) throw new PalateError("cancelled", "The upload was given up.");
        const location = `upload://${this.files.size + 1}`;
        this.files.set(location, { name, bytes: this.uploadedBytes, head });
        return { location, bytes: this.uploadedBytes };
      }),
    };
  }

  /** Event trackers and records. */
  #recordMethods({ unary }: Handlers) {
    return {
      createEventTracker: unary("createEventTracker", (request: { datasetGroup: string; name: string }) => {
        const eventTracker = { ...request, trackingId: `track-${request.name}`, createdAtMs: now };
        this.#trackers.set(request.datasetGroup, eventTracker);
        return { eventTracker };
      }),
      listEventTrackers: unary("listEventTrackers", ({ datasetGroup }: { datasetGroup: string }) => ({
        eventTrackers: this.#trackers.has(datasetGroup) ? [this.#trackers.get(datasetGroup)] : [],
      })),
      putEvents: unary("putEvents", (request: PutEventsRequest) => {
        if (request.datasetGroup === "full")
          throw new PalateError("unavailable", "The database does not answer; nothing was recorded.");
        this.events.push(request);
        return { cursor: `c${this.events.length}`, recorded: request.interactions.length };
      }),
      putItems: unary("putItems", (request: PutItemsRequest) => {
        this.items.push(request);
        return { cursor: `i${this.items.length}` };
      }),
    };
  }

  /** Serves on a free port. */
  async start(listen = "127.0.0.1:0"): Promise<this> {
    const handlers = handlersFor(createLogger("datasets", "silent"));
    const implementation = {
      ...this.#groupMethods(handlers),
      ...this.#schemaMethods(handlers),
      ...this.#datasetMethods(handlers),
      ...this.#importMethods(handlers),
      ...this.#recordMethods(handlers),
    };
    const service = { name: "palate.dataset.v1.DatasetService", definition: DatasetServiceService, implementation };
    this.#server = await startGrpcServer(listen, [service]);
    this.#server.setServing(true);
    this.#server.setDatabase(true);
    return this;
  }

  /** Says whether its database can be used. */
  setDatabase(usable: boolean): void {
    this.#server.setDatabase(usable);
  }

  /** Stops serving. */
  stop(): Promise<void> {
    return this.#server.close(0);
  }
}
