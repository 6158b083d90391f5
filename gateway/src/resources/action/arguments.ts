import { ArgsType, Field, Float, Int } from "type-graphql";
import { FilterArgs } from "../answers/filter-arguments.js";
import { DateTime, ID } from "../common/scalars.js";

/** Whom actions are for, and which. */
@ArgsType()
export class ActionArgs extends FilterArgs {
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => String, { description: "Name of the campaign; its recipe must recommend actions." })
  campaign!: string;

  @Field(() => ID, {
    description:
      "The user, or a session id for an anonymous one. Unknown users get what an average user is likely to take.",
  })
  userId!: string;

  @Field(() => Int, {
    defaultValue: 5,
    description: "Most actions; at least 1, at most 500 unless configured.",
  })
  first!: number;

  @Field(() => String, {
    nullable: true,
    description:
      "Cursor of the action to go on after. The page has what the pages before it did not show, whatever has happened since; the campaign, user and other arguments must be those of the first page, but for first.",
  })
  after?: string | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Action columns to have at hand for attributes and attribute; "*" means all. Absent means those the query selects.',
  })
  metadataColumns?: string[] | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "How much actions that too little is known of are shown to learn about them, 0 to 1; absent means as the solution says.",
  })
  explorationWeight?: number | null;

  @Field(() => DateTime, { nullable: true, description: "The time the answer is for; absent means now." })
  timestamp?: Date | null;
}
