import { isDeepStrictEqual } from "node:util";
import {
  CREATE_DATASET,
  CREATE_DATASET_GROUP,
  CREATE_SCHEMA,
  DATASET,
  SCHEMA,
  type DatasetType,
} from "../operations/datasets.js";
import type { Session } from "../session/session.js";

const EXISTS = ["ALREADY_EXISTS"];

/** Makes sure that there is such a dataset group; says whether it was made now. */
export async function ensureGroup({ api }: Session, name: string): Promise<boolean> {
  const { userErrors } = await api.change(CREATE_DATASET_GROUP, { name }, EXISTS);
  return userErrors.length === 0;
}

/** Whether a group has a dataset of a type. */
export async function hasDataset({ api }: Session, datasetGroup: string, datasetType: DatasetType): Promise<boolean> {
  const { dataset } = await api.ask(DATASET, { datasetGroup, datasetType });
  return dataset !== null;
}

/**
 * Creates a dataset with a schema of its own.
 * @param schema an Avro record in JSON
 */
export async function createDataset(
  session: Session,
  datasetGroup: string,
  datasetType: DatasetType,
  schema: string,
): Promise<void> {
  const name = datasetType.toLowerCase().replaceAll("_", "-");
  const schemaName = await storeSchema(session, `${datasetGroup}-${name}`, datasetType, schema);
  await session.api.change(CREATE_DATASET, { datasetGroup, name, datasetType, schemaName }, EXISTS);
}

/** Stores a schema under the name, with a number after it where another schema has the name; returns its name. */
async function storeSchema({ api }: Session, base: string, datasetType: DatasetType, schema: string): Promise<string> {
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`;
    const { userErrors } = await api.change(CREATE_SCHEMA, { name, schema, datasetType }, EXISTS);
    if (userErrors.length === 0) return name;
    const stored = (await api.ask(SCHEMA, { name })).schema;
    if (stored && isDeepStrictEqual(JSON.parse(stored.schema), JSON.parse(schema))) return name;
  }
}
