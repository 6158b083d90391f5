import { unavailable } from "@palate/host";
import type { GroupStore } from "../group/group-store.js";
import type { LogHints } from "../storage/log-hint.js";
import type { Inserted, LogDocument, LogDocuments } from "../storage/log-documents.js";
import type { DataFile, DatasetEntry, Manifest } from "../schema/manifest.js";
import type { OpenRows, StoredRows } from "../storage/stored-rows.js";
import type { Run, StreamedFiles } from "../storage/streamed-files.js";
import type { MemoryFiles } from "./memory-files.js";
import type { Scheduler } from "./scheduler.js";

/** A request that the store got although its sender was told otherwise arrives within this time, in milliseconds. */
const LATE_MS = 20_000;

/** How likely a call, and how likely its answer, arrives before anything else happens. */
const AT_ONCE = 0.6;

const away = () => unavailable("The simulated store cannot be reached.");

/**
 * The way from one instance of the service to the store. Each call waits twice for its turn, before the store does it and
 * before the answer is back, and may fail at both places. When the instance is gone, calls on their way may still arrive,
 * and no answer ever does.
 */
export class StoreLink {
  readonly #scheduler: Scheduler;
  readonly #name: string;
  /** How likely each call fails. */
  readonly #faults: () => number;
  #cut = false;
  #stalled: Promise<void> | undefined;

  constructor(scheduler: Scheduler, name: string, faults: () => number) {
    this.#scheduler = scheduler;
    this.#name = name;
    this.#faults = faults;
  }

  /** Drops everything that is on its way, because the instance is gone. */
  cut(): void {
    this.#cut = true;
  }

  /** Holds up everything that is on its way, as when the process sleeps; call the result to let it go on. */
  stall(): () => void {
    let end = (): void => {};
    this.#stalled = new Promise((resolve) => (end = resolve));
    return () => {
      this.#stalled = undefined;
      end();
    };
  }

  /** Asks the store for something. */
  async call<T>(what: string, effect: () => T | Promise<T>): Promise<T> {
    await this.#before(what);
    if (this.#fails()) {
      this.#scheduler.note(`${this.#name}: ${what} does not reach the store`);
      throw away();
    }
    const result = await effect();
    await this.#after(what);
    if (this.#fails()) {
      this.#scheduler.note(`${this.#name}: the answer to ${what} is lost`);
      throw away();
    }
    return result;
  }

  /** Inserts a document: the one call of which it must be told whether it may have had an effect. */
  async insert(what: string, documents: LogDocuments, document: LogDocument): Promise<Inserted> {
    await this.#before(what);
    if (this.#fails()) return this.#lose(what, documents, document);
    const inserted = await documents.insert(document);
    await this.#after(what);
    if (!this.#fails()) return inserted;
    this.#scheduler.note(`${this.#name}: the answer to ${what} is lost (${inserted.outcome})`);
    return { outcome: "unknown", error: away() };
  }

  /** What becomes of an insert that gets no answer: never sent, lost on the way, or late. */
  #lose(what: string, documents: LogDocuments, document: LogDocument): Inserted {
    const scheduler = this.#scheduler;
    const fate = scheduler.pick(["unsent", "lost", "late"] as const);
    scheduler.note(`${this.#name}: ${what} is ${fate}`);
    if (fate === "unsent") throw away();
    const sentAt = Date.now();
    if (fate === "late") {
      void scheduler
        .turn(() => `${this.#name}: ${what} arrives late`)
        .then(() => (Date.now() - sentAt < LATE_MS ? documents.insert(document) : undefined));
    }
    return { outcome: "unknown", error: away() };
  }

  async #before(what: string): Promise<void> {
    if (this.#cut) await forever();
    if (!this.#atOnce()) await this.#scheduler.turn(() => `${this.#name}: ${what}`);
    while (this.#stalled) await this.#stalled;
    if (this.#cut && this.#scheduler.chance(0.5)) await forever();
  }

  async #after(what: string): Promise<void> {
    if (this.#atOnce()) return;
    await this.#scheduler.turn(() => `${this.#name}: ${what} is answered`);
    while (this.#stalled) await this.#stalled;
    if (this.#cut) await forever();
  }

  /** Whether this goes on before anything else happens. */
  #atOnce(): boolean {
    return !this.#cut && !this.#stalled && this.#scheduler.chance(AT_ONCE);
  }

  #fails(): boolean {
    return this.#scheduler.chance(this.#faults());
  }
}

function forever(): Promise<never> {
  return new Promise(() => {});
}

/** The dataset groups as an instance sees them through its link. */
export function linkedGroups(link: StoreLink, store: GroupStore): GroupStore {
  const hints: LogHints = {
    read: (logId) => link.call("read hint", () => store.hints.read(logId)),
    advance: (logId, hint) => {
      const values = `${hint.manifestSequence ?? "-"}/${hint.deletedThrough ?? "-"}`;
      return link.call(`advance hint to ${values}`, () => store.hints.advance(logId, hint));
    },
    remove: (logId) => link.call("remove hint", () => store.hints.remove(logId)),
  };
  return {
    hints,
    log: (logId) => linkedDocuments(link, store.log(logId)),
    add: (document) => link.call("add group", () => store.add(document)),
    find: (name) => link.call("find group", () => store.find(name)),
    list: () => link.call("list groups", () => store.list()),
    bury: (logId, atMs) => link.call("bury group", () => store.bury(logId, atMs)),
    buriedAt: (logId) => link.call("ask for deleted group", () => store.buriedAt(logId)),
    remove: (name) => link.call("remove group", () => store.remove(name)),
    destroyKey: (logId) => link.call("destroy key", () => store.destroyKey(logId)),
    tracker: (logId) => link.call("find tracker", () => store.tracker(logId)),
  };
}

function linkedDocuments(link: StoreLink, documents: LogDocuments): LogDocuments {
  return {
    find: (id) => link.call(`find ${Number(id)}`, () => documents.find(id)),
    insert: (document) => link.insert(`insert ${Number(document.id)}`, documents, document),
    replaceRecords: (id, records) => link.call(`rewrite ${Number(id)}`, () => documents.replaceRecords(id, records)),
    remove: (id) => link.call(`delete ${Number(id)}`, () => documents.remove(id)),
    drop: () => link.call("drop log", () => documents.drop()),
  };
}

/** The files as an instance sees them through its link. */
export function linkedFiles(link: StoreLink, files: StreamedFiles & StoredRows): StreamedFiles & StoredRows {
  return {
    write: (logId: string, dataset: DatasetEntry, run: Run): Promise<DataFile> =>
      link.call("write file", () => files.write(logId, dataset, run)),
    remove: (logId, id) => link.call(`delete ${id}`, () => files.remove(logId, id)),
    removeLater: (logId, ids) => files.removeLater(logId, ids),
    open: async (logId, manifest, commits): Promise<OpenRows> => {
      const rows = await link.call("open files", () => files.open(logId, manifest, commits));
      return {
        userOf: (sessionId) => rows.userOf(sessionId),
        async *read(file, dataset, columns) {
          await link.call(`read ${file.id}`, () => undefined);
          yield* rows.read(file, dataset, columns);
        },
        close: () => rows.close(),
      };
    },
  };
}

/** What writers ask of the files, through an instance's link. */
export function linkedRecentIds(link: StoreLink, files: MemoryFiles, most: number) {
  return (_logId: string, manifest: Manifest) =>
    link.call("read event ids of files", () => files.remembered(manifest, most));
}
