import type { DatasetGroup as DatasetGroupMessage } from "@palate/proto/dataset";
import { Field, InputType, ObjectType } from "type-graphql";
import { UserError } from "../../errors/user-error.js";
import { connectionType } from "../common/connection.js";
import { toGlobalId } from "../common/global-id.js";
import { Node } from "../common/node.js";
import { DateTime, ResourceStatus, timeOrNull } from "../common/scalars.js";

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

  @Field(() => String, { description: "Its name, unique over the installation." })
  name!: string;

  @Field(() => ResourceStatus, { description: "Where it is in its life." })
  status!: number;

  @Field(() => DateTime, { nullable: true, description: "When it was created." })
  createdAt!: number | null;

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

@InputType({ description: "Input of createDatasetGroup." })
export class CreateDatasetGroupInput {
  @Field(() => String, {
    description: 'Letters, digits, "-" and "_", starting with a letter or digit; 1 to 63 characters.',
  })
  name!: string;
}

@ObjectType({ simpleResolvers: true, description: "Payload of createDatasetGroup." })
export class CreateDatasetGroupPayload {
  @Field(() => DatasetGroup, { nullable: true, description: "The group as stored; null when userErrors has entries." })
  datasetGroup?: DatasetGroup;

  @Field(() => [UserError], { description: "What to put right; empty on success." })
  userErrors!: UserError[];
}

@InputType({ description: "Input of deleteDatasetGroup." })
export class DeleteDatasetGroupInput {
  @Field(() => String, { description: "The group's name." })
  name!: string;

  @Field(() => Boolean, { defaultValue: false, description: "Also delete its datasets and everything in them." })
  force!: boolean;
}
