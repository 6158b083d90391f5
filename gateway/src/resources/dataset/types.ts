import * as dataset from "@palate/proto/dataset";
import type { Dataset as DatasetMessage } from "@palate/proto/dataset";
import { Field, InputType, ObjectType, registerEnumType } from "type-graphql";
import { UserError } from "../../errors/user-error.js";
import { connectionType } from "../common/connection.js";
import { toGlobalId } from "../common/global-id.js";
import { Node } from "../common/node.js";
import { DateTime, ResourceStatus, SafeInt, timeOrNull } from "../common/scalars.js";

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

@ObjectType({ simpleResolvers: true, description: "Figures about a dataset's rows." })
export class DatasetStatistics {
  @Field(() => SafeInt, { description: "Rows from imports." })
  importedRows!: number;

  @Field(() => SafeInt, { description: "Rows that were streamed with putEvents, putItems or putUsers." })
  streamedRows!: number;

  @Field(() => SafeInt, { description: "Bytes of the stored files." })
  bytes!: number;
}

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

  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => String, { description: "Its name, unique within the group." })
  name!: string;

  @Field(() => DatasetType, { description: "What it holds." })
  datasetType!: number;

  @Field(() => String, { description: "Name of its schema." })
  schemaName!: string;

  @Field(() => ResourceStatus, { description: "Where it is in its life." })
  status!: number;

  @Field(() => DatasetStatistics, { nullable: true, description: "Figures about its rows." })
  statistics!: DatasetStatistics | null;

  @Field(() => DateTime, { nullable: true, description: "When it was created." })
  createdAt!: number | null;

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

@InputType({ description: "Input of createDataset." })
export class CreateDatasetInput {
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => String, { description: "Unique within the group." })
  name!: string;

  @Field(() => DatasetType, { description: "What it holds." })
  datasetType!: number;

  @Field(() => String, { description: "Name of a stored schema of the same type." })
  schemaName!: string;
}

@ObjectType({ simpleResolvers: true, description: "Payload of createDataset." })
export class CreateDatasetPayload {
  @Field(() => Dataset, { nullable: true, description: "The dataset as stored; null when userErrors has entries." })
  dataset?: Dataset;

  @Field(() => [UserError], { description: "What to put right; empty on success." })
  userErrors!: UserError[];
}

@InputType({ description: "Input of updateDataset." })
export class UpdateDatasetInput {
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => DatasetType, { description: "Which of its datasets." })
  datasetType!: number;

  @Field(() => String, {
    description: 'Name of the stored schema it gets. Columns that are new need "null" in their type, or a "default".',
  })
  schemaName!: string;
}

@ObjectType({ simpleResolvers: true, description: "Payload of updateDataset." })
export class UpdateDatasetPayload {
  @Field(() => Dataset, { nullable: true, description: "The dataset as stored; null when userErrors has entries." })
  dataset?: Dataset;

  @Field(() => [UserError], { description: "What to put right; empty on success." })
  userErrors!: UserError[];
}

@InputType({ description: "Input of deleteDataset." })
export class DeleteDatasetInput {
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => DatasetType, { description: "Which of its datasets to delete, with all rows." })
  datasetType!: number;
}
