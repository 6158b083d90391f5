import { ArgsType, Field } from "type-graphql";
import { ID } from "../common/scalars.js";
import { FilterArgs } from "../answers/filter-arguments.js";
import { SeenItems } from "../answers/seen-items.js";

/** Whose users are wanted. */
@ArgsType()
export class SegmentArgs extends FilterArgs {
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => String, { description: "Name of the campaign." })
  campaign!: string;

  @Field(() => ID, { nullable: true, description: "The item to find users for, where the recipe is asked by item." })
  itemId?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Attributes of items to find users for, where the recipe is asked by attributes: ITEMS.genres = "Comedy" AND ITEMS.year >= 1990, with OR, NOT, IN and parentheses.',
  })
  itemAttributes?: string | null;

  @Field(() => String, { nullable: true, description: "Id of a segment, where the recipe finds segments by itself." })
  segmentId?: string | null;

  @Field(() => SeenItems, {
    nullable: true,
    description:
      "Whether users who have interacted with the item may be in the segment; absent means the recipe's default.",
  })
  seenItems?: number | null;
}
