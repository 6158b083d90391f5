import { createClient, streamCall, unaryCall } from "@palate/host";
import {
  Action,
  ActionInteraction,
  DatasetType,
  Interaction,
  Item,
  User,
  type DatasetServiceClient,
} from "@palate/proto/dataset";
import { CreateSolutionRequest, CreateSolutionVersionRequest, RecipeServiceClient } from "@palate/proto/recipe";
import { readFileSync } from "node:fs";
import path from "node:path";
import { eventually, type TestPalate } from "./palate.js";

type Row = Readonly<Record<string, string | number | boolean | null>>;
type TableName = "Items" | "Users" | "Actions" | "Interactions" | "Action_Interactions";

interface Event {
  readonly user: number;
  readonly target: number;
  readonly values: Row;
}

/** The shop of shop.json: films, users and actions, and what users did. */
export interface FilmShop {
  /** Time of every request to it, Unix seconds. */
  readonly now: number;
  /** Ids by row. */
  readonly names: Readonly<Record<"ItemID" | "UserID" | "ActionID", readonly string[]>>;
  readonly data: {
    readonly schema: Readonly<Record<TableName, readonly { name: string; type: string; multiValued?: boolean }[]>>;
    readonly Items: readonly Row[];
    readonly Users: readonly Row[];
    readonly Actions: readonly Row[];
    readonly Interactions: readonly Event[];
    readonly Action_Interactions: readonly Event[];
  };
}

/** A row of rules.json: what a filter lets through in the shop. */
export interface FilterRule {
  readonly group: string;
  readonly rule: string;
  readonly filter: string;
  /** Values of its parameters. */
  readonly values?: Readonly<Record<string, string>>;
  /** Who asks; default "ann". */
  readonly user?: string;
  /** The item that the request is about. */
  readonly item?: string;
  /** Ids with spaces between. */
  readonly keeps: string;
}

const folder = path.resolve(import.meta.dirname, "../../recipe-services/kit/filter/testing");
const read = <T>(file: string): T => JSON.parse(readFileSync(path.join(folder, file), "utf8")) as T;

/** The shop's data, which the unit tests of filters have too. */
export const SHOP: FilmShop = read("shop.json");
/** The table of rules, which the unit tests of filters go through too. */
export const RULES: readonly FilterRule[] = read("rules.json");

/** Columns that every schema of a table has, and its dataset type and Avro name. */
const TABLES = {
  Items: { type: DatasetType.DATASET_TYPE_ITEMS, record: "Items", required: { ITEM_ID: "string" } },
  Users: { type: DatasetType.DATASET_TYPE_USERS, record: "Users", required: { USER_ID: "string" } },
  Actions: { type: DatasetType.DATASET_TYPE_ACTIONS, record: "Actions", required: { ACTION_ID: "string" } },
  Interactions: {
    type: DatasetType.DATASET_TYPE_INTERACTIONS,
    record: "Interactions",
    required: { USER_ID: "string", ITEM_ID: "string", TIMESTAMP: "long" },
  },
  Action_Interactions: {
    type: DatasetType.DATASET_TYPE_ACTION_INTERACTIONS,
    record: "ActionInteractions",
    required: { USER_ID: "string", ACTION_ID: "string", EVENT_TYPE: "string", TIMESTAMP: "long" },
  },
} as const;

const AVRO: Readonly<Record<string, string>> = { text: "string", number: "double", boolean: "boolean" };

async function createDatasets(datasets: DatasetServiceClient, datasetGroup: string): Promise<void> {
  await unaryCall(datasets, datasets.createDatasetGroup, { name: datasetGroup });
  for (const [table, { type, record, required }] of Object.entries(TABLES)) {
    const optional = SHOP.data.schema[table as TableName].filter(({ name }) => !(name in required));
    const fields = [
      ...Object.entries(required).map(([name, avro]) => ({ name, type: avro })),
      ...optional.map((column) => ({
        name: column.name,
        type: ["null", column.name === "CREATION_TIMESTAMP" ? "long" : AVRO[column.type]],
        ...(column.name === "DESCRIPTION" ? { textual: true } : {}),
      })),
    ];
    const schema = JSON.stringify({
      ...{ type: "record", name: record, namespace: "com.amazonaws.personalize.schema", version: "1.0" },
      fields,
    });
    const schemaName = `${datasetGroup}-${record.toLowerCase()}`;
    await unaryCall(datasets, datasets.createSchema, { name: schemaName, schema, datasetType: type });
    await unaryCall(datasets, datasets.createDataset, {
      ...{ datasetGroup, name: record.toLowerCase(), datasetType: type, schemaName },
    });
  }
}

