import { Arg, Args, Ctx, Mutation, Query, Resolver } from "type-graphql";
import { collectPages } from "../../clients/collect-pages.js";
import { payload } from "../../errors/user-errors.js";
import { PageArgs, paginate, type Connection } from "../common/connection.js";
import type { GatewayContext } from "../common/context.js";
import { orNull, present } from "../common/or-null.js";
import { DataAnalysis } from "./data-analysis.js";
import { ImportMapping } from "./mapping.js";
import {
  CreateImportJobInput,
  CreateImportJobPayload,
  ImportJob,
  ImportJobConnection,
  StopImportJobInput,
  StopImportJobPayload,
} from "./types.js";

/** The import jobs of a group. */
export async function listImportJobs(
  { datasets, asking, maxFirst }: GatewayContext,
  datasetGroup: string,
  page: PageArgs,
): Promise<Connection<ImportJob>> {
  const rows = await collectPages(async (pageSize, pageToken) => {
    const request = { datasetGroup, pageSize, pageToken };
    const response = await datasets.call(datasets.client.listDatasetImportJobs, request, asking);
    return { rows: response.datasetImportJobs, nextPageToken: response.nextPageToken };
  });
  return paginate(rows.map(ImportJob.from), (job) => job.jobName, page, maxFirst);
}

/** One import job. */
export async function loadImportJob(
  { datasets, asking }: GatewayContext,
  datasetGroup: string,
  jobName: string,
): Promise<ImportJob> {
  const response = await datasets.call(datasets.client.getDatasetImportJob, { datasetGroup, jobName }, asking);
  return ImportJob.from(present(response.datasetImportJob));
}

/** Import jobs. */
@Resolver()
export class ImportJobResolver {
  @Query(() => ImportJobConnection, {
    nullable: true,
    description: "The import jobs of a dataset group, newest first.",
  })
  importJobs(
    @Arg("datasetGroup", () => String, { description: "Name of the dataset group." }) datasetGroup: string,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Connection<ImportJob>> {
    return listImportJobs(context, datasetGroup, page);
  }

  @Query(() => ImportJob, { nullable: true, description: "One import job; null when there is none of that name." })
  importJob(
    @Arg("datasetGroup", () => String, { description: "Name of the dataset group." }) datasetGroup: string,
    @Arg("jobName", () => String, { description: "The job's name." }) jobName: string,
    @Ctx() context: GatewayContext,
  ): Promise<ImportJob | null> {
    return orNull(loadImportJob(context, datasetGroup, jobName));
  }

  @Mutation(() => CreateImportJobPayload, {
    nullable: true,
    description: "Starts an import, which goes on in the background. A failed import leaves the dataset as it was.",
  })
  createImportJob(
    @Arg("input", () => CreateImportJobInput, { description: "What to import." }) input: CreateImportJobInput,
    @Ctx() { datasets, asking }: GatewayContext,
  ): Promise<CreateImportJobPayload> {
    return payload(CreateImportJobPayload, async () => {
      const response = await datasets.call(
        datasets.client.createDatasetImportJob,
        { ...input, mapping: ImportMapping.toMessage(input.mapping) },
        asking,
      );
      return { importJob: ImportJob.from(present(response.datasetImportJob)) };
    });
  }

  @Mutation(() => StopImportJobPayload, {
    nullable: true,
    description: "Stops an import, which then changes nothing. One whose last step has begun goes through.",
  })
  stopImportJob(
    @Arg("input", () => StopImportJobInput, { description: "Which one." }) input: StopImportJobInput,
    @Ctx() { datasets, asking }: GatewayContext,
  ): Promise<StopImportJobPayload> {
    return payload(StopImportJobPayload, async () => {
      const response = await datasets.call(datasets.client.stopDatasetImportJob, input, asking);
      return { importJob: ImportJob.from(present(response.datasetImportJob)) };
    });
  }

  @Query(() => DataAnalysis, {
    nullable: true,
    description: "What an import's rows say, and what to do about it; null when there is no such import or analysis.",
  })
  dataAnalysis(
    @Arg("datasetGroup", () => String, { description: "Name of the dataset group." }) datasetGroup: string,
    @Arg("jobName", () => String, { description: "The import job's name." }) jobName: string,
    @Ctx() { datasets, asking }: GatewayContext,
  ): Promise<DataAnalysis | null> {
    const request = { datasetGroup, jobName };
    return orNull(
      datasets
        .call(datasets.client.getDataAnalysis, request, asking)
        .then((response) => DataAnalysis.from(present(response.dataAnalysis))),
    );
  }
}
