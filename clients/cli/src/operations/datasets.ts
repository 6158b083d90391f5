import { operation, USER_ERRORS, type Payload } from "../api/operation.js";
import type { PageOf } from "./page.js";

/** What a dataset holds. */
export type DatasetType = "INTERACTIONS" | "ITEMS" | "USERS" | "ACTIONS" | "ACTION_INTERACTIONS";

/** A dataset as status shows it. */
export interface Dataset {
  readonly name: string;
  readonly datasetType: DatasetType;
  readonly schemaName: string;
  readonly status: string;
  readonly statistics: { readonly importedRows: number; readonly streamedRows: number; readonly bytes: number } | null;
}

/** A dataset group's name. */
export interface GroupName {
  readonly name: string;
  readonly status: string;
}

/** Dataset groups there are. */
export const DATASET_GROUPS = operation<
  { datasetGroups: PageOf<GroupName> | null },
  { first: number; after: string | null }
>(`
query DatasetGroups($first: Int!, $after: String) {
  datasetGroups(first: $first, after: $after) { nodes { name status } pageInfo { hasNextPage endCursor } }
}`);

/** Creates a dataset group. */
export const CREATE_DATASET_GROUP = operation<Payload<"createDatasetGroup", object>, { input: { name: string } }>(`
mutation CreateDatasetGroup($input: CreateDatasetGroupInput!) { createDatasetGroup(input: $input) { ${USER_ERRORS} } }`);

/** Deletes a dataset group with all that is in it. */
export const DELETE_DATASET_GROUP = operation<
  Payload<"deleteDatasetGroup", object>,
  { input: { name: string; force: boolean } }
>(`
mutation DeleteDatasetGroup($input: DeleteDatasetGroupInput!) { deleteDatasetGroup(input: $input) { ${USER_ERRORS} } }`);

/** A group's dataset of a type. */
export const DATASET = operation<{ dataset: Dataset | null }, { datasetGroup: string; datasetType: DatasetType }>(`
query Dataset($datasetGroup: String!, $datasetType: DatasetType!) {
  dataset(datasetGroup: $datasetGroup, datasetType: $datasetType) {
    name datasetType schemaName status statistics { importedRows streamedRows bytes }
  }
}`);

/** Creates a schema. */
export const CREATE_SCHEMA = operation<
  Payload<"createSchema", object>,
  { input: { name: string; schema: string; datasetType: DatasetType } }
>(`
mutation CreateSchema($input: CreateSchemaInput!) { createSchema(input: $input) { ${USER_ERRORS} } }`);

/** A stored schema. */
export const SCHEMA = operation<{ schema: { schema: string } | null }, { name: string }>(`
query Schema($name: String!) { schema(name: $name) { schema } }`);

/** Creates a dataset. */
export const CREATE_DATASET = operation<
  Payload<"createDataset", object>,
  { input: { datasetGroup: string; name: string; datasetType: DatasetType; schemaName: string } }
>(`
mutation CreateDataset($input: CreateDatasetInput!) { createDataset(input: $input) { ${USER_ERRORS} } }`);

/** Deletes users or items with all that is stored about them. */
export const CREATE_DATA_DELETION_JOB = operation<
  Payload<"createDataDeletionJob", { dataDeletionJob: DataDeletionJob | null }>,
  { input: { datasetGroup: string; jobName: string; kind: DeletionKind; ids: readonly string[] } }
>(`
mutation CreateDataDeletionJob($input: CreateDataDeletionJobInput!) {
  createDataDeletionJob(input: $input) {
    dataDeletionJob { jobName kind status ids numDeleted committedAt failureReason remains removals { place objects rows doneAt } }
    ${USER_ERRORS}
  }
}`);

/** What a deletion is of. */
export type DeletionKind = "USERS" | "ITEMS";

/** A deletion and the proof of it. */
export interface DataDeletionJob {
  readonly jobName: string;
  readonly kind: DeletionKind;
  readonly status: string;
  readonly ids: number;
  readonly numDeleted: number;
  readonly committedAt: string | null;
  readonly failureReason: string | null;
  readonly remains: readonly string[];
  readonly removals: readonly { place: string; objects: number; rows: number; doneAt: string | null }[];
}

/** How a deletion stands. */
export const DATA_DELETION_JOB = operation<
  { dataDeletionJob: DataDeletionJob | null },
  { datasetGroup: string; jobName: string }
>(`
query DataDeletionJob($datasetGroup: String!, $jobName: String!) {
  dataDeletionJob(datasetGroup: $datasetGroup, jobName: $jobName) {
    jobName kind status ids numDeleted committedAt failureReason remains removals { place objects rows doneAt }
  }
}`);
