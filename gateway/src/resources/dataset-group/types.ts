import type { DatasetGroup as DatasetGroupMessage } from "@palate/proto/dataset";
import { Field, InputType, ObjectType } from "type-graphql";
import { UserError } from "../../errors/user-error.js";
import { connectionType } from "../common/connection.js";
import { toGlobalId } from "../common/global-id.js";
import { Node } from "../common/node.js";
import { DateTime, ResourceStatus, timeOrNull } from "../common/scalars.js";

/** A tenant. */
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    "A tenant: the unit of isolation. Datasets, solutions and campaigns belong to one, and nothing crosses it.",
})
export class DatasetGroup implements Node {
  /** Global id. */
  get id(): string {
    return toGlobalId("DatasetGroup", this.name);
  }

  /** Its name. */
  @Field(() => String, { description: "Its name, unique over the installation." })
  name!: string;

  /** Where it is in its life. */
  @Field(() => ResourceStatus, { description: "Where it is in its life." })
  status!: number;

  /** When it was created. */
  @Field(() => DateTime, { nullable: true, description: "When it was created." })
  createdAt!: number | null;

  /** When it was changed. */
  @Field(() => DateTime, { nullable: true, description: "When it was last changed." })
  updatedAt!: number | null;

  /** From the proto's message. */
  static from(message: DatasetGroupMessage): DatasetGroup {
    return Object.assign(new DatasetGroup(), {
      name: message.name,
      status: message.status,
      createdAt: timeOrNull(message.createdAtMs),
      updatedAt: timeOrNull(message.updatedAtMs),
    });
  }
}

/** A page of dataset groups. */
export const DatasetGroupConnection = connectionType(DatasetGroup, "DatasetGroup");

/** Input of createDatasetGroup. */
@InputType({ description: "Input of createDatasetGroup." })
export class CreateDatasetGroupInput {
  /** Its name. */
  @Field(() => String, {
    description: 'Letters, digits, "-" and "_", starting with a letter or digit; 1 to 63 characters.',
  })
  name!: string;
}

/** Payload of createDatasetGroup. */
@ObjectType({ simpleResolvers: true, description: "Payload of createDatasetGroup." })
export class CreateDatasetGroupPayload {
  /** The group. */
  @Field(() => DatasetGroup, { nullable: true, description: "The group as stored; null when userErrors has entries." })
  datasetGroup?: DatasetGroup;

  /** What to put right. */
  @Field(() => [UserError], { description: "What to put right; empty on success." })
  userErrors!: UserError[];
}

/** Input of deleteDatasetGroup. */
@InputType({ description: "Input of deleteDatasetGroup." })
export class DeleteDatasetGroupInput {
  /** The group's name. */
  @Field(() => String, { description: "The group's name." })
  name!: string;

  /** Also delete its data. */
  @Field(() => Boolean, { defaultValue: false, description: "Also delete its datasets and everything in them." })
  force!: boolean;
}
