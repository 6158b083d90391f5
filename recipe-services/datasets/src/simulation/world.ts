import type { Logger } from "@palate/host";
import { DatasetType } from "@palate/proto/dataset";
import type { Group } from "../group/group.js";
import type { GroupStore } from "../group/group-store.js";
import type { LogDocuments } from "../storage/log-documents.js";
import type { RecentIds } from "../group/recent-ids.js";
import { toArrowStream } from "../storage/arrow-chunk.js";
import type { StoredRows } from "../storage/stored-rows.js";
import type { StreamedFiles } from "../storage/streamed-files.js";
import { linkedFiles, linkedGroups, linkedRecentIds, StoreLink } from "./faults.js";
import { History, Verdict } from "./history.js";
import { Instance, InstanceGone } from "./instance.js";
import { MemoryFiles } from "./memory-files.js";
import { MemoryGroupStore } from "./memory-groups.js";
import type { Scheduler } from "./scheduler.js";
import { unpackedChunk } from "./unpacked-chunk.js";

/** The dataset group of the simulation. */
export const GROUP = "group";

/** What a simulated run is like; drawn from its seed. */
export interface Conditions {
  /** How likely a call to the store fails. */
  readonly faults: number;
  /** How likely time leaps at a step. */
  readonly leaps: number;
  /** How likely an instance is killed at a step. */
  readonly kills: number;
  /** Event ids remembered. */
  readonly eventIdWindow: number;
  /** Records in the log from which on it is compacted. */
  readonly compactRecords: number;
  /** How likely an instance falls asleep at a step. */
  readonly stalls: number;
  /** Commits of the log that are read at a time. */
  readonly readAhead: number;
  /** Whether chunks of snapshots are written and read as Arrow streams; few runs do, because that is slow. */
  readonly arrow: boolean;
  /** Whether datasets are deleted and made anew. */
  readonly recreates: boolean;
  /** Whether visitors without a user are among the events. */
  readonly visitors: boolean;
}

/**
 * Parts that are built wrongly on purpose, to see that the simulation finds it. Each gets the right part and makes the
 * wrong one of it.
 */
export interface Defects {
  readonly documents?: (right: LogDocuments) => LogDocuments;
  readonly files?: (right: StreamedFiles & StoredRows) => StreamedFiles & StoredRows;
  readonly remembered?: (right: RecentIds) => RecentIds;
}

const SCHEMAS = {
  [DatasetType.DATASET_TYPE_INTERACTIONS]: { name: "Interactions", columns: ["USER_ID", "ITEM_ID"], long: "TIMESTAMP" },
  [DatasetType.DATASET_TYPE_ITEMS]: { name: "Items", columns: ["ITEM_ID"], long: "SIZE" },
} as const;

/** Types of the datasets in the simulation. */
export type SimulatedType = keyof typeof SCHEMAS;

/** Everything that the actors of a simulation act in. */
export class World {
  readonly scheduler: Scheduler;
  readonly conditions: Conditions;
  readonly verdict = new Verdict();
  readonly history = new History(this.verdict);
  readonly files = new MemoryFiles();
  /** Set when nothing fails any more, so that everything comes to its end. */
  calm = false;
  /** Number of the last commit that was acknowledged. */
  acknowledged = 0;
  readonly #defects: Defects;
  readonly #store: GroupStore = new MemoryGroupStore();
  readonly #logs = new Map<string, LogDocuments>();
  readonly #instances: Instance[] = [];
  #started = 0;
  #kills = 0;
  #wake: (() => void) | undefined;

  constructor(scheduler: Scheduler, conditions: Conditions, defects: Defects, instances: number) {
    this.scheduler = scheduler;
    this.conditions = conditions;
    this.#defects = defects;
    scheduler.disturb = () => this.#disturb();
    for (let slot = 0; slot < instances; slot++) this.#instances.push(this.start());
  }

  /** Instances that were killed. */
  get kills(): number {
    return this.#kills;
  }

