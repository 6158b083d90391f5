import { Arg, Args, Ctx, Mutation, Query, Resolver } from "type-graphql";
import { payload } from "../../errors/user-errors.js";
import { PageArgs, paginate, type Connection } from "../common/connection.js";
import type { GatewayContext } from "../common/context.js";
import { DeletePayload } from "../common/delete-payload.js";
import { orNull, present } from "../common/or-null.js";
import {
  CreateDatasetInput,
  CreateDatasetPayload,
  Dataset,
  DatasetConnection,
  DatasetType,
  DeleteDatasetInput,
  UpdateDatasetInput,
  UpdateDatasetPayload,
} from "./types.js";

/** The datasets of a group. */
export async function listDatasets(
  { datasets, asking, maxFirst }: GatewayContext,
  datasetGroup: string,
  page: PageArgs,
): Promise<Connection<Dataset>> {
  const response = await datasets.call(datasets.client.listDatasets, { datasetGroup }, asking);
  return paginate(response.datasets.map(Dataset.from), (dataset) => String(dataset.datasetType), page, maxFirst);
}

/** One dataset. */
export async function loadDataset(
  { datasets, asking }: GatewayContext,
  datasetGroup: string,
  datasetType: number,
): Promise<Dataset> {
  const response = await datasets.call(datasets.client.getDataset, { datasetGroup, datasetType }, asking);
  return Dataset.from(present(response.dataset));
}

/** Datasets. */
@Resolver()
export class DatasetResolver {
  @Query(() => DatasetConnection, { nullable: true, description: "The datasets of a group, at most one of each type." })
  datasets(
    @Arg("datasetGroup", () => String, { description: "Name of the dataset group." }) datasetGroup: string,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Connection<Dataset>> {
    return listDatasets(context, datasetGroup, page);
  }

  @Query(() => Dataset, {
    nullable: true,
    description: "One dataset of a group; null when there is none of that type.",
  })
  dataset(
    @Arg("datasetGroup", () => String, { description: "Name of the dataset group." }) datasetGroup: string,
    @Arg("datasetType", () => DatasetType, { description: "Which of its datasets." }) datasetType: number,
    @Ctx() context: GatewayContext,
  ): Promise<Dataset | null> {
    return orNull(loadDataset(context, datasetGroup, datasetType));
  }

  @Mutation(() => CreateDatasetPayload, {
    nullable: true,
    description: "Creates a dataset; a group has at most one of each type.",
  })
  createDataset(
    @Arg("input", () => CreateDatasetInput, { description: "What to create." }) input: CreateDatasetInput,
    @Ctx() { datasets, asking }: GatewayContext,
  ): Promise<CreateDatasetPayload> {
    return payload(CreateDatasetPayload, async () => {
      const response = await datasets.call(datasets.client.createDataset, input, asking);
      return { dataset: Dataset.from(present(response.dataset)) };
    });
  }

  @Mutation(() => UpdateDatasetPayload, {
    nullable: true,
    description:
      "Gives a dataset another schema. Its rows stay: columns that are new are null or have their default in them, columns that are gone are kept but not read.",
  })
  updateDataset(
    @Arg("input", () => UpdateDatasetInput, { description: "Which dataset, and its schema." })
    input: UpdateDatasetInput,
    @Ctx() { datasets, asking }: GatewayContext,
  ): Promise<UpdateDatasetPayload> {
    return payload(UpdateDatasetPayload, async () => {
      const response = await datasets.call(datasets.client.updateDataset, input, asking);
      return { dataset: Dataset.from(present(response.dataset)) };
    });
  }

  @Mutation(() => DeletePayload, { nullable: true, description: "Deletes a dataset and its data." })
  deleteDataset(
    @Arg("input", () => DeleteDatasetInput, { description: "What to delete." }) input: DeleteDatasetInput,
    @Ctx() { datasets, asking }: GatewayContext,
  ): Promise<DeletePayload> {
    return payload(DeletePayload, async () => {
      await datasets.call(datasets.client.deleteDataset, input, asking);
      return { deleted: true };
    });
  }
}
