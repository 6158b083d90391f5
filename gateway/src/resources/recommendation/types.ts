import type { GetRecommendationsResponse } from "@palate/proto/recipe";
import { Field, Float, Int, ObjectType } from "type-graphql";
import { basisOf, pageOf, Reason, scoreOf, UserAnswer } from "../answers/answer.js";
import { Cause, toCauses } from "../answers/explanation.js";
import { Item } from "../answers/item.js";
import { cursorsOf } from "../answers/list-cursor.js";
import { PageInfo } from "../common/connection.js";

@ObjectType({
  simpleResolvers: true,
  description: "One recommended item: what belongs to the pairing, not to the item.",
})
export class RecommendationEdge {
  @Field(() => Item, { description: "The item." })
  node!: Item;

  @Field(() => String, {
    description:
      "Its place in the list, to be given as after. It names the items up to there, so it grows with the list; pageInfo.endCursor is all that paging takes.",
  })
  cursor!: string;

  @Field(() => Float, {
    nullable: true,
    description:
      "Score; comparable within one answer, its meaning depends on the recipe. Null when the recipe gives none.",
  })
  score!: number | null;

  @Field(() => Int, { description: "Rank over the whole list, from 1." })
  rank!: number;

  @Field(() => Reason, { nullable: true, description: "Why it is here, when it is not for its score." })
  reason!: number | null;

  @Field(() => String, { nullable: true, description: "Name of the promotion that put it here; null where none did." })
  promotion!: string | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "How probable it was, 0 to 1, that the item would be in the answer: what to weigh by when learning from what follows. Null where nothing was left to chance.",
  })
  propensity!: number | null;

  @Field(() => [Cause], {
    description: "What speaks for it, strongest first; worked out only for queries that select this field.",
  })
  reasons!: Cause[];
}

@ObjectType({ simpleResolvers: true, description: "A page of recommended items, and what the answer rests on." })
export class RecommendationConnection extends UserAnswer {
  @Field(() => [RecommendationEdge], { description: "Items with score, rank and reason, best first." })
  edges!: RecommendationEdge[];

  @Field(() => [Item], { description: "The same items alone." })
  nodes!: Item[];

  @Field(() => PageInfo, { description: "Where the page lies in the list." })
  pageInfo!: PageInfo;
}

/** Makes an answer of a recipe service's. */
export function toRecommendations(
  datasetGroup: string,
  offset: number,
  response: GetRecommendationsResponse,
): RecommendationConnection {
  const { itemIds, scores, reasons, metadata, explanations, promotions, propensities } = response;
  const count = itemIds.length;
  const cursorOf = cursorsOf(response.nextPageToken);
  const edges = new Array<RecommendationEdge>(count);
  const nodes = new Array<Item>(count);
  for (let row = 0; row < count; row++) {
    const node = new Item(datasetGroup, itemIds[row] as string, metadata, row);
    const rank = offset + row + 1;
    nodes[row] = node;
    edges[row] = {
      node,
      cursor: cursorOf(rank),
      score: scoreOf(scores[row]),
      rank,
      reason: reasons[row] || null,
      promotion: promotions[row] || null,
      propensity: scoreOf(propensities[row]),
      reasons: toCauses(datasetGroup, explanations[row]),
    };
  }
  return {
    edges,
    nodes,
    pageInfo: pageOf(edges, offset, response.hasMore),
    ...basisOf(response),
  };
}
