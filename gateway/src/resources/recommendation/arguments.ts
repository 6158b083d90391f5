import { ArgsType, Field, Float, Int } from "type-graphql";
import { ID } from "../common/scalars.js";
import { DiversityInput } from "../answers/diversity.js";
import { ItemQuestionArgs } from "../answers/item-question-arguments.js";
import { PromotionInput } from "../answers/promotion.js";
import { SeenItems } from "../answers/seen-items.js";

/** What is to be recommended, and for whom. */
@ArgsType()
export class RecommendationArgs extends ItemQuestionArgs {
  @Field(() => String, { description: "Name of the campaign." })
  campaign!: string;

  @Field(() => ID, {
    nullable: true,
    description: "The user, or a session id for an anonymous one. Unknown users get the cold-user list.",
  })
  userId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "The item, for recipes that need one. For an unknown item the answer is popular items.",
  })
  itemId?: string | null;

  @Field(() => Int, {
    defaultValue: 25,
    description: "Most items; at least 1, at most 500 unless configured.",
  })
  first!: number;

  @Field(() => String, {
    nullable: true,
    description:
      "Cursor of the item to go on after. The page has what the pages before it did not show, whatever has happened since: no item comes twice, and none is lost. The campaign, user and other arguments must be those of the first page; first may differ.",
  })
  after?: string | null;

  @Field(() => SeenItems, {
    nullable: true,
    description:
      "Whether items the user has interacted with may be recommended. Absent means the recipe's default: recipes for a user leave them out as long as others fill the answer, and then let the best of them follow with reason SEEN; the others treat them as any other.",
  })
  seenItems?: number | null;

  @Field(() => DiversityInput, {
    nullable: true,
    description: "How alike the items may be; absent means the recipe's order as it is.",
  })
  diversity?: DiversityInput | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "How much new items are shown to learn about them, 0 to 1, in place of what the campaign says; recipes that do not explore pass it over.",
  })
  explorationWeight?: number | null;

  @Field(() => [PromotionInput], {
    nullable: true,
    description: "Items that are to have a share of the answer; at most 10 promotions.",
  })
  promotions?: PromotionInput[] | null;
}
