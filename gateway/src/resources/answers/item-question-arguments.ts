import { ArgsType, Field } from "type-graphql";
import { DateTime, JsonObject } from "../common/scalars.js";
import { FilterArgs } from "./filter-arguments.js";

/** What every question about a user's items says, whether they are to be found or to be put in order. */
@ArgsType()
export class ItemQuestionArgs extends FilterArgs {
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

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
