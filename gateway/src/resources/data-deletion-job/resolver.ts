import { Arg, Args, Ctx, Mutation, Query, Resolver } from "type-graphql";
import { collectPages } from "../../clients/collect-pages.js";
import { payload } from "../../errors/user-errors.js";
import { PageArgs, paginate, type Connection } from "../common/connection.js";
import type { GatewayContext } from "../common/context.js";
import { orNull, present } from "../common/or-null.js";
import {
  CreateDataDeletionJobInput,
  CreateDataDeletionJobPayload,
  DataDeletionJob,
  DataDeletionJobConnection,
} from "./types.js";

/** The deletions of a group. */
export async function listDataDeletionJobs(
  { datasets, asking, maxFirst }: GatewayContext,
  datasetGroup: string,
  page: PageArgs,
): Promise<Connection<DataDeletionJob>> {
  const rows = await collectPages(async (pageSize, pageToken) => {
    const request = { datasetGroup, pageSize, pageToken };
    const response = await datasets.call(datasets.client.listDataDeletionJobs, request, asking);
    return { rows: response.dataDeletionJobs, nextPageToken: response.nextPageToken };
  });
  return paginate(rows.map(DataDeletionJob.from), (job) => job.jobName, page, maxFirst);
}

/** One deletion. */
export async function loadDataDeletionJob(
  { datasets, asking }: GatewayContext,
  datasetGroup: string,
  jobName: string,
): Promise<DataDeletionJob> {
  const response = await datasets.call(datasets.client.getDataDeletionJob, { datasetGroup, jobName }, asking);
  return DataDeletionJob.from(present(response.dataDeletionJob));
}

/** Deletions of users and items. */
@Resolver()
export class DataDeletionResolver {
  @Query(() => DataDeletionJobConnection, {
    nullable: true,
    description: "The deletions of users and items in a dataset group, newest first.",
  })
  dataDeletionJobs(
    @Arg("datasetGroup", () => String, { description: "Name of the dataset group." }) datasetGroup: string,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Connection<DataDeletionJob>> {
    return listDataDeletionJobs(context, datasetGroup, page);
  }

  @Query(() => DataDeletionJob, {
    nullable: true,
    description: "One deletion with its proof; null when there is none of that name.",
  })
  dataDeletionJob(
    @Arg("datasetGroup", () => String, { description: "Name of the dataset group." }) datasetGroup: string,
    @Arg("jobName", () => String, { description: "The job's name." }) jobName: string,
    @Ctx() context: GatewayContext,
  ): Promise<DataDeletionJob | null> {
    return orNull(loadDataDeletionJob(context, datasetGroup, jobName));
  }

  @Mutation(() => CreateDataDeletionJobPayload, {
    nullable: true,
    description:
      "Deletes users or items with everything about them. Answers are without them at once; files and exports that are kept follow in the background. What comes about the same ids later is about new ones.",
  })
  createDataDeletionJob(
    @Arg("input", () => CreateDataDeletionJobInput, { description: "What to delete." })
    input: CreateDataDeletionJobInput,
    @Ctx() { datasets, asking }: GatewayContext,
  ): Promise<CreateDataDeletionJobPayload> {
    return payload(CreateDataDeletionJobPayload, async () => {
      const response = await datasets.call(datasets.client.createDataDeletionJob, input, asking);
      return { dataDeletionJob: DataDeletionJob.from(present(response.dataDeletionJob)) };
    });
  }
}
