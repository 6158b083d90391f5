import { streamCall, unaryCall } from "@palate/host";
import { Random } from "@palate/numeric";
import {
  Action,
  ActionInteraction,
  DatasetType,
  ExportFormat,
  IngestionMode,
  Interaction,
  Item,
  ResourceStatus,
  User,
} from "@palate/proto/dataset";
import { setTimeout as sleep } from "node:timers/promises";
import { Harness } from "../contract/datasets-harness.js";
import { startTestMongo } from "../support/mongo.js";
import { randomDataset, type Cell, type Label, type RandomDataset } from "./random-dataset.js";

/** Most rows of a dataset. */
const ROWS = 30;

/** What each format is called, and the ending of its files. */
const FORMATS = [
  [ExportFormat.EXPORT_FORMAT_CSV, "csv"],
  [ExportFormat.EXPORT_FORMAT_JSON_LINES, "jsonl"],
  [ExportFormat.EXPORT_FORMAT_PARQUET, "parquet"],
] as const;

const TYPES: Readonly<Record<Label, DatasetType>> = {
  Interactions: DatasetType.DATASET_TYPE_INTERACTIONS,
  Items: DatasetType.DATASET_TYPE_ITEMS,
  Users: DatasetType.DATASET_TYPE_USERS,
  Actions: DatasetType.DATASET_TYPE_ACTIONS,
  ActionInteractions: DatasetType.DATASET_TYPE_ACTION_INTERACTIONS,
};

/** What several rounds came to together. */
export interface RoundTripFigures {
  readonly rows: number;
  readonly exports: number;
}

/**
 * Fills datasets with imports and streamed records, exports them in every format, imports each export into a group of its own
 * with the same schema, and exports that again: every second export has the bytes of the first.
 * @param seed of the first round; the next has the next number
 * @throws Error with the `seed` of a round in which that does not hold
 */
export async function fuzzExportRoundTrip(seed: number, rounds: number): Promise<RoundTripFigures> {
  const mongo = await startTestMongo();
  const harness = await Harness.start(mongo.uri, mongo.databaseName("exports"), { PALATE_COMPACT_RECORDS: "10" });
  const figures = { rows: 0, exports: 0 };
  try {
    for (let each = seed; each < seed + rounds; each++) {
      const drawn = randomDataset(new Random(each), ROWS);
      try {
        figures.exports += await new RoundTrip(harness, `g${each}`, drawn).run(each);
      } catch (thrown) {
        throw Object.assign(new Error(`Seed ${each}: ${(thrown as Error).message}`, { cause: thrown }), { seed: each });
      }
      figures.rows += drawn.rows.length;
    }
    return figures;
  } finally {
    await harness.stop();
    await mongo.stop();
  }
}

/** One round. */
class RoundTrip {
  readonly #harness: Harness;
  readonly #name: string;
  readonly #drawn: RandomDataset;
  readonly #type: DatasetType;

  constructor(harness: Harness, name: string, drawn: RandomDataset) {
    this.#harness = harness;
    this.#name = name;
    this.#drawn = drawn;
    this.#type = TYPES[drawn.label];
  }

  /** @returns how many exports were compared */
  async run(seed: number): Promise<number> {
    const { rows } = this.#drawn;
    const source = `${this.#name}-source`;
    await this.#makeGroup(source);
    const imported = new Random(seed).integer(rows.length + 1);
    if (imported > 0) await this.#import(source, "first", "first.jsonl", linesOf(rows.slice(0, imported)));
    if (imported < rows.length) await this.#stream(source, rows.slice(imported).map(streamable));
    const first = await this.#exportAll(source);
    let compared = 0;
    for (const [, ending] of FORMATS) {
      const copy = `${this.#name}-${ending}`;
      await this.#makeGroup(copy);
      await this.#import(copy, "copy", `rows.${ending}`, first.get(ending)!);
      const second = await this.#exportAll(copy);
      for (const [, other] of FORMATS) {
        compared++;
        if (second.get(other)!.equals(first.get(other)!)) continue;
        const shown = other === "parquet" ? "" : `:\n${difference(first.get(other)!, second.get(other)!)}`;
        throw new Error(`imported as ${ending}, exported as ${other}, ${this.#drawn.label} are not the same${shown}`);
      }
    }
    return compared;
  }

