import { alreadyExists } from "@palate/host";
import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Query, Resolver, Root } from "type-graphql";
import { collectPages } from "../../clients/collect-pages.js";
import { payload } from "../../errors/user-errors.js";
import { PageArgs, type Connection } from "../common/connection.js";
import type { GatewayContext } from "../common/context.js";
import { DeletePayload } from "../common/delete-payload.js";
import { mergedList } from "../common/merged-list.js";
import { orNull, present } from "../common/or-null.js";
import { loadVersion } from "../solution-version/resolver.js";
import { SolutionVersion } from "../solution-version/types.js";
import { toCampaignConfig } from "./config.js";
import {
  Campaign,
  CampaignConnection,
  CampaignPayload,
  CreateCampaignInput,
  DeleteCampaignInput,
  UpdateCampaignInput,
} from "./types.js";

/** The campaigns of a group over all recipe services. */
export function listCampaigns(
  context: GatewayContext,
  info: GraphQLResolveInfo,
  datasetGroup: string,
  page: PageArgs,
): Promise<Connection<Campaign>> {
  return mergedList(context, info, page, async ({ control }) => {
    const rows = await collectPages(async (pageSize, pageToken) => {
      const request = { datasetGroup, pageSize, pageToken };
      const response = await control.call(control.client.listCampaigns, request, context.asking);
      return { rows: response.campaigns, nextPageToken: response.nextPageToken };
    });
    return rows.map(Campaign.from);
  });
}

/** One campaign. */
export function loadCampaign(
  { campaigns, asking }: GatewayContext,
  datasetGroup: string,
  name: string,
): Promise<Campaign> {
  return campaigns.atService(datasetGroup, name, async ({ control }) => {
    const response = await control.call(control.client.getCampaign, { datasetGroup, name }, asking);
    return Campaign.from(present(response.campaign));
  });
}

/** Campaigns. */
@Resolver(() => Campaign)
export class CampaignResolver {
  @Query(() => CampaignConnection, {
    nullable: true,
    description: "The campaigns of a dataset group over all recipes, by name.",
  })
  campaigns(
    @Arg("datasetGroup", () => String, { description: "Name of the dataset group." }) datasetGroup: string,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GatewayContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<Campaign>> {
    return listCampaigns(context, info, datasetGroup, page);
  }

  @Query(() => Campaign, { nullable: true, description: "One campaign; null when there is none of that name." })
  campaign(
    @Arg("datasetGroup", () => String, { description: "Name of the dataset group." }) datasetGroup: string,
    @Arg("name", () => String, { description: "The campaign's name." }) name: string,
    @Ctx() context: GatewayContext,
  ): Promise<Campaign | null> {
    return orNull(loadCampaign(context, datasetGroup, name));
  }

  @FieldResolver(() => SolutionVersion, {
    nullable: true,
    description: "The version that answers now; null until one can.",
  })
  servingVersion(
    @Root() { datasetGroup, solution, servingVersionId }: Campaign,
    @Ctx() context: GatewayContext,
  ): Promise<SolutionVersion | null> | null {
    return servingVersionId === null ? null : orNull(loadVersion(context, datasetGroup, solution, servingVersionId));
  }

  @Mutation(() => CampaignPayload, {
    nullable: true,
    description: "Creates a campaign. It becomes ACTIVE as soon as the version it serves can answer.",
  })
  createCampaign(
    @Arg("input", () => CreateCampaignInput, { description: "What to create." }) input: CreateCampaignInput,
    @Ctx() { solutions, campaigns, recipes, asking }: GatewayContext,
  ): Promise<CampaignPayload> {
    const { datasetGroup, name, solution } = input;
    return payload(CampaignPayload, () =>
      solutions.atService(datasetGroup, solution, asking, async (service) => {
        // Unique over all services: a service knows only its own campaigns, the table everyone's.
        await recipes.refreshAfterNow();
        const owner = campaigns.known(datasetGroup, name);
        if (owner && owner !== service) throw alreadyExists("campaign", name);
        const { client } = service.control;
        const request = { ...input, campaignConfig: toCampaignConfig(input.campaignConfig) };
        const response = await service.control.call(client.createCampaign, request, asking);
        campaigns.remember(datasetGroup, name, service);
        return { campaign: Campaign.from(present(response.campaign)) };
      }),
    );
  }

  @Mutation(() => CampaignPayload, {
    nullable: true,
    description: "Points a campaign at another solution version, or changes how it answers.",
  })
  updateCampaign(
    @Arg("input", () => UpdateCampaignInput, { description: "What to change." }) input: UpdateCampaignInput,
    @Ctx() { campaigns, asking }: GatewayContext,
  ): Promise<CampaignPayload> {
    return payload(CampaignPayload, () =>
      campaigns.atService(input.datasetGroup, input.name, async ({ control }) => {
        const { datasetGroup, name, versionId } = input;
        const config = toCampaignConfig(input.campaignConfig);
        const request = { datasetGroup, name, versionId: versionId ?? undefined, campaignConfig: config };
        const response = await control.call(control.client.updateCampaign, request, asking);
        return { campaign: Campaign.from(present(response.campaign)) };
      }),
    );
  }

  @Mutation(() => DeletePayload, { nullable: true, description: "Deletes a campaign." })
  deleteCampaign(
    @Arg("input", () => DeleteCampaignInput, { description: "What to delete." }) input: DeleteCampaignInput,
    @Ctx() { campaigns, asking }: GatewayContext,
  ): Promise<DeletePayload> {
    const { datasetGroup, name } = input;
    return payload(DeletePayload, async () => {
      await campaigns.atService(datasetGroup, name, ({ control }) =>
        control.call(control.client.deleteCampaign, { datasetGroup, name }, asking),
      );
      campaigns.forget(datasetGroup, name);
      return { deleted: true };
    });
  }
}
