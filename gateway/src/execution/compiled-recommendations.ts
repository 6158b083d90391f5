import { HeaderMap, type ApolloServerPlugin, type GraphQLRequestListener } from "@apollo/server";
import {
  getArgumentValues,
  getVariableValues,
  isObjectType,
  Kind,
  locatedError,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLFormattedError,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from "graphql";
import type { FormatError } from "../errors/format-error.js";
import type { GatewayContext } from "../resources/common/context.js";
import { fieldsOf } from "./fields-of.js";
import { compileSelection, type Variables } from "./projection.js";

/** The field that is worth compiling for: what shops ask for on every page. */
const FIELD = "recommendations";

/** One root field of a compiled query. */
interface Root {
  readonly key: string;
  readonly nodes: readonly FieldNode[];
  readonly field: GraphQLField<unknown, unknown>;
  readonly project: (value: unknown, variables: Variables) => unknown;
  /** What the resolver is told of the query, all but its variables. */
  readonly info: Omit<GraphQLResolveInfo, "variableValues">;
}

/** A query that asks for recommendations and nothing else: its root fields. */
type CompiledQuery = readonly Root[];

/**
 * Runs queries for recommendations with a plan compiled once for each cached document: 30 instead of 90 microseconds for
 * 25 items. Parsing, validation, limits and everything else stays Apollo Server's; a query with anything out of the ordinary
 * (directives, other fields, fragments on interfaces, wrong variables) is left to the general executor, and a test holds
 * the answers of both against each other.
 */
export function compiledRecommendations(formatError: FormatError): ApolloServerPlugin<GatewayContext> {
  const plans = new WeakMap<OperationDefinitionNode, CompiledQuery | "general">();
  const listener: GraphQLRequestListener<GatewayContext> = {
    async responseForOperation({ schema, document, operation, request, contextValue }) {
      // Called also when the document has no operation of the name that was asked for, whatever the type says.
      if (!(operation as OperationDefinitionNode | undefined)) return null;
      let plan = plans.get(operation);
      if (plan === undefined) {
        plan = compile(schema, document, operation) ?? "general";
        plans.set(operation, plan);
      }
      if (plan === "general") return null;
      const variables = getVariableValues(schema, operation.variableDefinitions ?? [], request.variables ?? {});
      if (variables.coerced === undefined) return null;
      const singleResult = await run(plan, variables.coerced, contextValue, formatError);
      return { http: { headers: new HeaderMap() }, body: { kind: "single", singleResult } };
    },
  };
  return { requestDidStart: async () => listener };
}

function compile(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): CompiledQuery | undefined {
  const query = schema.getQueryType();
  if (operation.operation !== "query" || operation.directives?.length || !query) return undefined;
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  const fields = fieldsOf([operation.selectionSet], query.name, fragments);
  const field = query.getFields()[FIELD];
  if (fields === undefined || !field || !isObjectType(field.type)) return undefined;
  const roots: Root[] = [];
  for (const [key, nodes] of fields) {
    if (nodes[0]?.name.value !== FIELD) return undefined;
    const sets = nodes.flatMap((node) => node.selectionSet ?? []);
    const project = compileSelection(field.type, sets, fragments);
    if (project === undefined) return undefined;
    const info = {
      fieldName: FIELD,
      fieldNodes: nodes,
      returnType: field.type,
      parentType: query,
      path: { prev: undefined, key, typename: query.name },
      schema,
      fragments,
      rootValue: undefined,
      operation,
    };
    roots.push({ key, nodes, field, project, info });
  }
  return roots;
}

async function run(
  roots: CompiledQuery,
  variables: Variables,
  context: GatewayContext,
  formatError: FormatError,
): Promise<{ data: Record<string, unknown>; errors?: GraphQLFormattedError[] }> {
  const data: Record<string, unknown> = {};
  const errors: GraphQLFormattedError[] = [];
  await Promise.all(
    roots.map(async ({ key, nodes, field, project, info }) => {
      data[key] = null;
      try {
        const args = getArgumentValues(field, nodes[0] as FieldNode, variables);
        const answer = await field.resolve?.(undefined, args, context, { ...info, variableValues: variables });
        data[key] = project(answer, variables);
      } catch (thrown) {
        const error = locatedError(thrown, nodes, [key]);
        const { message, locations, path, extensions } = error.toJSON();
        const code = { code: "INTERNAL_SERVER_ERROR", ...extensions };
        errors.push(formatError({ message, locations: locations ?? [], path: path ?? [key], extensions: code }, error));
      }
    }),
  );
  return errors.length > 0 ? { data, errors } : { data };
}
