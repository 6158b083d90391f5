import * as dataset from "@palate/proto/dataset";
import type { Dataset as DatasetMessage } from "@palate/proto/dataset";
import { Field, InputType, ObjectType, registerEnumType } from "type-graphql";
import { UserError } from "../../errors/user-error.js";
import { connectionType } from "../common/connection.js";
import { toGlobalId } from "../common/global-id.js";
import { Node } from "../common/node.js";
import { DateTime, ResourceStatus, SafeInt, timeOrNull } from "../common/scalars.js";

/** What a dataset holds. */
export const DatasetType = {
  INTERACTIONS: dataset.DatasetType.DATASET_TYPE_INTERACTIONS,
  ITEMS: dataset.DatasetType.DATASET_TYPE_ITEMS,
  USERS: dataset.DatasetType.DATASET_TYPE_USERS,
  ACTIONS: dataset.DatasetType.DATASET_TYPE_ACTIONS,
  ACTION_INTERACTIONS: dataset.DatasetType.DATASET_TYPE_ACTION_INTERACTIONS,
} as const;
registerEnumType(DatasetType, {
  name: "DatasetType",
  description: "What a dataset holds; a dataset group has at most one dataset of each type.",
  valuesConfig: {
    INTERACTIONS: { description: "Who did what with which item, when." },
    ITEMS: { description: "Items and their attributes." },
    USERS: { description: "Users and their attributes." },
    ACTIONS: { description: "Actions that may be recommended, and their attributes." },
    ACTION_INTERACTIONS: { description: "Who took, viewed or refused which action, when." },
  },
});

/** Figures about a dataset's rows. */
@ObjectType({ simpleResolvers: true, description: "Figures about a dataset's rows." })
export class DatasetStatistics {
  /** Rows from imports. */
  @Field(() => SafeInt, { description: "Rows from imports." })
  importedRows!: number;

  /** Rows that were streamed. */
  @Field(() => SafeInt, { description: "Rows that were streamed with putEvents, putItems or putUsers." })
  streamedRows!: number;

  /** Bytes stored. */
  @Field(() => SafeInt, { description: "Bytes of the stored files." })
  bytes!: number;
}

/** A dataset. */
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: "Interactions, items or users of a dataset group.",
})
export class Dataset implements Node {
  /** Global id. */
  get id(): string {
    return toGlobalId("Dataset", this.datasetGroup, String(this.datasetType));
  }

  /** The dataset group. */
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  /** Its name. */
  @Field(() => String, { description: "Its name, unique within the group." })
  name!: string;

  /** What it holds. */
  @Field(() => DatasetType, { description: "What it holds." })
  datasetType!: number;

  /** Its schema. */
  @Field(() => String, { description: "Name of its schema." })
  schemaName!: string;

  /** Where it is in its life. */
  @Field(() => ResourceStatus, { description: "Where it is in its life." })
  status!: number;

  /** Figures about its rows. */
  @Field(() => DatasetStatistics, { nullable: true, description: "Figures about its rows." })
  statistics!: DatasetStatistics | null;

  /** When it was created. */
  @Field(() => DateTime, { nullable: true, description: "When it was created." })
  createdAt!: number | null;

  /** When its bulk data changed. */
  @Field(() => DateTime, { nullable: true, description: "When its imported data last changed." })
  updatedAt!: number | null;

  /** From the proto's message. */
  static from(message: DatasetMessage): Dataset {
    return Object.assign(new Dataset(), {
      datasetGroup: message.datasetGroup,
      name: message.name,
      datasetType: message.datasetType,
      schemaName: message.schemaName,
      status: message.status,
      statistics: message.statistics ?? null,
      createdAt: timeOrNull(message.createdAtMs),
      updatedAt: timeOrNull(message.updatedAtMs),
    });
  }
}

/** A page of datasets. */
export const DatasetConnection = connectionType(Dataset, "Dataset");

/** Input of createDataset. */
@InputType({ description: "Input of createDataset." })
export class CreateDatasetInput {
  /** The dataset group. */
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  /** Its name. */
  @Field(() => String, { description: "Unique within the group." })
  name!: string;

  /** What it holds. */
  @Field(() => DatasetType, { description: "What it holds." })
  datasetType!: number;

  /** Its schema. */
  @Field(() => String, { description: "Name of a stored schema of the same type." })
  schemaName!: string;
}

/** Payload of createDataset. */
@ObjectType({ simpleResolvers: true, description: "Payload of createDataset." })
export class CreateDatasetPayload {
  /** The dataset. */
  @Field(() => Dataset, { nullable: true, description: "The dataset as stored; null when userErrors has entries." })
  dataset?: Dataset;

  /** What to put right. */
  @Field(() => [UserError], { description: "What to put right; empty on success." })
  userErrors!: UserError[];
}

/** Input of updateDataset. */
@InputType({ description: "Input of updateDataset." })
export class UpdateDatasetInput {
  /** The dataset group. */
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  /** Which dataset. */
  @Field(() => DatasetType, { description: "Which of its datasets." })
  datasetType!: number;

  /** Its schema. */
  @Field(() => String, {
    description: 'Name of the stored schema it gets. Columns that are new need "null" in their type, or a "default".',
  })
  schemaName!: string;
}

/** Payload of updateDataset. */
@ObjectType({ simpleResolvers: true, description: "Payload of updateDataset." })
export class UpdateDatasetPayload {
  /** The dataset. */
  @Field(() => Dataset, { nullable: true, description: "The dataset as stored; null when userErrors has entries." })
  dataset?: Dataset;

  /** What to put right. */
  @Field(() => [UserError], { description: "What to put right; empty on success." })
  userErrors!: UserError[];
}

/** Input of deleteDataset. */
@InputType({ description: "Input of deleteDataset." })
export class DeleteDatasetInput {
  /** The dataset group. */
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  /** Which dataset. */
  @Field(() => DatasetType, { description: "Which of its datasets to delete, with all rows." })
  datasetType!: number;
}
