import type { GetRecommendationsResponse } from "@palate/proto/recipe";
import { Field, Float, Int, ObjectType } from "type-graphql";
import { basisOf, pageOf, Reason, scoreOf, UserAnswer } from "../answers/answer.js";
import { Cause, toCauses } from "../answers/explanation.js";
import { Item } from "../answers/item.js";
import { rankToCursor } from "../answers/rank-cursor.js";
import { PageInfo } from "../common/connection.js";

/** One recommended item. */
@ObjectType({
  simpleResolvers: true,
  description: "One recommended item: what belongs to the pairing, not to the item.",
})
export class RecommendationEdge {
  /** The item. */
  @Field(() => Item, { description: "The item." })
  node!: Item;

  /** Its place. */
  @Field(() => String, { description: "Its place in the list, to be given as after." })
  cursor!: string;

  /** How good. */
  @Field(() => Float, {
    nullable: true,
    description:
      "Score; comparable within one answer, its meaning depends on the recipe. Null when the recipe gives none.",
  })
  score!: number | null;

  /** Its rank. */
  @Field(() => Int, { description: "Rank over the whole list, from 1." })
  rank!: number;

  /** Why. */
  @Field(() => Reason, { nullable: true, description: "Why it is here, when it is not for its score." })
  reason!: number | null;

  /** Which promotion. */
  @Field(() => String, { nullable: true, description: "Name of the promotion that put it here; null where none did." })
  promotion!: string | null;

  /** Chance. */
  @Field(() => Float, {
    nullable: true,
    description:
      "How probable it was, 0 to 1, that the item would be in the answer: what to weigh by when learning from what follows. Null where nothing was left to chance.",
  })
  propensity!: number | null;

  /** Why, at length. */
  @Field(() => [Cause], {
    description: "What speaks for it, strongest first; worked out only for queries that select this field.",
  })
  reasons!: Cause[];
}

/** An answer. */
@ObjectType({ simpleResolvers: true, description: "A page of recommended items, and what the answer rests on." })
export class RecommendationConnection extends UserAnswer {
  /** Items with their scores. */
  @Field(() => [RecommendationEdge], { description: "Items with score, rank and reason, best first." })
  edges!: RecommendationEdge[];

  /** Items alone. */
  @Field(() => [Item], { description: "The same items alone." })
  nodes!: Item[];

  /** Where the page lies. */
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
  const edges = new Array<RecommendationEdge>(count);
  const nodes = new Array<Item>(count);
  for (let row = 0; row < count; row++) {
    const node = new Item(datasetGroup, itemIds[row] as string, metadata, row);
    const rank = offset + row + 1;
    nodes[row] = node;
    edges[row] = {
      node,
      cursor: rankToCursor(rank),
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
