import { GetPersonalizedRankingRequest } from "@palate/proto/recipe";
import type { GraphQLResolveInfo } from "graphql";
import { Args, Ctx, Info, Query, Resolver } from "type-graphql";
import { rankingCost } from "../answers/call-cost.js";
import { toContext } from "../answers/context-values.js";
import { toFilterFields } from "../answers/filter-arguments.js";
import { selectedColumns } from "../answers/selected-columns.js";
import { selectsField } from "../answers/selects-field.js";
import type { GatewayContext } from "../common/context.js";
import { toUnixSeconds } from "../common/scalars.js";
import { RankingArgs } from "./arguments.js";
import { PersonalizedRanking, toRanking } from "./types.js";

/** Lists in a user's order. */
@Resolver()
export class RankingResolver {
  @Query(() => PersonalizedRanking, {
    nullable: true,
    description:
      "A list of items, such as search results or a category page, in the order in which a user is likely to want them.",
  })
  async personalizedRanking(
    @Args(() => RankingArgs) args: RankingArgs,
    @Ctx() { campaigns, lane, asking }: GatewayContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<PersonalizedRanking> {
    const { datasetGroup, campaign, userId, itemIds, callerWeight } = args;
    const request = GetPersonalizedRankingRequest.create({
      datasetGroup,
      campaign,
      userId,
      itemIds,
      callerWeight,
      metadataColumns: args.metadataColumns ?? [...selectedColumns(info)],
      context: toContext(args.context),
      timestamp: toUnixSeconds(args.timestamp),
      explain: selectsField(info, "reasons"),
      ...toFilterFields(args),
    });
    const response = await campaigns.atService(datasetGroup, campaign, ({ runtime }) =>
      runtime.inTurn({ lane, cost: rankingCost(request), signal: asking.signal }, () =>
        runtime.call(runtime.client.getPersonalizedRanking, request, asking),
      ),
    );
    return toRanking(datasetGroup, itemIds, response);
  }
}
