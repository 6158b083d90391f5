import {
  getOperationAST,
  getVariableValues,
  GraphQLError,
  parse,
  validate,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from "graphql";
import { VALIDATION } from "./query-limits.js";

/** A request for a subscription as it was sent. */
interface SubscriptionRequest {
  /** The document's text. */
  readonly query: string;
  /** Which of its operations; empty or absent where it has one only. */
  readonly operationName?: string | null | undefined;
  /** Values of its variables. */
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** A subscription that is fit to run. */
interface PreparedSubscription {
  /** The whole document. */
  readonly document: DocumentNode;
  /** The operation to run. */
  readonly operation: OperationDefinitionNode;
}

/**
 * Parses and checks a request for a subscription.
 * @returns what is wrong with it instead, with the codes that queries have
 */
export function prepareSubscription(
  schema: GraphQLSchema,
  maxTokens: number,
  { query, operationName, variables }: SubscriptionRequest,
): PreparedSubscription | { readonly errors: readonly GraphQLError[] } {
  let document: DocumentNode;
  try {
    document = parse(query, { maxTokens });
  } catch (thrown) {
    return refused("GRAPHQL_PARSE_FAILED", [thrown as GraphQLError]);
  }
  const invalid = validate(schema, document, undefined, VALIDATION);
  if (invalid.length > 0) return refused("GRAPHQL_VALIDATION_FAILED", invalid);
  const operation = getOperationAST(document, operationName || null);
  if (!operation) {
    const message = operationName
      ? `Unknown operation named "${operationName}".`
      : "Must provide operation name if query contains multiple operations.";
    return refused("OPERATION_RESOLUTION_FAILURE", [new GraphQLError(message)]);
  }
  if (operation.operation !== "subscription") {
    const message = "Only subscriptions are streamed; send queries and mutations to /graphql.";
    return refused("BAD_REQUEST", [new GraphQLError(message)]);
  }
  const values = getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {});
  return values.errors ? refused("BAD_USER_INPUT", values.errors) : { document, operation };
}

function refused(code: string, errors: readonly GraphQLError[]): { readonly errors: readonly GraphQLError[] } {
  return {
    errors: errors.map(
      ({ message, nodes = null, extensions }) =>
        new GraphQLError(message, { nodes, extensions: { code, ...extensions } }),
    ),
  };
}
