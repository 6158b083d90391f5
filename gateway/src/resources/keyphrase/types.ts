import { Field, Float, ObjectType } from "type-graphql";
import { ID } from "../common/scalars.js";

@ObjectType({ simpleResolvers: true, description: "A phrase that tells what an item's texts are about." })
export class Keyphrase {
  @Field(() => String, { description: "One to three words, lower case, as they stand in the text." })
  phrase!: string;

  @Field(() => Float, { description: "How telling it is beside the item's best phrase, which has 1." })
  score!: number;
}

@ObjectType({ simpleResolvers: true, description: "The keyphrases of one item." })
export class ItemKeyphrases {
  @Field(() => ID, { description: "Id of the item." })
  itemId!: string;

  @Field(() => [Keyphrase], {
    description: "Most telling first; empty for an item that is unknown or has no text.",
  })
  keyphrases!: Keyphrase[];
}
