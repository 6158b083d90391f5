import { invalidArgument } from "@palate/host";
import {
  CreateBatchJobRequest,
  GetActionRecommendationsRequest,
  GetPersonalizedRankingRequest,
  GetRecommendationsRequest,
  GetSegmentRequest,
  RecipeType,
} from "@palate/proto/recipe";
import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Ctx, Info, Mutation, Query, Resolver } from "type-graphql";
import { onBatchJob } from "../../clients/batch-jobs.js";
import { collectPages } from "../../clients/collect-pages.js";
import { payload } from "../../errors/user-errors.js";
import { toContext } from "../answers/context-values.js";
import { toDiversity } from "../answers/diversity.js";
import { toFilterFields } from "../answers/filter-arguments.js";
import { toPromotions } from "../answers/promotion.js";
import { PageArgs, type Connection } from "../common/connection.js";
import type { GatewayContext } from "../common/context.js";
import { DeletePayload } from "../common/delete-payload.js";
import { mergedList } from "../common/merged-list.js";
import { orNull, present } from "../common/or-null.js";
import {
  BatchJob,
  BatchJobConnection,
  BatchJobPayload,
  BatchJobRefInput,
  CreateBatchInferenceJobInput,
  CreateBatchSegmentJobInput,
} from "./types.js";

type Query = Pick<CreateBatchJobRequest, "recommendations" | "ranking" | "segment" | "actions">;

/** One batch job. */
export function loadBatchJob(context: GatewayContext, datasetGroup: string, jobName: string): Promise<BatchJob> {
  return onBatchJob(context, datasetGroup, jobName, async ({ control }) => {
    const response = await control.call(control.client.getBatchJob, { datasetGroup, jobName }, context.asking);
    return BatchJob.from(present(response.batchJob));
  });
}

/** Starts a job at its solution's service; what is asked depends on the recipe's type. */
function create(
  { solutions, asking }: GatewayContext,
  input: CreateBatchInferenceJobInput | CreateBatchSegmentJobInput,
  queryFor: (type: RecipeType, recipe: string) => Query,
): Promise<BatchJobPayload> {
  const { datasetGroup, jobName, solution, versionId } = input;
  return payload(BatchJobPayload, () =>
    solutions.atService(datasetGroup, solution, asking, async (service) => {
      const { control } = service;
      const answer = await control.call(control.client.getSolution, { datasetGroup, name: solution }, asking);
      const recipe = service.recipes.find(({ name }) => name === answer.solution?.recipe) ?? service.recipes[0]!;
      const request = CreateBatchJobRequest.create({
        datasetGroup,
        jobName,
        solution,
        versionId,
        input: typeof input.input === "string" ? Buffer.from(input.input, "utf8") : undefined,
        ...queryFor(recipe.type, recipe.name),
      });
      const response = await control.call(control.client.createBatchJob, request, asking);
      return { batchJob: BatchJob.from(present(response.batchJob)) };
    }),
  );
}

/** What is asked with every line of a batch inference job. */
function inferenceQuery(input: CreateBatchInferenceJobInput, type: RecipeType, recipe: string): Query {
  const none: Query = { recommendations: undefined, ranking: undefined, segment: undefined, actions: undefined };
  const common = {
    ...toFilterFields(input),
    metadataColumns: input.metadataColumns ?? [],
    context: toContext(input.context),
  };
  switch (type) {
    case RecipeType.RECIPE_TYPE_USER_SEGMENTATION:
      throw invalidArgument(`${recipe} finds users; use createBatchSegmentJob.`, [
        { field: "solution", message: `${recipe} finds users; use createBatchSegmentJob` },
      ]);
    case RecipeType.RECIPE_TYPE_PERSONALIZED_RANKING:
      return { ...none, ranking: GetPersonalizedRankingRequest.create(common) };
    case RecipeType.RECIPE_TYPE_PERSONALIZED_ACTIONS: {
      const { context: _, ...rest } = common;
      return {
        ...none,
        actions: GetActionRecommendationsRequest.create({ ...rest, numResults: input.numResults ?? 0 }),
      };
    }
    default: {
      const recommendations = GetRecommendationsRequest.create({
        ...common,
        numResults: input.numResults ?? 0,
        seenItems: input.seenItems ?? 0,
        promotions: toPromotions(input.promotions),
        diversity: toDiversity(input.diversity),
      });
      return { ...none, recommendations };
    }
  }
}

