import { reaches } from "@palate/host";
import { Arg, Args, Ctx, Mutation, Query, Resolver } from "type-graphql";
import { collectPages } from "../../clients/collect-pages.js";
import { payload } from "../../errors/user-errors.js";
import { PageArgs, paginate, type Connection } from "../common/connection.js";
import type { GatewayContext } from "../common/context.js";
import { DeletePayload } from "../common/delete-payload.js";
import { orNull, present } from "../common/or-null.js";
import {
  CreateDatasetGroupInput,
  CreateDatasetGroupPayload,
  DatasetGroup,
  DatasetGroupConnection,
  DeleteDatasetGroupInput,
} from "./types.js";

/** One dataset group. */
export async function loadDatasetGroup({ datasets, asking }: GatewayContext, name: string): Promise<DatasetGroup> {
  const response = await datasets.call(datasets.client.getDatasetGroup, { name, uid: "" }, asking);
  return DatasetGroup.from(present(response.datasetGroup));
}

/** Dataset groups. */
@Resolver()
export class DatasetGroupResolver {
  @Query(() => DatasetGroupConnection, { nullable: true, description: "Dataset groups by name." })
  async datasetGroups(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Connection<DatasetGroup>> {
    const { datasets, asking, maxFirst, caller } = context;
    const rows = await collectPages(async (pageSize, pageToken) => {
      const response = await datasets.call(datasets.client.listDatasetGroups, { pageSize, pageToken }, asking);
      return { rows: response.datasetGroups, nextPageToken: response.nextPageToken };
    });
    const theirs = rows.filter(({ name }) => reaches(caller.groups, name));
    return paginate(theirs.map(DatasetGroup.from), (group) => group.name, page, maxFirst);
  }

  @Query(() => DatasetGroup, {
    nullable: true,
    description: "One dataset group; null when there is none of that name.",
  })
  datasetGroup(
    @Arg("name", () => String, { description: "The group's name." }) name: string,
    @Ctx() context: GatewayContext,
  ): Promise<DatasetGroup | null> {
    return orNull(loadDatasetGroup(context, name));
  }

  @Mutation(() => CreateDatasetGroupPayload, { nullable: true, description: "Creates a dataset group." })
  createDatasetGroup(
    @Arg("input", () => CreateDatasetGroupInput, { description: "What to create." }) { name }: CreateDatasetGroupInput,
    @Ctx() { datasets, asking }: GatewayContext,
  ): Promise<CreateDatasetGroupPayload> {
    return payload(CreateDatasetGroupPayload, async () => {
      const response = await datasets.call(datasets.client.createDatasetGroup, { name }, asking);
      return { datasetGroup: DatasetGroup.from(present(response.datasetGroup)) };
    });
  }

  @Mutation(() => DeletePayload, {
    nullable: true,
    description:
      "Deletes a dataset group. Without force it is refused while the group has datasets. Its solutions, models, campaigns and batch jobs go with it, within seconds.",
  })
  deleteDatasetGroup(
    @Arg("input", () => DeleteDatasetGroupInput, { description: "What to delete." }) input: DeleteDatasetGroupInput,
    @Ctx() { datasets, asking }: GatewayContext,
  ): Promise<DeletePayload> {
    return payload(DeletePayload, async () => {
      await datasets.call(datasets.client.deleteDatasetGroup, { name: input.name, force: input.force }, asking);
      return { deleted: true };
    });
  }
}