  async #makeGroup(datasetGroup: string): Promise<void> {
    const { client } = this.#harness;
    const { label, fields } = this.#drawn;
    const schemaName = datasetGroup;
    const schema = JSON.stringify({ type: "record", name: label, fields });
    await unaryCall(client, client.createDatasetGroup, { name: datasetGroup });
    await unaryCall(client, client.createSchema, { name: schemaName, schema, datasetType: 0 });
    await unaryCall(client, client.createDataset, { datasetGroup, name: "rows", datasetType: this.#type, schemaName });
  }

  async #import(group: string, jobName: string, fileName: string, content: string | Buffer): Promise<void> {
    const location = await this.#harness.upload(fileName, content);
    const job = await this.#harness.runImport(group, jobName, this.#type, location);
    if (job.failureReason !== "") throw new Error(`${fileName} was refused: ${job.failureReason}`);
  }

  async #stream(datasetGroup: string, rows: readonly Streamed[]): Promise<void> {
    const { client } = this.#harness;
    switch (this.#drawn.label) {
      case "Interactions":
        await this.#harness.putEvents(
          datasetGroup,
          rows.map((row) => Interaction.fromJSON(row)),
        );
        return;
      case "ActionInteractions": {
        const actionInteractions = rows.map((row) => ActionInteraction.fromJSON(row));
        await unaryCall(client, client.putActionInteractions, { datasetGroup, actionInteractions });
        return;
      }
      case "Items":
        await unaryCall(client, client.putItems, { datasetGroup, items: rows.map((row) => Item.fromJSON(row)) });
        return;
      case "Users":
        await unaryCall(client, client.putUsers, { datasetGroup, users: rows.map((row) => User.fromJSON(row)) });
        return;
      case "Actions":
        await unaryCall(client, client.putActions, {
          datasetGroup,
          actions: rows.map((row) => Action.fromJSON(row)),
        });
    }
  }

  /** The exports of a group's dataset by the ending of their format. */
  async #exportAll(group: string): Promise<Map<string, Buffer>> {
    const { client } = this.#harness;
    const exported = new Map<string, Buffer>();
    for (const [format, ending] of FORMATS) {
      const job = { datasetGroup: group, jobName: ending };
      const wanted = { datasetType: this.#type, ingestionMode: IngestionMode.INGESTION_MODE_ALL, format };
      await unaryCall(client, client.createDatasetExportJob, { ...job, ...wanted, destination: "" });
      for (;;) {
        const { datasetExportJob } = await unaryCall(client, client.getDatasetExportJob, job);
        if (datasetExportJob!.failureReason !== "") throw new Error(datasetExportJob!.failureReason);
        if (datasetExportJob!.status >= ResourceStatus.RESOURCE_STATUS_ACTIVE) break;
        await sleep(5);
      }
      const pieces: Buffer[] = [];
      for await (const { data } of streamCall(client, client.readDatasetExport, job)) pieces.push(data);
      exported.set(ending, Buffer.concat(pieces));
    }
    return exported;
  }
}

/** Rows as JSON lines; numbers beyond 2^53 have all of their digits. */
function linesOf(rows: RandomDataset["rows"]): string {
  const json = (cell: Cell) => (typeof cell === "bigint" ? String(cell) : JSON.stringify(cell));
  const lineOf = (row: Readonly<Record<string, Cell>>) =>
    `{${Object.entries(row)
      .map(([name, cell]) => `${JSON.stringify(name)}:${json(cell)}`)
      .join(",")}}\n`;
  return rows.map(lineOf).join("");
}

/** A streamed record of any kind, as JSON has it. */
type Streamed = Readonly<Record<string, unknown>>;

/** Columns that streamed records have fields for. */
const FIELDS = {
  USER_ID: "userId",
  ITEM_ID: "itemId",
  ACTION_ID: "actionId",
  TIMESTAMP: "timestamp",
  EVENT_TYPE: "eventType",
  EVENT_VALUE: "eventValue",
  RECOMMENDATION_ID: "recommendationId",
  IMPRESSION: "impression",
} as const;

/** A row as a streamed record. What JSON numbers cannot say is streamed as the nearest that they can. */
function streamable(row: Readonly<Record<string, Cell>>): Streamed {
  const record: Record<string, unknown> = {};
  const properties: Record<string, unknown> = {};
  for (const [name, cell] of Object.entries(row)) {
    const value = typeof cell === "bigint" ? Math.min(Math.max(Number(cell), -(2 ** 53) + 1), 2 ** 53 - 1) : cell;
    if (!(name in FIELDS)) properties[name] = value === -(2 ** 31) ? value + 1 : value;
    else if (value !== null) record[FIELDS[name as keyof typeof FIELDS]] = value;
  }
  return { ...record, properties: JSON.stringify(properties) };
}

/** The first line in which two texts differ. */
function difference(first: Buffer, second: Buffer): string {
  const [a, b] = [first.toString().split("\n"), second.toString().split("\n")];
  const at = a.findIndex((line, i) => line !== b[i]);
  return `line ${at + 1}: ${JSON.stringify(a[at])}\nbecame ${JSON.stringify(b[at])}`;
}