const propertiesOf = (row: Row): string =>
  JSON.stringify(
    Object.fromEntries(Object.entries(row).filter(([name, value]) => name !== "ITEM_ID" && value !== null)),
  );

/** Makes the shop a dataset group, all of it streamed. */
export async function createFilmShop({ datasets }: TestPalate, datasetGroup: string): Promise<void> {
  await createDatasets(datasets, datasetGroup);
  const { names, data } = SHOP;
  const items = data.Items.map((row, i) => Item.create({ itemId: names.ItemID[i]!, properties: propertiesOf(row) }));
  const users = data.Users.map((row, i) => User.create({ userId: names.UserID[i]!, properties: propertiesOf(row) }));
  const actions = data.Actions.map((row, i) =>
    Action.create({ actionId: names.ActionID[i]!, properties: propertiesOf(row) }),
  );
  const fieldsOf = ({ user, values }: Event) => ({
    userId: names.UserID[user]!,
    timestamp: Number(values["TIMESTAMP"]),
    eventType: String(values["EVENT_TYPE"]),
  });
  const interactions = data.Interactions.map((event) => {
    const value = event.values["EVENT_VALUE"];
    const eventValue = typeof value === "number" ? { eventValue: value } : {};
    return Interaction.create({ ...fieldsOf(event), itemId: names.ItemID[event.target]!, ...eventValue });
  });
  const actionInteractions = data.Action_Interactions.map((event) =>
    ActionInteraction.create({ ...fieldsOf(event), actionId: names.ActionID[event.target]! }),
  );
  await unaryCall(datasets, datasets.putItems, { datasetGroup, items });
  await unaryCall(datasets, datasets.putUsers, { datasetGroup, users });
  await unaryCall(datasets, datasets.putActions, { datasetGroup, actions });
  // Recipes that count recommend what somebody has chosen, so eve has chosen what the others have not.
  const itemId = names.ItemID.find((_, item) => !data.Interactions.some(({ target }) => target === item))!;
  interactions.push(Interaction.create({ userId: "eve", itemId, timestamp: SHOP.now - 1_000_000 }));
  await unaryCall(datasets, datasets.putEvents, { datasetGroup, interactions });
  await unaryCall(datasets, datasets.putActionInteractions, { datasetGroup, actionInteractions });
}

/** Trains a solution with a campaign of the same name, and waits until it serves. */
export async function serve(
  palate: TestPalate,
  service: string,
  datasetGroup: string,
  recipe: string,
  name: string = recipe,
): Promise<void> {
  const client = createClient(RecipeServiceClient, palate.supervisor.address(service));
  try {
    const key = { datasetGroup, name };
    await unaryCall(client, client.createSolution, CreateSolutionRequest.fromPartial({ ...key, recipe }));
    await unaryCall(client, client.createCampaign, {
      ...key,
      solution: name,
      versionId: undefined,
      campaignConfig: undefined,
    });
    const request = CreateSolutionVersionRequest.fromPartial({ datasetGroup, solution: name, seed: 1 });
    const { solutionVersion } = await unaryCall(client, client.createSolutionVersion, request);
    const watched = { datasetGroup, solution: name, versionId: solutionVersion!.versionId };
    for await (const message of streamCall(client, client.watchSolutionVersion, watched)) {
      const { failureReason } = message.solutionVersion!;
      if (failureReason !== "") throw new Error(failureReason);
    }
    await eventually(async () => {
      const { campaign } = await unaryCall(client, client.getCampaign, key);
      return campaign?.servingVersionId === solutionVersion!.versionId;
    });
  } finally {
    client.close();
  }
}
