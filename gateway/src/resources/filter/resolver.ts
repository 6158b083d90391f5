import { ExplainFilterRequest } from "@palate/proto/recipe";
import { Arg, Args, Ctx, Mutation, Query, Resolver } from "type-graphql";
import { collectPages } from "../../clients/collect-pages.js";
import { payload } from "../../errors/user-errors.js";
import { idsCost } from "../answers/call-cost.js";
import { toFilterFields } from "../answers/filter-arguments.js";
import { PageArgs, paginate, type Connection } from "../common/connection.js";
import type { GatewayContext } from "../common/context.js";
import { DeletePayload } from "../common/delete-payload.js";
import { orNull, present } from "../common/or-null.js";
import { toUnixSeconds } from "../common/scalars.js";
import { ExplainFilterArgs } from "./arguments.js";
import {
  CreateFilterInput,
  Filter,
  FilterCheck,
  FilterConnection,
  FilterPayload,
  FilterVerdict,
  toProblems,
  UpdateFilterInput,
} from "./types.js";

/** One filter. */
export async function loadFilter(
  { datasets, asking }: GatewayContext,
  datasetGroup: string,
  name: string,
): Promise<Filter> {
  const response = await datasets.call(datasets.client.getFilter, { datasetGroup, name }, asking);
  return Filter.from(present(response.filter));
}

/** The filters of a group. */
export async function listFilters(
  { datasets, asking, maxFirst }: GatewayContext,
  datasetGroup: string,
  page: PageArgs,
): Promise<Connection<Filter>> {
  const rows = await collectPages(async (pageSize, pageToken) => {
    const request = { datasetGroup, pageSize, pageToken };
    const response = await datasets.call(datasets.client.listFilters, request, asking);
    return { rows: response.filters, nextPageToken: response.nextPageToken };
  });
  return paginate(rows.map(Filter.from), (filter) => filter.name, page, maxFirst);
}

/** Filters. */
@Resolver()
export class FilterResolver {
  @Query(() => FilterConnection, { nullable: true, description: "The filters of a dataset group by name." })
  filters(
    @Arg("datasetGroup", () => String, { description: "Name of the dataset group." }) datasetGroup: string,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Connection<Filter>> {
    return listFilters(context, datasetGroup, page);
  }

  @Query(() => Filter, { nullable: true, description: "One filter; null when there is none of that name." })
  filter(
    @Arg("datasetGroup", () => String, { description: "Name of the dataset group." }) datasetGroup: string,
    @Arg("name", () => String, { description: "The filter's name." }) name: string,
    @Ctx() context: GatewayContext,
  ): Promise<Filter | null> {
    return orNull(loadFilter(context, datasetGroup, name));
  }

  @Query(() => FilterCheck, {
    nullable: true,
    description: "Checks an expression against a group's datasets without storing anything: what is wrong, and where.",
  })
  async checkFilter(
    @Arg("datasetGroup", () => String, { description: "Name of the dataset group." }) datasetGroup: string,
    @Arg("expression", () => String, { description: "The expression." }) expression: string,
    @Ctx() { datasets, asking }: GatewayContext,
  ): Promise<FilterCheck> {
    const response = await datasets.call(datasets.client.checkFilter, { datasetGroup, expression }, asking);
    const { problems, target, parameters, canonical } = response;
    return { problems: toProblems(problems), target: target || null, parameters, canonical: canonical || null };
  }

  @Query(() => [FilterVerdict], {
    nullable: true,
    description: "Why a filter removes items, users or actions, or lets them through; one verdict for each id.",
  })
  explainFilter(
    @Args(() => ExplainFilterArgs) args: ExplainFilterArgs,
    @Ctx() { campaigns, lane, asking }: GatewayContext,
  ): Promise<FilterVerdict[]> {
    const { datasetGroup, campaign, ids } = args;
    const request = ExplainFilterRequest.create({
      datasetGroup,
      campaign,
      ids,
      userId: args.userId ?? "",
      itemId: args.itemId ?? "",
      timestamp: toUnixSeconds(args.timestamp),
      ...toFilterFields(args),
    });
    return campaigns.atService(datasetGroup, campaign, async ({ runtime }) => {
      const { verdicts } = await runtime.inTurn({ lane, cost: idsCost(ids), signal: asking.signal }, () =>
        runtime.call(runtime.client.explainFilter, request, asking),
      );
      return verdicts;
    });
  }

  @Mutation(() => FilterPayload, {
    nullable: true,
    description: "Creates a filter after checking it against the group's datasets. It can be used at once.",
  })
  createFilter(
    @Arg("input", () => CreateFilterInput, { description: "What to create." }) input: CreateFilterInput,
    @Ctx() { datasets, asking }: GatewayContext,
  ): Promise<FilterPayload> {
    return payload(FilterPayload, async () => {
      const response = await datasets.call(datasets.client.createFilter, input, asking);
      return { filter: Filter.from(present(response.filter)) };
    });
  }

  @Mutation(() => FilterPayload, {
    nullable: true,
    description:
      "Gives a filter a new version, which every campaign uses from then on. The versions before stay listed.",
  })
  updateFilter(
    @Arg("input", () => UpdateFilterInput, { description: "What to change." }) input: UpdateFilterInput,
    @Ctx() { datasets, asking }: GatewayContext,
  ): Promise<FilterPayload> {
    return payload(FilterPayload, async () => {
      const request = { ...input, expectedVersion: input.expectedVersion ?? 0 };
      const response = await datasets.call(datasets.client.updateFilter, request, asking);
      return { filter: Filter.from(present(response.filter)) };
    });
  }

  @Mutation(() => DeletePayload, {
    nullable: true,
    description: "Deletes a filter; questions that name it are refused from then on.",
  })
  deleteFilter(
    @Arg("datasetGroup", () => String, { description: "Name of the dataset group." }) datasetGroup: string,
    @Arg("name", () => String, { description: "The filter's name." }) name: string,
    @Ctx() { datasets, asking }: GatewayContext,
  ): Promise<DeletePayload> {
    return payload(DeletePayload, async () => {
      await datasets.call(datasets.client.deleteFilter, { datasetGroup, name }, asking);
      return { deleted: true };
    });
  }
}
