import { ArgsType, Field } from "type-graphql";
import { FilterArgs } from "../answers/filter-arguments.js";
import { DateTime, ID } from "../common/scalars.js";

/** Which filter is to be explained, for which ids. */
@ArgsType()
export class ExplainFilterArgs extends FilterArgs {
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => String, { description: "A campaign of the group, whose service is to say." })
  campaign!: string;

  @Field(() => [ID], {
    description: "Items, or users for a filter of users, or actions for one of actions; at most 100.",
  })
  ids!: string[];

  @Field(() => ID, { nullable: true, description: "The user whom the answer would be for." })
  userId?: string | null;

  @Field(() => ID, { nullable: true, description: "The item that the answer would be like." })
  itemId?: string | null;

  @Field(() => DateTime, { nullable: true, description: "The time the answer is for; absent means now." })
  timestamp?: Date | null;
}
