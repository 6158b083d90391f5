import { createClient, createLogger, handlersFor, startGrpcServer, type RunningGrpcServer } from "@palate/host";
import {
  ChangeBatch,
  DatasetServiceClient,
  DatasetServiceService,
  DatasetType,
  SnapshotStart,
  type Interaction,
  type ReadRequest,
  type ReadResponse,
  type SnapshotChunk,
} from "@palate/proto/dataset";
import {
  Bool,
  Dictionary,
  Float64,
  Int32,
  Int64,
  Table,
  tableToIPC,
  Utf8,
  vectorFromArray,
  type DataType,
  type Vector,
} from "apache-arrow";

/** A logger that says nothing. */
export const silent = createLogger("test", "silent");

type Kind = "string" | "int" | "long" | "double" | "boolean";
type Values = readonly (string | number | boolean | null)[];

const ARROW: Record<Kind, () => DataType> = {
  string: () => new Dictionary(new Utf8(), new Int32()),
  int: () => new Int32(),
  long: () => new Int64(),
  double: () => new Float64(),
  boolean: () => new Bool(),
};

/** A snapshot chunk with these columns; each says its Avro type and its values. */
export function chunkOf(datasetType: DatasetType, columns: Record<string, [Kind, Values]>): SnapshotChunk {
  const vectors = Object.entries(columns).map(([name, [kind, values]]): [string, Vector] => [
    name,
    vectorFromArray(kind === "long" ? values.map((v) => (v === null ? null : BigInt(v))) : values, ARROW[kind]()),
  ]);
  const table = new Table(Object.fromEntries(vectors));
  return { datasetType, arrowIpc: Buffer.from(tableToIPC(table, "stream")), rows: table.numRows };
}

/** A chunk of interactions: [user, item, timestamp] each. */
export function interactionsOf(rows: readonly (readonly [string, string, number])[]): SnapshotChunk {
  return chunkOf(DatasetType.DATASET_TYPE_INTERACTIONS, {
    USER_ID: ["string", rows.map((row) => row[0])],
    ITEM_ID: ["string", rows.map((row) => row[1])],
    TIMESTAMP: ["long", rows.map((row) => row[2])],
  });
}

/** The beginning of a snapshot whose items have a NAME (text), a PRICE (number) and NEW (boolean), and users an AGE. */
export function startOf(expectedRows = 0): SnapshotStart {
  const column = (name: string, type: string) => ({ name, type, nullable: true, categorical: false, textual: false });
  return {
    ...SnapshotStart.create(),
    expectedRows,
    datasets: [
      {
        datasetType: DatasetType.DATASET_TYPE_ITEMS,
        columns: [
          column("ITEM_ID", "string"),
          column("NAME", "string"),
          column("PRICE", "double"),
          column("NEW", "boolean"),
        ],
      },
      { datasetType: DatasetType.DATASET_TYPE_USERS, columns: [column("USER_ID", "string"), column("AGE", "int")] },
    ],
  };
}

/** One interaction of a change: what is not given is empty. */
export function eventOf(
  userId: string,
  itemId: string,
  timestamp: number,
  more: Partial<Interaction> = {},
): Interaction {
  const empty = { sessionId: "", eventType: "", eventId: "", recommendationId: "", impression: [], properties: "" };
  return { ...empty, userId, itemId, timestamp, ...more };
}

/** One commit: what is not given is empty. */
export function batchOf(cursor: string, more: Partial<ChangeBatch>): ChangeBatch {
  return { ...ChangeBatch.create(), cursor, committedAtMs: Date.now(), ...more };
}

/** A whole snapshot as messages. */
export function snapshotOf(cursor: string, ...chunks: SnapshotChunk[]): ReadResponse[] {
  const rows = chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
  return [
    { snapshotStart: startOf(rows) },
    ...chunks.map((snapshotChunk) => ({ snapshotChunk })),
    { snapshotEnd: { cursor } },
  ];
}

/** One Read call that a client has made, answered by the test. */
export class FakeRead {
  readonly #queue: (ReadResponse | "end" | Error)[] = [];
  #wake: () => void = () => {};

  constructor(
    /** What the client asked for. */
    readonly request: ReadRequest,
    readonly signal: AbortSignal,
  ) {
    signal.addEventListener("abort", () => this.#push("end"));
  }

  /** Sends messages. */
  send(...messages: ReadResponse[]): void {
    for (const message of messages) this.#push(message);
  }

  /** Ends the call. */
  end(): void {
    this.#push("end");
  }

  /** Fails the call. */
  fail(error: Error): void {
    this.#push(error);
  }

  #push(entry: ReadResponse | "end" | Error): void {
    this.#queue.push(entry);
    this.#wake();
  }

  async *messages(): AsyncGenerator<ReadResponse> {
    for (;;) {
      const entry = this.#queue.shift();
      if (entry === "end") return;
      if (entry instanceof Error) throw entry;
      if (entry) yield entry;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** A datasets service on a port of its own whose Read calls the test answers by hand: real gRPC, made-up data. */
export class FakeDatasets {
  readonly #waiting: ((read: FakeRead) => void)[] = [];
  readonly #arrived: FakeRead[] = [];
  #server: RunningGrpcServer | undefined;
  #port = 0;
  #client: DatasetServiceClient | undefined;

  /** Starts to listen: on any port the first time, on the same one after a stop. */
  async start(): Promise<this> {
    const read = handlersFor(silent).serverStream("Read", (request: ReadRequest, context) => {
      const call = new FakeRead(request, context.signal);
      const next = this.#waiting.shift();
      if (next) next(call);
      else this.#arrived.push(call);
      return call.messages();
    });
    this.#server = await startGrpcServer(`127.0.0.1:${this.#port}`, [
      {
        name: "palate.dataset.v1.DatasetService",
        definition: DatasetServiceService,
        implementation: { read },
      },
    ]);
    this.#port = this.#server.port;
    return this;
  }

  /** A client connected to it. */
  get client(): DatasetServiceClient {
    return (this.#client ??= createClient(DatasetServiceClient, `127.0.0.1:${this.#port}`));
  }

  /** The next Read call, once a client has made it. */
  nextRead(): Promise<FakeRead> {
    const arrived = this.#arrived.shift();
    return arrived ? Promise.resolve(arrived) : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Stops listening and cuts every call off. */
  async stop(): Promise<void> {
    await this.#server?.close(0);
    this.#server = undefined;
  }

  /** Stops for good. */
  async close(): Promise<void> {
    this.#client?.close();
    await this.stop();
  }
}
