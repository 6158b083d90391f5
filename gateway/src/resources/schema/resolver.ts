import { Arg, Args, Ctx, Mutation, Query, Resolver } from "type-graphql";
import { collectPages } from "../../clients/collect-pages.js";
import { payload } from "../../errors/user-errors.js";
import { PageArgs, paginate, type Connection } from "../common/connection.js";
import type { GatewayContext } from "../common/context.js";
import { DeletePayload } from "../common/delete-payload.js";
import { orNull, present } from "../common/or-null.js";
import { DatasetType } from "../dataset/types.js";
import { ImportMapping } from "../import-job/mapping.js";
import { CreateSchemaInput, CreateSchemaPayload, DataSchema, InferredSchema, SchemaConnection } from "./types.js";

/** One schema. */
export async function loadSchema({ datasets, asking }: GatewayContext, name: string): Promise<DataSchema> {
  const response = await datasets.call(datasets.client.getSchema, { name }, asking);
  return DataSchema.from(present(response.schema));
}

/** Schemas. */
@Resolver()
export class SchemaResolver {
  @Query(() => SchemaConnection, { nullable: true, description: "Schemas by name." })
  async schemas(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { datasets, asking, maxFirst }: GatewayContext,
  ): Promise<Connection<DataSchema>> {
    const rows = await collectPages(async (pageSize, pageToken) => {
      const response = await datasets.call(datasets.client.listSchemas, { pageSize, pageToken }, asking);
      return { rows: response.schemas, nextPageToken: response.nextPageToken };
    });
    return paginate(rows.map(DataSchema.from), (schema) => schema.name, page, maxFirst);
  }

  @Query(() => DataSchema, { nullable: true, description: "One schema; null when there is none of that name." })
  schema(
    @Arg("name", () => String, { description: "The schema's name." }) name: string,
    @Ctx() context: GatewayContext,
  ): Promise<DataSchema | null> {
    return orNull(loadSchema(context, name));
  }

  @Query(() => InferredSchema, {
    nullable: true,
    description:
      "Proposes a schema, and a mapping where one is needed, from a file's content, and shows what becomes of its first rows. Nothing is stored.",
  })
  async inferSchema(
    @Arg("location", () => String, {
      description: "Where the file is: the location that POST /uploads answered, or a path inside the import folders.",
    })
    location: string,
    @Arg("datasetType", () => DatasetType, {
      nullable: true,
      description: "The type of dataset the file is for; told by the content when absent.",
    })
    datasetType: number | null | undefined,
    @Arg("mapping", () => ImportMapping, {
      nullable: true,
      description: "A mapping to try. Without one, a mapping is proposed where the file needs one.",
    })
    mapping: ImportMapping | null | undefined,
    @Ctx() { datasets, asking }: GatewayContext,
  ): Promise<InferredSchema> {
    const request = { location, datasetType: datasetType ?? 0, mapping: ImportMapping.toMessage(mapping) };
    return InferredSchema.from(await datasets.call(datasets.client.inferSchema, request, asking));
  }

  @Mutation(() => CreateSchemaPayload, {
    nullable: true,
    description: "Creates a schema after checking it against Amazon Personalize's rules for its dataset type.",
  })
  createSchema(
    @Arg("input", () => CreateSchemaInput, { description: "What to create." }) input: CreateSchemaInput,
    @Ctx() { datasets, asking }: GatewayContext,
  ): Promise<CreateSchemaPayload> {
    return payload(CreateSchemaPayload, async () => {
      const request = { name: input.name, schema: input.schema, datasetType: input.datasetType ?? 0 };
      const response = await datasets.call(datasets.client.createSchema, request, asking);
      return { schema: DataSchema.from(present(response.schema)) };
    });
  }

  @Mutation(() => DeletePayload, {
    nullable: true,
    description: "Deletes a schema. It is refused while a dataset uses it.",
  })
  deleteSchema(
    @Arg("name", () => String, { description: "The schema's name." }) name: string,
    @Ctx() { datasets, asking }: GatewayContext,
  ): Promise<DeletePayload> {
    return payload(DeletePayload, async () => {
      await datasets.call(datasets.client.deleteSchema, { name }, asking);
      return { deleted: true };
    });
  }
}
