import { GetRecommendationsRequest } from "@palate/proto/recipe";
import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Ctx, Float, ID, Info, Int, Query, Resolver } from "type-graphql";
import { toContext } from "../answers/context-values.js";
import { DiversityInput, toDiversity } from "../answers/diversity.js";
import { FilterArgs, toFilterFields } from "../answers/filter-arguments.js";
import { PromotionInput, toPromotions } from "../answers/promotion.js";
import { toOffset } from "../answers/rank-cursor.js";
import { SeenItems } from "../answers/seen-items.js";
import { selectedColumns } from "../answers/selected-columns.js";
import { selectsField } from "../answers/selects-field.js";
import { checkFirst } from "../common/connection.js";
import type { GatewayContext } from "../common/context.js";
import { DateTime, JsonObject, toUnixSeconds } from "../common/scalars.js";
import { RecommendationConnection, toRecommendations } from "./types.js";

/** Recommendations: one call to one recipe service, and nothing else. */
@Resolver()
export class RecommendationResolver {
  /** Recommends. */
  @Query(() => RecommendationConnection, {
    nullable: true,
    description:
      "Items recommended by a campaign: for a user, like an item, or for everybody, as its recipe does. Unknown users and items get an answer too, never an error.",
  })
  recommendations(
    @Arg("datasetGroup", () => String, { description: "Name of the dataset group." }) datasetGroup: string,
    @Arg("campaign", () => String, { description: "Name of the campaign." }) campaign: string,
    @Arg("userId", () => ID, {
      nullable: true,
      description: "The user, or a session id for an anonymous one. Unknown users get the cold-user list.",
    })
    userId: string | null | undefined,
    @Arg("itemId", () => ID, {
      nullable: true,
      description: "The item, for recipes that need one. For an unknown item the answer is popular items.",
    })
    itemId: string | null | undefined,
    @Arg("first", () => Int, {
      defaultValue: 25,
      description: "Most items; at least 1, at most 500 unless configured.",
    })
    first: number,
    @Arg("after", () => String, { nullable: true, description: "Cursor of the item to go on after." })
    after: string | null | undefined,
    @Arg("seenItems", () => SeenItems, {
      nullable: true,
      description: "Whether items the user has interacted with may be recommended; absent means the recipe's default.",
    })
    seenItems: number | null | undefined,
    @Arg("metadataColumns", () => [String], {
      nullable: true,
      description:
        'Item columns to have at hand for attributes and attribute; "*" means all. Absent means those the query selects.',
    })
    metadataColumns: string[] | null | undefined,
    @Arg("context", () => JsonObject, {
      nullable: true,
      description:
        'The situation that is asked for, {"DEVICE": "phone"}: values of categorical columns of interactions. Another column is refused, naming those there are; a value that the model does not know is as if not given.',
    })
    contextValues: Record<string, unknown> | null | undefined,
    @Arg("timestamp", () => DateTime, { nullable: true, description: "The time the answer is for; absent means now." })
    timestamp: Date | null | undefined,
    @Arg("diversity", () => DiversityInput, {
      nullable: true,
      description: "How alike the items may be; absent means the recipe's order as it is.",
    })
    diversity: DiversityInput | null | undefined,
    @Arg("explorationWeight", () => Float, {
      nullable: true,
      description:
        "How much new items are shown to learn about them, 0 to 1, in place of what the campaign says; recipes that do not explore pass it over.",
    })
    explorationWeight: number | null | undefined,
    @Args(() => FilterArgs) filter: FilterArgs,
    @Arg("promotions", () => [PromotionInput], {
      nullable: true,
      description: "Items that are to have a share of the answer; at most 10 promotions.",
    })
    promotions: PromotionInput[] | null | undefined,
    @Ctx() context: GatewayContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<RecommendationConnection> {
    checkFirst(first, context.maxFirst);
    return recommend(
      context,
      GetRecommendationsRequest.create({
        datasetGroup,
        campaign,
        userId: userId ?? "",
        itemId: itemId ?? "",
        numResults: first,
        offset: toOffset(after),
        seenItems: seenItems ?? 0,
        metadataColumns: metadataColumns ?? [...selectedColumns(info)],
        context: toContext(contextValues),
        timestamp: toUnixSeconds(timestamp),
        ...toFilterFields(filter),
        promotions: toPromotions(promotions),
        diversity: toDiversity(diversity),
        explorationWeight: explorationWeight ?? undefined,
        explain: selectsField(info, "reasons"),
      }),
    );
  }
}

async function recommend(
  { recipes, signal }: GatewayContext,
  request: GetRecommendationsRequest,
): Promise<RecommendationConnection> {
  const { datasetGroup, campaign, offset } = request;
  const response = await recipes.onCampaign(datasetGroup, campaign, ({ runtime }) =>
    runtime.call(runtime.client.getRecommendations, request, signal),
  );
  return toRecommendations(datasetGroup, offset, response);
}
