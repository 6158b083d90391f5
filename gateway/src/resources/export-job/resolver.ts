import { Arg, Args, Ctx, Mutation, Query, Resolver } from "type-graphql";
import { collectPages } from "../../clients/collect-pages.js";
import { payload } from "../../errors/user-errors.js";
import { PageArgs, paginate, type Connection } from "../common/connection.js";
import type { GatewayContext } from "../common/context.js";
import { DeletePayload } from "../common/delete-payload.js";
import { orNull, present } from "../common/or-null.js";
import {
  CreateExportJobInput,
  CreateExportJobPayload,
  DeleteExportJobInput,
  ExportJob,
  ExportJobConnection,
} from "./types.js";

/** The export jobs of a group. */
export async function listExportJobs(
  { datasets, asking, maxFirst }: GatewayContext,
  datasetGroup: string,
  page: PageArgs,
): Promise<Connection<ExportJob>> {
  const rows = await collectPages(async (pageSize, pageToken) => {
    const request = { datasetGroup, pageSize, pageToken };
    const response = await datasets.call(datasets.client.listDatasetExportJobs, request, asking);
    return { rows: response.datasetExportJobs, nextPageToken: response.nextPageToken };
  });
  return paginate(rows.map(ExportJob.from), (job) => job.jobName, page, maxFirst);
}

/** One export job. */
export async function loadExportJob(
  { datasets, asking }: GatewayContext,
  datasetGroup: string,
  jobName: string,
): Promise<ExportJob> {
  const response = await datasets.call(datasets.client.getDatasetExportJob, { datasetGroup, jobName }, asking);
  return ExportJob.from(present(response.datasetExportJob));
}

/** Export jobs. */
@Resolver()
export class ExportJobResolver {
  @Query(() => ExportJobConnection, {
    nullable: true,
    description: "The export jobs of a dataset group, newest first.",
  })
  exportJobs(
    @Arg("datasetGroup", () => String, { description: "Name of the dataset group." }) datasetGroup: string,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Connection<ExportJob>> {
    return listExportJobs(context, datasetGroup, page);
  }

  @Query(() => ExportJob, { nullable: true, description: "One export job; null when there is none of that name." })
  exportJob(
    @Arg("datasetGroup", () => String, { description: "Name of the dataset group." }) datasetGroup: string,
    @Arg("jobName", () => String, { description: "The job's name." }) jobName: string,
    @Ctx() context: GatewayContext,
  ): Promise<ExportJob | null> {
    return orNull(loadExportJob(context, datasetGroup, jobName));
  }

  @Mutation(() => CreateExportJobPayload, {
    nullable: true,
    description: "Starts an export of a dataset's rows as they are now, which goes on in the background.",
  })
  createExportJob(
    @Arg("input", () => CreateExportJobInput, { description: "What to export." }) input: CreateExportJobInput,
    @Ctx() { datasets, asking }: GatewayContext,
  ): Promise<CreateExportJobPayload> {
    return payload(CreateExportJobPayload, async () => {
      const response = await datasets.call(datasets.client.createDatasetExportJob, input, asking);
      return { exportJob: ExportJob.from(present(response.datasetExportJob)) };
    });
  }

  @Mutation(() => DeletePayload, {
    nullable: true,
    description: "Deletes an export job and the file that is kept of it. One laid down elsewhere stays there.",
  })
  deleteExportJob(
    @Arg("input", () => DeleteExportJobInput, { description: "Which one." }) input: DeleteExportJobInput,
    @Ctx() { datasets, asking }: GatewayContext,
  ): Promise<DeletePayload> {
    return payload(DeletePayload, async () => {
      await datasets.call(datasets.client.deleteDatasetExportJob, input, asking);
      return { deleted: true };
    });
  }
}
