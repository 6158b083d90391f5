import { GraphQLError, type DocumentNode, type GraphQLSchema, type OperationDefinitionNode } from "graphql";
import { costOf, measureQuery, type QueryShape } from "./query-shape.js";

/** How large a query may be. */
export interface QueryLimits {
  /** Deepest nesting of fields. */
  readonly maxDepth: number;
  /** Most aliased fields. */
  readonly maxAliases: number;
  /** Highest cost: one for each field that could be returned, lists counting `first` times, or as often as ids are given. */
  readonly maxCost: number;
}

/** A query about to run. */
export interface ResolvedQuery {
  /** The schema it is valid against. */
  readonly schema: GraphQLSchema;
  /** The whole document. */
  readonly document: DocumentNode;
  /** The operation that is going to run. */
  readonly operation: OperationDefinitionNode;
  /** Its variables. */
  readonly request: { readonly variables?: Readonly<Record<string, unknown>> };
}

/** Errors of a document that are told; each costs a search for names that are nearly right. */
const MAX_ERRORS = 20;

/** How documents are validated. */
export const VALIDATION = { maxErrors: MAX_ERRORS } as const;

/** `extensions.code` of a query over a limit. */
const QUERY_LIMIT_EXCEEDED = "QUERY_LIMIT_EXCEEDED";

function refuse(what: string, value: number, limit: number, remedy: string): never {
  throw new GraphQLError(`The query's ${what} is ${value}; the limit is ${limit}. ${remedy}`, {
    extensions: { code: QUERY_LIMIT_EXCEEDED, http: { status: 400 } },
  });
}

/**
 * Makes the check of a query's depth, aliases and cost. A query is measured once and remembered as long as its parsed
 * document is cached; only the variables are looked at each time.
 * @returns a function that returns the query's cost, and throws a GraphQLError with code {@link QUERY_LIMIT_EXCEEDED}
 */
export function queryLimits({ maxDepth, maxAliases, maxCost }: QueryLimits) {
  const shapes = new WeakMap<OperationDefinitionNode, QueryShape>();
  return ({ schema, document, operation, request }: ResolvedQuery): number => {
    let shape = shapes.get(operation);
    if (shape === undefined) {
      shape = measureQuery(schema, document, operation);
      shapes.set(operation, shape);
    }
    if (shape.depth > maxDepth) refuse("depth", shape.depth, maxDepth, "Nest fewer fields.");
    if (shape.aliases > maxAliases) refuse("number of aliases", shape.aliases, maxAliases, "Use several queries.");
    if (shape.introspectionAliases > 0) {
      const what = "number of aliases in what it asks of the schema itself";
      refuse(what, shape.introspectionAliases, 0, "Ask for each part of the schema once.");
    }
    const cost = costOf(shape, request.variables ?? {});
    if (cost > maxCost) refuse("cost", cost, maxCost, "Ask for shorter lists (first) or fewer fields in them.");
    return cost;
  };
}
