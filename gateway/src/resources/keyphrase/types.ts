import { Field, Float, ID, ObjectType } from "type-graphql";

/** A phrase. */
@ObjectType({ simpleResolvers: true, description: "A phrase that tells what an item's texts are about." })
export class Keyphrase {
  /** The words. */
  @Field(() => String, { description: "One to three words, lower case, as they stand in the text." })
  phrase!: string;

  /** How telling. */
  @Field(() => Float, { description: "How telling it is beside the item's best phrase, which has 1." })
  score!: number;
}

/** Those of one item. */
@ObjectType({ simpleResolvers: true, description: "The keyphrases of one item." })
export class ItemKeyphrases {
  /** The item. */
  @Field(() => ID, { description: "Id of the item." })
  itemId!: string;

  /** The phrases. */
  @Field(() => [Keyphrase], {
    description: "Most telling first; empty for an item that is unknown or has no text.",
  })
  keyphrases!: Keyphrase[];
}
