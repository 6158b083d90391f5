import type { GetPersonalizedRankingResponse } from "@palate/proto/recipe";
import { Field, Float, Int, ObjectType } from "type-graphql";
import { basisOf, Reason, scoreOf, UserAnswer } from "../answers/answer.js";
import { Cause, toCauses } from "../answers/explanation.js";
import { Item } from "../answers/item.js";

@ObjectType({ simpleResolvers: true, description: "One item of a list in a user's order." })
export class RankingEdge {
  @Field(() => Item, { description: "The item." })
  node!: Item;

  @Field(() => Float, {
    nullable: true,
    description:
      "How probable it is that the user chooses it out of this list; null for items that the model does not know.",
  })
  score!: number | null;

  @Field(() => Int, { description: "Rank for this user, from 1." })
  rank!: number;

  @Field(() => Int, { description: "Its place in the list that was given, from 1." })
  givenRank!: number;

  @Field(() => Reason, {
    nullable: true,
    description: "POPULAR when nothing is known of the user, so that the order is what everybody likes.",
  })
  reason!: number | null;

  @Field(() => [Cause], {
    description: "What speaks for it, strongest first; worked out only for queries that select this field.",
  })
  reasons!: Cause[];
}

@ObjectType({ simpleResolvers: true, description: "A list in the order in which a user is likely to want it." })
export class PersonalizedRanking extends UserAnswer {
  @Field(() => [RankingEdge], {
    description:
      "Every item once, best first; those that the model does not know come last, in the order given. Scores sum to 1.",
  })
  edges!: RankingEdge[];

  @Field(() => [Item], { description: "The same items alone." })
  nodes!: Item[];
}

/**
 * Makes an answer of a recipe service's.
 * @param given the list as it was sent
 */
export function toRanking(
  datasetGroup: string,
  given: readonly string[],
  response: GetPersonalizedRankingResponse,
): PersonalizedRanking {
  const { itemIds, scores, reasons, metadata, explanations } = response;
  const places = new Map<string, number>();
  given.forEach((id, place) => {
    if (!places.has(id)) places.set(id, place + 1);
  });
  const nodes = itemIds.map((itemId, row) => new Item(datasetGroup, itemId, metadata, row));
  const edges = nodes.map((node, row) => ({
    node,
    score: scoreOf(scores[row]),
    rank: row + 1,
    givenRank: places.get(node.itemId) ?? 0,
    reason: reasons[row] || null,
    reasons: toCauses(datasetGroup, explanations[row]),
  }));
  return { edges, nodes, ...basisOf(response) };
}
