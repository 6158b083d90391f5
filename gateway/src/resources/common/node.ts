import { Field, InterfaceType } from "type-graphql";
import { ID } from "./scalars.js";

@InterfaceType({ description: "Anything that can be asked for again by its id, through the query node." })
export abstract class Node {
  @Field(() => ID, { description: "Opaque id, unique over the whole API; give it to the query node." })
  readonly id!: string;
}
