import { ArgsType, Field, Float } from "type-graphql";
import { ID } from "../common/scalars.js";
import { ItemQuestionArgs } from "../answers/item-question-arguments.js";

/** What is to be ranked, and for whom. */
@ArgsType()
export class RankingArgs extends ItemQuestionArgs {
  @Field(() => String, { description: "Name of the campaign; its recipe must rank lists." })
  campaign!: string;

  @Field(() => ID, {
    description: "The user, or a session id for an anonymous one. For unknown users popular items come first.",
  })
  userId!: string;

  @Field(() => [ID], {
    description:
      "The items to put in order, best first as you see it; at most 10,000. Of those named twice only the first counts.",
  })
  itemIds!: string[];

  @Field(() => Float, {
    defaultValue: 0,
    description:
      "How much the order in which the items are given counts beside the model, 0 to 1: 0 leaves it to the model alone, 1 keeps the order given. For search results, whose order means something.",
  })
  callerWeight!: number;
}
