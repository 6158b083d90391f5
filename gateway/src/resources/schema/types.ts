import type { Schema as SchemaMessage } from "@palate/proto/dataset";
import { Field, InputType, ObjectType } from "type-graphql";
import { UserError } from "../../errors/user-error.js";
import { connectionType } from "../common/connection.js";
import { toGlobalId } from "../common/global-id.js";
import { Node } from "../common/node.js";
import { DateTime, enumOrNull, timeOrNull } from "../common/scalars.js";
import { DatasetType } from "../dataset/types.js";

/** An Avro-JSON schema of a dataset. */
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

  /** Its name. */
  @Field(() => String, { description: "Its name, unique over the installation." })
  name!: string;

  /** What type of dataset it is for. */
  @Field(() => DatasetType, { nullable: true, description: "The type of dataset it is for." })
  datasetType!: number | null;

  /** The Avro record. */
  @Field(() => String, { description: "The Avro record as JSON text." })
  schema!: string;

  /** When it was created. */
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

/** A schema guessed from a file. */
@ObjectType({
  simpleResolvers: true,
  description: "A schema proposed from a file's header and first rows; not stored.",
})
export class InferredSchema {
  /** The Avro record. */
  @Field(() => String, { description: "The proposed Avro record as JSON text, to be given to createSchema." })
  schema!: string;

  /** What was guessed. */
  @Field(() => [String], { description: "What was guessed and why, one sentence each." })
  notes!: string[];
}

/** Input of createSchema. */
@InputType({ description: "Input of createSchema." })
export class CreateSchemaInput {
  /** Its name. */
  @Field(() => String, { description: "Unique over the installation; same form as a dataset group's name." })
  name!: string;

  /** The Avro record. */
  @Field(() => String, { description: "The Avro record as JSON text, at most 20,000 characters." })
  schema!: string;

  /** What type of dataset it is for. */
  @Field(() => DatasetType, {
    nullable: true,
    description: "The type of dataset it is for; taken from the record's name when absent.",
  })
  datasetType?: number | null;
}

/** Payload of createSchema. */
@ObjectType({ simpleResolvers: true, description: "Payload of createSchema." })
export class CreateSchemaPayload {
  /** The schema. */
  @Field(() => DataSchema, { nullable: true, description: "The schema as stored; null when userErrors has entries." })
  schema?: DataSchema;

  /** What to put right. */
  @Field(() => [UserError], { description: "What to put right; empty on success." })
  userErrors!: UserError[];
}
