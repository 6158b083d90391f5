import { Field, ID, InterfaceType } from "type-graphql";

/** Anything with an id of its own. */
@InterfaceType({ description: "Anything that can be asked for again by its id, through the query node." })
export abstract class Node {
  /** Opaque; see {@link toGlobalId}. */
  @Field(() => ID, { description: "Opaque id, unique over the whole API; give it to the query node." })
  readonly id!: string;
}
