import type { InferSchemaResponse, PreviewRow as RowMessage, Schema as SchemaMessage } from "@palate/proto/dataset";
import { Field, InputType, ObjectType } from "type-graphql";
import { UserError } from "../../errors/user-error.js";
import { connectionType } from "../common/connection.js";
import { toGlobalId } from "../common/global-id.js";
import { Node } from "../common/node.js";
import { DateTime, enumOrNull, timeOrNull } from "../common/scalars.js";
import { DatasetType } from "../dataset/types.js";
import { ImportMapping } from "../import-job/mapping.js";

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

@ObjectType({ simpleResolvers: true, description: "One row of a preview." })
class PreviewRow {
  @Field(() => [String], {
    nullable: "items",
    description: "Its values as text in the order of the columns; null where there is none.",
  })
  values!: (string | null)[];
}

@ObjectType({ simpleResolvers: true, description: "The first rows of a file, before and after its mapping." })
class ImportPreview {
  @Field(() => [String], { description: "The file's columns in its order." })
  fileColumns!: string[];

  @Field(() => [PreviewRow], { description: "The first rows as they are in the file, at most 20." })
  fileRows!: PreviewRow[];

  @Field(() => [String], { description: "The dataset's columns." })
  datasetColumns!: string[];

  @Field(() => [PreviewRow], { description: "The first rows as they would be imported, at most 20." })
  datasetRows!: PreviewRow[];

  @Field(() => [String], {
    description: "What is wrong with the rows looked at, in plain words with the line, at most 20.",
  })
  problems!: string[];
}

@ObjectType({
  simpleResolvers: true,
  description: "A schema, and a mapping where one is needed, proposed from a file's content; not stored.",
})
export class InferredSchema {
  @Field(() => String, { description: "The proposed Avro record as JSON text, to be given to createSchema." })
  schema!: string;

  @Field(() => [String], { description: "What was guessed and why, one sentence each." })
  notes!: string[];

  @Field(() => ImportMapping, {
    nullable: true,
    description:
      "The mapping that was given, or the one proposed, to be given to createImportJob; null when the file imports as it is.",
  })
  mapping!: ImportMapping | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The layout of a public data set or of a vendor\'s export that the file was recognised as, such as "MovieLens 1M ratings"; null when it is none of those known.',
  })
  layout!: string | null;

  @Field(() => DatasetType, {
    nullable: true,
    description: "The dataset type that was asked for, or the one that the content tells.",
  })
  datasetType!: number | null;

  @Field(() => [String], { description: "Columns of the file that would be left out." })
  ignoredColumns!: string[];

  @Field(() => ImportPreview, { nullable: true, description: "The first rows before and after the mapping." })
  preview!: ImportPreview | null;

  @Field(() => [String], {
    description: "What is odd about the values looked at, and would be silently wrong, one sentence each.",
  })
  warnings!: string[];

  /** From the proto's message. */
  static from(message: InferSchemaResponse): InferredSchema {
    const { preview } = message;
    return Object.assign(new InferredSchema(), {
      ...message,
      mapping: ImportMapping.from(message.mapping),
      layout: message.layout === "" ? null : message.layout,
      datasetType: enumOrNull(message.datasetType),
      preview: preview
        ? { ...preview, fileRows: preview.fileRows.map(rowOf), datasetRows: preview.datasetRows.map(rowOf) }
        : null,
    });
  }
}

function rowOf({ values }: RowMessage): PreviewRow {
  return { values: values.map(({ text }) => text ?? null) };
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
