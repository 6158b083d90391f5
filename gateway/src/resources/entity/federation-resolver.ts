import { cut, invalidArgument, PalateError, reaches } from "@palate/host";
import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, Info, Query, Resolver } from "type-graphql";
import { Item } from "../answers/item.js";
import { User } from "../answers/user.js";
import type { GatewayContext } from "../common/context.js";
import { fromGlobalId } from "../common/global-id.js";
import { AnyRepresentation, Entity, SubgraphService, type Representation } from "./federation.js";
import { subgraphSdl } from "./subgraph-sdl.js";

/** How entities are made of the name of their dataset group and their own id, and the key's field that holds this. */
const ENTITIES = {
  Item: { ownId: "itemId", make: (group: string, id: string) => new Item(group, id) },
  User: { ownId: "userId", make: (group: string, id: string) => new User(group, id) },
} as const;

function refuse(message: string): PalateError {
  return invalidArgument(message, [{ field: "representations", message }]);
}

/** The entity that a router means. */
function toEntity(given: Representation): Item | User {
  const type = given.__typename;
  if (type !== "Item" && type !== "User")
    throw refuse(`__typename is ${JSON.stringify(type) ?? "missing"}; the entities are Item and User.`);
  const { ownId, make } = ENTITIES[type];
  const { id, datasetGroup, [ownId]: own } = given;
  if (typeof datasetGroup === "string" && typeof own === "string") return make(datasetGroup, own);
  if (typeof id !== "string")
    throw refuse(`${type} is named by id, or by datasetGroup and ${ownId}, all of them strings.`);
  const global = fromGlobalId(id);
  const [group, name] = global.parts;
  if (global.type === type && group !== undefined && name !== undefined) return make(group, name);
  throw refuse(`"${cut(id)}" belongs to a node of type ${cut(global.type)}, not ${type}.`);
}

/** What makes this API a subgraph of a federated graph (Apollo Federation 2). */
@Resolver()
export class FederationResolver {
  @Query(() => SubgraphService, { name: "_service", description: "For federation: this API as a subgraph." })
  service(@Ctx() { introspection }: GatewayContext, @Info() info: GraphQLResolveInfo): SubgraphService {
    if (introspection) return { sdl: subgraphSdl(info.schema) };
    throw new PalateError("failed_precondition", "The schema is not shown here: introspection is switched off.");
  }

  @Query(() => [Entity], {
    name: "_entities",
    nullable: "items",
    description: "For federation: items and users by one of their keys.",
  })
  entities(
    @Arg("representations", () => [AnyRepresentation], { description: "The entities that are asked for." })
    representations: Representation[],
    @Ctx() { caller }: GatewayContext,
  ): (Item | User | null)[] {
    return representations.map(toEntity).map((entity) => (reaches(caller.groups, entity.datasetGroup) ? entity : null));
  }
}
