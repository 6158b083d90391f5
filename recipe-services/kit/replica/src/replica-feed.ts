import { PalateError, streamCall, toPalateError, unavailable, type Logger } from "@palate/host";
import type { ChangeBatch, DatasetServiceClient, ReadResponse } from "@palate/proto/dataset";
import { setTimeout as sleep } from "node:timers/promises";
import { Listeners } from "./listeners.js";
import { Replica } from "./replica.js";
import { SnapshotBuffer } from "./rows/snapshot-buffer.js";

/** Milliseconds before the first retry; each further wait is twice as long, up to the maximum. */
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 5_000;

/** What a feed is made of. */
export interface ReplicaFeedOptions {
  /** The datasets service. */
  readonly client: DatasetServiceClient;
  /** The dataset group to follow. */
  readonly datasetGroup: string;
  /** Told of every snapshot, and of connections that end. */
  readonly logger: Logger;
  /**
   * Milliseconds without any message after which a connection counts as dead; default 30,000. The datasets service says
   * something every second.
   */
  readonly silenceMs?: number;
}

/**
 * Keeps a replica of one dataset group current for as long as the process lives. Starts by itself; reconnects for ever, and
 * goes on from where it was. While the datasets service is unreachable the replica stays usable and `dataAgeMs()` grows. When the
 * bulk data is replaced, a new replica is built beside the old one and then takes its place.
 */
export class ReplicaFeed {
  readonly #options: ReplicaFeedOptions;
  readonly #stopped = new AbortController();
  readonly #replaced: Listeners<Replica>;
  readonly #changed: Listeners<ChangeBatch>;
  readonly #ready: Promise<Replica>;
  readonly #running: Promise<void>;
  #becomeReady: (replica: Replica) => void = () => {};
  #replica: Replica | undefined;
  #building: { readonly buffer: SnapshotBuffer; readonly startedAt: number } | undefined;
  #cursor = "";
  #problem: PalateError | undefined;

  constructor(options: ReplicaFeedOptions) {
    this.#options = options;
    this.#replaced = new Listeners(options.logger);
    this.#changed = new Listeners(options.logger);
    this.#ready = new Promise((resolve, reject) => {
      this.#becomeReady = resolve;
      this.#stopped.signal.addEventListener("abort", () =>
        reject(
          new PalateError("cancelled", `The feed of "${options.datasetGroup}" was closed before its data arrived.`),
        ),
      );
    });
    this.#ready.catch(() => {}); // A rejection that nothing awaits must not count as unhandled.
    this.#running = this.#run();
  }

  /** The newest complete replica; undefined before the first snapshot has arrived. */
  get replica(): Replica | undefined {
    return this.#replica;
  }

  /** Resolves with the first replica. Rejects with `cancelled` when the feed is closed before. */
  get ready(): Promise<Replica> {
    return this.#ready;
  }

  /** Why the data could not be read at the last try; undefined while it is current, or before a first try has failed. */
  get problem(): PalateError | undefined {
    return this.#problem;
  }

  /** Milliseconds since the data was known to be current; Infinity before there is any. */
  dataAgeMs(): number {
    return this.#replica?.dataAgeMs() ?? Infinity;
  }

  /** Calls back with each new replica, once `replica` is it. Returns a function that ends it. */
  onReplace(listener: (replica: Replica) => void): () => void {
    return this.#replaced.add(listener);
  }

  /** Calls back with each commit, once the replica has it. Returns a function that ends it. */
  onChange(listener: (batch: ChangeBatch) => void): () => void {
    return this.#changed.add(listener);
  }

  /** Stops following. The replica stays as it is. */
  async close(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    for (let retryMs = FIRST_RETRY_MS; !signal.aborted; retryMs = Math.min(2 * retryMs, MAX_RETRY_MS)) {
      const current = await this.#follow();
      this.#building = undefined;
      if (current) retryMs = FIRST_RETRY_MS;
      // Jitter of up to half of it, so that many readers do not all reconnect at the same instant.
      await sleep(retryMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {});
    }
  }

  /** One connection from its beginning to its end. Returns whether it brought the replica up to date. */
  async #follow(): Promise<boolean> {
    const { client, datasetGroup, silenceMs = 30_000 } = this.#options;
    const connection = new AbortController();
    const stop = () => connection.abort();
    this.#stopped.signal.addEventListener("abort", stop, { once: true });
    // A connection can die without an error: after a long silence it is given up.
    const watchdog = setTimeout(stop, silenceMs);
    let current = false;
    try {
      const request = { datasetGroup, fromCursor: this.#cursor, follow: true };
      for await (const message of streamCall(client, client.read, request, { signal: connection.signal })) {
        if (this.#stopped.signal.aborted) break;
        watchdog.refresh();
        this.#take(message);
        if (this.#replica && !this.#building) {
          current = true;
          this.#problem = undefined;
        }
      }
      this.#logOnce(unavailable("The datasets service ended the feed."));
    } catch (error) {
      this.#logOnce(error);
    } finally {
      clearTimeout(watchdog);
      this.#stopped.signal.removeEventListener("abort", stop);
    }
    return current;
  }

  /** Logs why a connection ended, once until the replica is up to date again or the reason is of another kind. */
  #logOnce(error: unknown): void {
    const problem = toPalateError(error);
    const before = this.#problem;
    if (this.#stopped.signal.aborted) return;
    this.#problem = problem;
    if (before?.code === problem.code) return;
    const { datasetGroup, logger } = this.#options;
    const reason =
      problem.cause instanceof Error && problem.code === "internal" ? problem.cause.message : problem.message;
    logger.warn({ datasetGroup, reason }, "the data feed is interrupted; serving goes on with what is there");
  }

  #take(message: ReadResponse): void {
    if (message.snapshotStart) {
      this.#building = { buffer: new SnapshotBuffer(message.snapshotStart, false), startedAt: Date.now() };
    } else if (message.snapshotChunk) {
      this.#building?.buffer.add(message.snapshotChunk);
    } else if (message.snapshotEnd) {
      this.#replace(message.snapshotEnd.cursor);
    } else if (message.changeBatch && this.#replica && !this.#building) {
      this.#replica.apply(message.changeBatch);
      this.#cursor = message.changeBatch.cursor;
      // After an outage old commits come first: the replica is not current until the newest has arrived.
      this.#replica.markCurrent(Math.min(message.changeBatch.committedAtMs, Date.now()));
      this.#changed.emit(message.changeBatch);
    } else if (message.heartbeat && this.#replica && !this.#building) {
      this.#cursor = message.heartbeat.cursor;
      // Not the moment of its arrival: without its store the service still sends heartbeats, but knows of nothing newer.
      this.#replica.markCurrent(Math.min(message.heartbeat.asOfMs, Date.now()));
    }
  }

  /** Replaces what is served by the finished snapshot. */
  #replace(cursor: string): void {
    if (this.#building === undefined) return;
    const { buffer, startedAt } = this.#building;
    this.#building = undefined;
    const replica = new Replica(buffer, startedAt);
    this.#replica = replica;
    this.#cursor = cursor;
    const { datasetGroup, logger } = this.#options;
    logger.info(
      { datasetGroup, users: replica.userCount, items: replica.itemCount, rows: buffer.rowsSeen },
      "data loaded",
    );
    this.#becomeReady(replica);
    this.#replaced.emit(replica);
  }
}
