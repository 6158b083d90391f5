import { Arg, Ctx, Int, Query, Resolver } from "type-graphql";
import { ID } from "../common/scalars.js";
import { idsCost } from "../answers/call-cost.js";
import { checkFirst } from "../common/connection.js";
import type { GatewayContext } from "../common/context.js";
import { ItemKeyphrases } from "./types.js";

const MOST_PHRASES = 50;

/** What texts of items are about. */
@Resolver()
export class KeyphraseResolver {
  @Query(() => [ItemKeyphrases], {
    nullable: true,
    description:
      "What the texts of items are about, as the texts are now: phrases that are telling among all texts of the catalogue. Of campaigns whose recipe reads texts: aws-semantic-similarity and aws-similar-items.",
  })
  itemKeyphrases(
    @Arg("datasetGroup", () => String, { description: "Name of the dataset group." }) datasetGroup: string,
    @Arg("campaign", () => String, { description: "Name of a campaign whose recipe reads texts." }) campaign: string,
    @Arg("itemIds", () => [ID], { description: "The items, at most 100." }) itemIds: string[],
    @Arg("first", () => Int, { defaultValue: 5, description: "Most keyphrases for each item; at least 1, at most 50." })
    first: number,
    @Ctx() { campaigns, lane, asking }: GatewayContext,
  ): Promise<ItemKeyphrases[]> {
    checkFirst(first, MOST_PHRASES);
    return campaigns.atService(datasetGroup, campaign, async ({ runtime }) => {
      const request = { datasetGroup, campaign, itemIds, numResults: first };
      const { items } = await runtime.inTurn({ lane, cost: idsCost(itemIds), signal: asking.signal }, () =>
        runtime.call(runtime.client.listKeyphrases, request, asking),
      );
      return items;
    });
  }
}