  /** An instance that is up. */
  anyInstance(): Instance {
    return this.scheduler.pick(this.#instances);
  }

  /** What may happen at any time: time leaps, an instance is killed, or one falls asleep while time leaps. */
  #disturb(): void {
    const { scheduler, conditions } = this;
    if (this.#wake) {
      if (scheduler.chance(0.04)) scheduler.leap();
      if (this.calm || scheduler.chance(0.01)) this.#wake();
    }
    if (this.calm) return;
    if (scheduler.chance(conditions.leaps)) scheduler.leap();
    if (scheduler.chance(conditions.kills)) this.#restartOne();
    if (!this.#wake && scheduler.chance(conditions.stalls)) this.#putToSleep();
  }

  #putToSleep(): void {
    const instance = this.anyInstance();
    this.scheduler.note(`${instance.name} falls asleep`);
    const wake = instance.stall();
    this.#wake = () => {
      this.#wake = undefined;
      this.scheduler.note(`${instance.name} wakes up`);
      wake();
    };
  }

  /** Kills an instance and starts another in its place. */
  #restartOne(): void {
    const slot = this.scheduler.random.integer(this.#instances.length);
    const old = this.#instances[slot]!;
    const next = this.start();
    this.scheduler.note(`${old.name} is killed; ${next.name} takes its place`);
    old.kill();
    this.#kills++;
    this.#instances[slot] = next;
  }

  /** Starts an instance that knows nothing yet. */
  start(): Instance {
    const name = `instance ${++this.#started}`;
    const link = new StoreLink(this.scheduler, name, () => (this.calm ? 0 : this.conditions.faults));
    const files = this.#defects.files?.(this.files) ?? this.files;
    const { eventIdWindow, compactRecords, readAhead, arrow } = this.conditions;
    const read = linkedRecentIds(link, this.files, eventIdWindow);
    return new Instance({
      ...{ name, link, eventIdWindow, compactRecords, readAhead },
      encode: arrow ? toArrowStream : unpackedChunk,
      store: linkedGroups(link, { ...this.#methods(), log: (logId) => this.#watched(logId) }),
      files: linkedFiles(link, files),
      readRecentIds: async (logId, manifest) => {
        const right = await read(logId, manifest);
        return this.#defects.remembered?.(right) ?? right;
      },
      schemas: { get: async (schema) => schemaDocument(schema) },
      logger: this.#logger(name),
    });
  }

  /** Looks whether the group's log and files are what the last manifest says, which needs no instance. */
  checkStored(group: Group): void {
    const { manifest } = group.state;
    for (const dataset of manifest.datasets) {
      for (const { id } of dataset.files) {
        if (!this.files.has(id)) this.verdict.fail(`${id} is a file of the manifest and is not there`);
      }
    }
  }

  /** Asks an instance, and gives what it answered, or why it did not. */
  async ask<T>(instance: Instance, asked: Promise<T>): Promise<{ readonly answer: T } | { readonly error: unknown }> {
    try {
      return { answer: await instance.answer(asked) };
    } catch (error) {
      if (!(error instanceof InstanceGone)) this.scheduler.note(() => `${instance.name} answers: ${String(error)}`);
      return { error };
    }
  }

  #methods(): GroupStore {
    const store = this.#store;
    return {
      hints: store.hints,
      log: (logId) => store.log(logId),
      add: (document) => store.add(document),
      find: (name) => store.find(name),
      list: () => store.list(),
      bury: (logId, atMs) => store.bury(logId, atMs),
      buriedAt: (logId) => store.buriedAt(logId),
      remove: (name) => store.remove(name),
      destroyKey: (logId) => store.destroyKey(logId),
      tracker: (logId) => store.tracker(logId),
    };
  }

  #watched(logId: string): LogDocuments {
    let log = this.#logs.get(logId);
    if (log === undefined) {
      const watched = this.history.watch(this.#store.log(logId));
      this.#logs.set(logId, (log = this.#defects.documents?.(watched) ?? watched));
    }
    return log;
  }

  #logger(name: string): Logger {
    const say = (fields: { readonly err?: unknown }, message: string) =>
      this.scheduler.note(
        () => `${name} logs: ${message}${fields.err === undefined ? "" : ` (${String(fields.err)})`}`,
      );
    return { debug: say, info: say, warn: say, error: say } as unknown as Logger;
  }
}

function schemaDocument(name: string) {
  const [type, { columns, long }] = Object.entries(SCHEMAS).find(([, schema]) => schema.name === name)!;
  const fields = [
    ...columns.map((column) => ({ name: column, type: "string" })),
    { name: long, type: long === "SIZE" ? ["long", "null"] : "long" },
  ];
  const schema = JSON.stringify({ type: "record", name, namespace: "palate.schema", fields, version: "1.0" });
  return { _id: name, datasetType: Number(type) as DatasetType, schema, createdAtMs: 0 };
}

/** The name of the schema of a type, which is that of its dataset too. */
export function schemaOf(type: SimulatedType): string {
  return SCHEMAS[type].name;
}
