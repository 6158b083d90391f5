import { GetPersonalizedRankingRequest } from "@palate/proto/recipe";
import type { GraphQLResolveInfo } from "graphql";
import { Args, ArgsType, Ctx, Field, Float, ID, Info, Query, Resolver } from "type-graphql";
import { toContext } from "../answers/context-values.js";
import { FilterArgs, toFilterFields } from "../answers/filter-arguments.js";
import { selectedColumns } from "../answers/selected-columns.js";
import { selectsField } from "../answers/selects-field.js";
import type { GatewayContext } from "../common/context.js";
import { DateTime, JsonObject, toUnixSeconds } from "../common/scalars.js";
import { PersonalizedRanking, toRanking } from "./types.js";

/** What is to be ranked, and for whom. */
@ArgsType()
class RankingArgs extends FilterArgs {
  /** The dataset group. */
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  /** The campaign. */
  @Field(() => String, { description: "Name of the campaign; its recipe must rank lists." })
  campaign!: string;

  /** The user. */
  @Field(() => ID, {
    description: "The user, or a session id for an anonymous one. For unknown users popular items come first.",
  })
  userId!: string;

  /** The list. */
  @Field(() => [ID], {
    description:
      "The items to put in order, best first as you see it; at most 10,000. Of those named twice only the first counts.",
  })
  itemIds!: string[];

  /** How much the given order counts. */
  @Field(() => Float, {
    defaultValue: 0,
    description:
      "How much the order in which the items are given counts beside the model, 0 to 1: 0 leaves it to the model alone, 1 keeps the order given. For search results, whose order means something.",
  })
  callerWeight!: number;

  /** Columns. */
  @Field(() => [String], {
    nullable: true,
    description:
      'Item columns to have at hand for attributes and attribute; "*" means all. Absent means those the query selects.',
  })
  metadataColumns?: string[] | null;

  /** Context. */
  @Field(() => JsonObject, {
    nullable: true,
    description:
      'The situation that is asked for, {"DEVICE": "phone"}: values of categorical columns of interactions. Another column is refused, naming those there are; a value that the model does not know is as if not given.',
  })
  context?: Record<string, unknown> | null;

  /** The time. */
  @Field(() => DateTime, { nullable: true, description: "The time the answer is for; absent means now." })
  timestamp?: Date | null;
}

/** Lists in a user's order. */
@Resolver()
export class RankingResolver {
  /** Ranks. */
  @Query(() => PersonalizedRanking, {
    nullable: true,
    description:
      "A list of items, such as search results or a category page, in the order in which a user is likely to want them.",
  })
  async personalizedRanking(
    @Args(() => RankingArgs) args: RankingArgs,
    @Ctx() { recipes, signal }: GatewayContext,
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
    const response = await recipes.onCampaign(datasetGroup, campaign, ({ runtime }) =>
      runtime.call(runtime.client.getPersonalizedRanking, request, signal),
    );
    return toRanking(datasetGroup, itemIds, response);
  }
}
