import { GetRecommendationsRequest } from "@palate/proto/recipe";
import type { GraphQLResolveInfo } from "graphql";
import { Args, Ctx, Info, Query, Resolver } from "type-graphql";
import { listCost } from "../answers/call-cost.js";
import { toContext } from "../answers/context-values.js";
import { toDiversity } from "../answers/diversity.js";
import { toFilterFields } from "../answers/filter-arguments.js";
import { selectsCursor, toListPlace } from "../answers/list-cursor.js";
import { toPromotions } from "../answers/promotion.js";
import { selectedColumns } from "../answers/selected-columns.js";
import { selectsField } from "../answers/selects-field.js";
import { checkFirst } from "../common/connection.js";
import type { GatewayContext } from "../common/context.js";
import { toUnixSeconds } from "../common/scalars.js";
import { RecommendationArgs } from "./arguments.js";
import { RecommendationConnection, toRecommendations } from "./types.js";

/** Recommendations: one call to one recipe service, and nothing else. */
@Resolver()
export class RecommendationResolver {
  @Query(() => RecommendationConnection, {
    nullable: true,
    description:
      "Items recommended by a campaign: for a user, like an item, or for everybody, as its recipe does. Unknown users and items get an answer too, never an error.",
  })
  async recommendations(
    @Args(() => RecommendationArgs) args: RecommendationArgs,
    @Ctx() { campaigns, lane, maxFirst, asking }: GatewayContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<RecommendationConnection> {
    const { datasetGroup, campaign, first } = args;
    checkFirst(first, maxFirst);
    const { pageToken, rank } = toListPlace(args.after);
    const request = GetRecommendationsRequest.create({
      datasetGroup,
      campaign,
      userId: args.userId ?? "",
      itemId: args.itemId ?? "",
      numResults: first,
      pageToken,
      withPageToken: selectsCursor(info),
      seenItems: args.seenItems ?? 0,
      metadataColumns: args.metadataColumns ?? [...selectedColumns(info)],
      context: toContext(args.context),
      timestamp: toUnixSeconds(args.timestamp),
      ...toFilterFields(args),
      promotions: toPromotions(args.promotions),
      diversity: toDiversity(args.diversity),
      explorationWeight: args.explorationWeight ?? undefined,
      explain: selectsField(info, "reasons"),
    });
    const response = await campaigns.atService(datasetGroup, campaign, ({ runtime }) =>
      runtime.inTurn({ lane, cost: listCost(request), signal: asking.signal }, () =>
        runtime.call(runtime.client.getRecommendations, request, asking),
      ),
    );
    return toRecommendations(datasetGroup, rank, response);
  }
}
