import type { Schema as SchemaMessage } from "@palate/proto/dataset";
import { Field, InputType, ObjectType } from "type-graphql";
import { UserError } from "../../errors/user-error.js";
import { connectionType } from "../common/connection.js";
import { toGlobalId } from "../common/global-id.js";
import { Node } from "../common/node.js";
import { DateTime, enumOrNull, timeOrNull } from "../common/scalars.js";
import { DatasetType } from "../dataset/types.js";

@ObjectType("Schema", {
  implements: Node,
  simpleResolvers: true,
  description: "The columns of a dataset as an Avro record in JSON, by Amazon Personalize's rules. It never changes.",
})
export class DataSchema implements Node {
  /** Global id. */
  get id(): string {
    return toGlobalId("Schema", this.name);
  }

  @Field(() => String, { description: "Its name, unique over the installation." })
  name!: string;

  @Field(() => DatasetType, { nullable: true, description: "The type of dataset it is for." })
  datasetType!: number | null;

  @Field(() => String, { description: "The Avro record as JSON text." })
  schema!: string;

  @Field(() => DateTime, { nullable: true, description: "When it was created." })
  createdAt!: number | null;

  /** From the proto's message. */
  static from(message: SchemaMessage): DataSchema {
    return Object.assign(new DataSchema(), {
      name: message.name,
      datasetType: enumOrNull(message.datasetType),
      schema: message.schema,
      createdAt: timeOrNull(message.createdAtMs),
    });
  }
}

/** A page of schemas. */
export const SchemaConnection = connectionType(DataSchema, "Schema");

@ObjectType({
  simpleResolvers: true,
  description: "A schema proposed from a file's header and first rows; not stored.",
})
export class InferredSchema {
  @Field(() => String, { description: "The proposed Avro record as JSON text, to be given to createSchema." })
  schema!: string;

  @Field(() => [String], { description: "What was guessed and why, one sentence each." })
  notes!: string[];
}

@InputType({ description: "Input of createSchema." })
export class CreateSchemaInput {
  @Field(() => String, { description: "Unique over the installation; same form as a dataset group's name." })
  name!: string;

  @Field(() => String, { description: "The Avro record as JSON text, at most 20,000 characters." })
  schema!: string;

  @Field(() => DatasetType, {
    nullable: true,
    description: "The type of dataset it is for; taken from the record's name when absent.",
  })
  datasetType?: number | null;
}

@ObjectType({ simpleResolvers: true, description: "Payload of createSchema." })
export class CreateSchemaPayload {
  @Field(() => DataSchema, { nullable: true, description: "The schema as stored; null when userErrors has entries." })
  schema?: DataSchema;

  @Field(() => [UserError], { description: "What to put right; empty on success." })
  userErrors!: UserError[];
}
