import { PalateError } from "@palate/host";
import { DatasetType, type ReadResponse } from "@palate/proto/dataset";
import { parseCursor } from "../storage/cursor.js";
import { recordsAsSent, rowOf, type Entry } from "./history.js";
import type { Instance } from "./instance.js";
import { textColumns } from "./unpacked-chunk.js";
import { GROUP, type World } from "./world.js";

/** What a reader has of a snapshot that is arriving, by dataset type. */
type Arriving = Map<DatasetType, string[]>;

/** Follows the group from wherever it is, and compares all that it gets with the history. */
export class Reader {
  readonly #world: World;
  readonly #name: string;
  /** Number of the commit that it is at; undefined before its first snapshot. */
  #at: number | undefined;
  #cursor = "";
  #arriving: Arriving | undefined;

  /** @param cursor where it begins; empty for nothing known */
  constructor(world: World, name: string, cursor: string = "") {
    this.#world = world;
    this.#name = name;
    this.#cursor = cursor;
    this.#at = parseCursor(cursor)?.sequence;
  }

  /** Number of the last commit it knows; 0 before the first. */
  get at(): number {
    return this.#at ?? 0;
  }

  /** Its cursor. */
  get cursor(): string {
    return this.#cursor;
  }

  /** Reads, breaks off and resumes until the world is calm. */
  async follow(): Promise<void> {
    const { scheduler } = this.#world;
    while (!this.#world.calm) {
      await scheduler.turn(`${this.#name} begins ${this.#at === undefined ? "anew" : `after commit ${this.#at}`}`);
      await this.read(this.#world.anyInstance(), scheduler.chance(0.7), 1 + scheduler.random.integer(30));
    }
  }

  /**
   * Reads once.
   * @param most messages after which it breaks off
   * @returns whether it came to the end
   */
  async read(instance: Instance, follow: boolean, most: number): Promise<boolean> {
    const { scheduler } = this.#world;
    const leaving = new AbortController();
    this.#arriving = undefined;
    const opened = await this.#world.ask(instance, instance.groups.open(GROUP, true));
    if ("error" in opened) return false;
    const request = { datasetGroup: GROUP, fromCursor: this.#cursor, follow };
    const messages = instance.feed.read(opened.answer, request, leaving.signal);
    const known = this.#world.acknowledged;
    for (let message = 0; message < most && !(follow && this.#world.calm); message++) {
      const outcome = await this.#world.ask(instance, messages.next());
      if ("error" in outcome) return this.#refused(outcome.error);
      if (!outcome.answer.done) this.#take(outcome.answer.value);
      if (outcome.answer.done || outcome.answer.value.snapshotEnd) this.#checkAge(known);
      if (outcome.answer.done) return true;
      if (scheduler.chance(0.3)) await scheduler.turn(`${this.#name} has read a message`);
    }
    leaving.abort();
    void messages.return(undefined);
    return false;
  }

  /** Without failures, whoever begins to read gets what was acknowledged before, whichever instance did that. */
  #checkAge(known: number): void {
    const { conditions, history, verdict } = this.#world;
    if (conditions.faults > 0) return;
    const missed = history.entries.slice(this.at, known).find(matters);
    if (missed) verdict.fail(`${this.#name} began after commit ${missed.sequence} and came to ${this.at}`);
  }

  #refused(error: unknown): boolean {
    const { verdict, calm } = this.#world;
    const clear = error instanceof PalateError ? ["unavailable", "not_found"].includes(error.code) : !calm;
    if (error instanceof PalateError && !clear) verdict.fail(`${this.#name} was refused: ${String(error)}`);
    return false;
  }

  #take(message: ReadResponse): void {
    const { snapshotStart, snapshotChunk, snapshotEnd, changeBatch, heartbeat } = message;
    if (snapshotStart) {
      this.#arriving = new Map(snapshotStart.datasets.map(({ datasetType }) => [datasetType, []]));
    } else if (snapshotChunk) this.#arriving!.get(snapshotChunk.datasetType)!.push(...rowsOf(snapshotChunk));
    else if (snapshotEnd) this.#completeSnapshot(snapshotEnd.cursor);
    else if (changeBatch) this.#takeChange(changeBatch.cursor, recordsAsSent(changeBatch));
    else if (heartbeat) this.#skipTo(heartbeat.cursor, false);
  }

  #completeSnapshot(cursor: string): void {
    const { history, verdict, scheduler } = this.#world;
    const { sequence } = parseCursor(cursor)!;
    scheduler.note(`${this.#name} has a snapshot of commit ${sequence}`);
    for (const type of [DatasetType.DATASET_TYPE_INTERACTIONS, DatasetType.DATASET_TYPE_ITEMS]) {
      const [got, expected] = [this.#arriving!.get(type), history.rowsAt(sequence, type)];
      if (String(got) === String(expected)) continue;
      verdict.fail(
        `${this.#name} got a snapshot of commit ${sequence} with ${DatasetType[type]} [${got}]; [${expected}] are right`,
      );
    }
    this.#moveTo(sequence, cursor);
  }

  #takeChange(cursor: string, records: string): void {
    const { history, verdict, scheduler } = this.#world;
    const { sequence } = parseCursor(cursor)!;
    scheduler.note(`${this.#name} is told of commit ${sequence}`);
    this.#skipTo(cursor, true);
    const entry = history.entries[sequence - 1];
    const expected = entry && !entry.manifest ? recordsAsSent(entry.records) : "no such records";
    if (records !== expected) verdict.fail(`${this.#name} got ${records} as commit ${sequence}; ${expected} is right`);
  }

  /** Goes to a commit; none before it may have been of interest, except itself when it is `told` of it. */
  #skipTo(cursor: string, told: boolean): void {
    const { history, verdict } = this.#world;
    const { sequence } = parseCursor(cursor)!;
    const from = this.#at ?? 0;
    if (sequence < from || (told && sequence === from)) {
      verdict.fail(`${this.#name} was at commit ${from} and is told of ${sequence}`);
    }
    const skipped = history.entries.slice(from, told ? sequence - 1 : sequence);
    const missed = skipped.find(matters);
    if (missed) verdict.fail(`${this.#name} went from commit ${from} to ${sequence} and missed ${missed.sequence}`);
    if (sequence > history.head)
      verdict.fail(`${this.#name} is told of commit ${sequence}; the last is ${history.head}`);
    this.#moveTo(sequence, cursor);
  }

  #moveTo(sequence: number, cursor: string): void {
    this.#at = sequence;
    this.#cursor = cursor;
  }
}

/** Whether readers must be told of a commit: it holds records, or replaces data. */
function matters({ manifest, sequence }: Entry): boolean {
  return !manifest || manifest.replacedAt === sequence;
}

/** The rows of a chunk: whose each is and what it is about. */
function rowsOf({ arrowIpc, datasetType }: { readonly arrowIpc: Uint8Array; readonly datasetType: DatasetType }) {
  const { rows, values } = textColumns(arrowIpc, ["USER_ID", "ITEM_ID"]);
  const [users, items] = values;
  const isItems = datasetType === DatasetType.DATASET_TYPE_ITEMS;
  return Array.from({ length: rows }, (_, row) => rowOf(isItems ? "" : String(users![row]), String(items![row])));
}
