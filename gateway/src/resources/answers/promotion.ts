import * as recipe from "@palate/proto/recipe";
import type { Promotion } from "@palate/proto/recipe";
import { Field, InputType, Int, registerEnumType } from "type-graphql";
import { FilterValueInput, toFilterFields } from "./filter-arguments.js";

const PromotionPlacement = {
  RANDOM: recipe.PromotionPlacement.PROMOTION_PLACEMENT_RANDOM,
  TOP: recipe.PromotionPlacement.PROMOTION_PLACEMENT_TOP,
  BOTTOM: recipe.PromotionPlacement.PROMOTION_PLACEMENT_BOTTOM,
  EVEN: recipe.PromotionPlacement.PROMOTION_PLACEMENT_EVEN,
} as const;
registerEnumType(PromotionPlacement, {
  name: "PromotionPlacement",
  description: "Where promoted items stand among the others of a page.",
  valuesConfig: {
    RANDOM: { description: "At random places, the same for a user until something new is known of them." },
    TOP: { description: "First." },
    BOTTOM: { description: "Last." },
    EVEN: { description: "Spread over the page evenly." },
  },
});

@InputType({
  description:
    "Items that are to have a share of an answer: the best ones, for this question, among those that a filter lets through. The question's own filter does not apply to them.",
})
export class PromotionInput {
  @Field(() => String, { description: "Names it in the answer; unique within the question." })
  name!: string;

  @Field(() => String, { nullable: true, description: "Which items may be promoted: the name of a filter." })
  filter?: string | null;

  @Field(() => [FilterValueInput], { nullable: true, description: "Values of that filter's parameters." })
  filterValues?: FilterValueInput[] | null;

  @Field(() => String, { nullable: true, description: "Or an expression in place of a filter's name." })
  filterExpression?: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      "Share of each page in percent, 1 to 100, rounded up to whole items; all promotions together at most 100. May be absent where positions are given.",
  })
  percentPromotedItems?: number | null;

  @Field(() => PromotionPlacement, { nullable: true, description: "Where they stand; absent means RANDOM." })
  placement?: number | null;

  @Field(() => [Int], {
    nullable: true,
    description: "Or the exact ranks within a page, from 1, in place of placement.",
  })
  positions?: number[] | null;

  @Field(() => Int, {
    nullable: true,
    description: "At most so many promoted items on a page; absent means as many as the share allows.",
  })
  maxItems?: number | null;
}

/** Promotions as recipe services take them. */
export function toPromotions(promotions: readonly PromotionInput[] | null | undefined): Promotion[] {
  return (promotions ?? []).map((promotion) => ({
    ...toFilterFields(promotion),
    name: promotion.name,
    percentPromotedItems: promotion.percentPromotedItems ?? 0,
    placement: promotion.placement ?? 0,
    positions: promotion.positions ?? [],
    maxItems: promotion.maxItems ?? 0,
  }));
}