/** Batch jobs. */
@Resolver(() => BatchJob)
export class BatchJobResolver {
  @Query(() => BatchJobConnection, {
    nullable: true,
    description: "The batch jobs of a dataset group over all recipes, by name.",
  })
  batchJobs(
    @Arg("datasetGroup", () => String, { description: "Name of the dataset group." }) datasetGroup: string,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GatewayContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<BatchJob>> {
    return mergedList(context, info, page, async ({ control }) => {
      const rows = await collectPages(async (pageSize, pageToken) => {
        const request = { datasetGroup, pageSize, pageToken };
        const response = await control.call(control.client.listBatchJobs, request, context.asking);
        return { rows: response.batchJobs, nextPageToken: response.nextPageToken };
      });
      return rows.map((row) => Object.assign(BatchJob.from(row), { name: row.jobName }));
    });
  }

  @Query(() => BatchJob, { nullable: true, description: "One batch job; null when there is none of that name." })
  batchJob(
    @Arg("datasetGroup", () => String, { description: "Name of the dataset group." }) datasetGroup: string,
    @Arg("jobName", () => String, { description: "The job's name." }) jobName: string,
    @Ctx() context: GatewayContext,
  ): Promise<BatchJob | null> {
    return orNull(loadBatchJob(context, datasetGroup, jobName));
  }

  @Mutation(() => BatchJobPayload, {
    nullable: true,
    description: "Starts a batch inference job: recommendations, related items or rankings by the file.",
  })
  createBatchInferenceJob(
    @Arg("input", () => CreateBatchInferenceJobInput, { description: "What to ask." })
    input: CreateBatchInferenceJobInput,
    @Ctx() context: GatewayContext,
  ): Promise<BatchJobPayload> {
    return create(context, input, (type, recipe) => inferenceQuery(input, type, recipe));
  }

  @Mutation(() => BatchJobPayload, {
    nullable: true,
    description: "Starts a batch segment job: users by item, attributes or found segment, by the file.",
  })
  createBatchSegmentJob(
    @Arg("input", () => CreateBatchSegmentJobInput, { description: "What to ask." }) input: CreateBatchSegmentJobInput,
    @Ctx() context: GatewayContext,
  ): Promise<BatchJobPayload> {
    return create(context, input, () => ({
      recommendations: undefined,
      ranking: undefined,
      actions: undefined,
      segment: GetSegmentRequest.create({
        ...toFilterFields(input),
        numResults: input.numResults ?? 0,
        seenItems: input.seenItems ?? 0,
      }),
    }));
  }

  @Mutation(() => BatchJobPayload, {
    nullable: true,
    description: "Stops a batch job. The output it has made stays.",
  })
  stopBatchJob(
    @Arg("input", () => BatchJobRefInput, { description: "What to stop." }) input: BatchJobRefInput,
    @Ctx() context: GatewayContext,
  ): Promise<BatchJobPayload> {
    const { datasetGroup, jobName } = input;
    return payload(BatchJobPayload, () =>
      onBatchJob(context, datasetGroup, jobName, async ({ control }) => {
        const request = { datasetGroup, jobName };
        const response = await control.call(control.client.stopBatchJob, request, context.asking);
        return { batchJob: BatchJob.from(present(response.batchJob)) };
      }),
    );
  }

  @Mutation(() => DeletePayload, {
    nullable: true,
    description: "Deletes a batch job and its output; one that runs is stopped first.",
  })
  deleteBatchJob(
    @Arg("input", () => BatchJobRefInput, { description: "What to delete." }) input: BatchJobRefInput,
    @Ctx() context: GatewayContext,
  ): Promise<DeletePayload> {
    const { datasetGroup, jobName } = input;
    return payload(DeletePayload, async () => {
      await onBatchJob(context, datasetGroup, jobName, ({ control }) =>
        control.call(control.client.deleteBatchJob, { datasetGroup, jobName }, context.asking),
      );
      return { deleted: true };
    });
  }
}
