import { GraphQLScalarType } from "graphql";
import { createUnionType, Field, ObjectType } from "type-graphql";
import { Item } from "../answers/item.js";
import { User } from "../answers/user.js";

/** What a router hands in for an entity: its type's name and the fields of one of its keys. */
export interface Representation {
  /** Name of the type. */
  readonly __typename?: unknown;
  /** Values of the key's fields. */
  readonly [field: string]: unknown;
}

/** A {@link Representation}; it is looked at where it is resolved. */
export const AnyRepresentation = new GraphQLScalarType<Representation, unknown>({
  name: "_Any",
  description: "An entity as a federation router names it: __typename and the fields of one of its keys.",
  parseValue: (value) => value as Representation,
});

/** The types that other subgraphs may extend and refer to. */
export const Entity = createUnionType({
  name: "_Entity",
  description: "What other graphs of a federation may refer to and extend.",
  types: () => [Item, User] as const,
});

@ObjectType("_Service", { simpleResolvers: true, description: "This API as a part of a federated graph." })
export class SubgraphService {
  @Field(() => String, { description: "The schema with the keys of its entities, as composition reads it." })
  sdl!: string;
}
