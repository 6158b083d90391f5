import { ArgsType, Field, Float, ID } from "type-graphql";
import { FilterArgs } from "../answers/filter-arguments.js";
import { DateTime, JsonObject } from "../common/scalars.js";

/** What is to be ranked, and for whom. */
@ArgsType()
export class RankingArgs extends FilterArgs {
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

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

  @Field(() => [String], {
    nullable: true,
    description:
      'Item columns to have at hand for attributes and attribute; "*" means all. Absent means those the query selects.',
  })
  metadataColumns?: string[] | null;

  @Field(() => JsonObject, {
    nullable: true,
    description:
      'The situation that is asked for, {"DEVICE": "phone"}: values of categorical columns of interactions. Another column is refused, naming those there are; a value that the model does not know is as if not given.',
  })
  context?: Record<string, unknown> | null;

  @Field(() => DateTime, { nullable: true, description: "The time the answer is for; absent means now." })
  timestamp?: Date | null;
}
