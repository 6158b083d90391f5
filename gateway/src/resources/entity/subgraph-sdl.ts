import { Kind, parse, print, printSchema, type DefinitionNode, type GraphQLSchema } from "graphql";

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.4", import: ["@key", "@shareable"])`;

const written = new WeakMap<GraphQLSchema, string>();

/**
 * The schema as a subgraph of a federated graph (Apollo Federation 2): with the keys of its entities, and without the fields
 * that a router adds by itself. Written once, when somebody first asks.
 */
export function subgraphSdl(schema: GraphQLSchema): string {
  let sdl = written.get(schema);
  if (sdl === undefined) {
    const definitions = parse(printSchema(schema)).definitions.flatMap((definition) => toSubgraph(definition, schema));
    sdl = `${LINK}\n\n${definitions.map(print).join("\n\n")}\n`;
    written.set(schema, sdl);
  }
  return sdl;
}

/** Adds a type's directives, which the printer leaves out; drops what federation defines, which starts with an underscore. */
function toSubgraph(definition: DefinitionNode, schema: GraphQLSchema): DefinitionNode[] {
  if (definition.kind === Kind.UNION_TYPE_DEFINITION || definition.kind === Kind.SCALAR_TYPE_DEFINITION)
    return isFederations(definition) ? [] : [definition];
  if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) return [definition];
  if (isFederations(definition)) return [];
  const directives = schema.getType(definition.name.value)?.astNode?.directives ?? [];
  return [{ ...definition, directives, fields: definition.fields?.filter((field) => !isFederations(field)) ?? [] }];
}

function isFederations({ name }: { readonly name: { readonly value: string } }): boolean {
  return name.value.startsWith("_");
}
