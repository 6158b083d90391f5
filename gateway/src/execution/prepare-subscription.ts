import {
  getOperationAST,
  getVariableValues,
  GraphQLError,
  Kind,
  parse,
  validate,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
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
  if (mayLeaveOut(document, operation.selectionSet)) {
    const message = "A subscription's own field cannot be left out: take @skip and @include away from it.";
    return refused("GRAPHQL_VALIDATION_FAILED", [new GraphQLError(message)]);
  }
  const values = getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {});
  return values.errors ? refused("BAD_USER_INPUT", values.errors) : { document, operation };
}

/**
 * Whether a directive may leave out what stands at the top, also by fragments, each of which is looked at once. GraphQL forbids that since its
 * edition of 2025; the library fails where nothing is left.
 * @param seen names of the fragments that were looked at
 */
function mayLeaveOut(document: DocumentNode, { selections }: SelectionSetNode, seen = new Set<string>()): boolean {
  return selections.some((selection) => {
    if (selection.directives?.some(({ name }) => name.value === "skip" || name.value === "include")) return true;
    if (selection.kind === Kind.FIELD) return false;
    if (selection.kind === Kind.INLINE_FRAGMENT) return mayLeaveOut(document, selection.selectionSet, seen);
    const { value } = selection.name;
    if (seen.has(value)) return false;
    seen.add(value);
    const fragment = document.definitions.find(
      (each) => each.kind === Kind.FRAGMENT_DEFINITION && each.name.value === value,
    );
    return fragment?.kind === Kind.FRAGMENT_DEFINITION && mayLeaveOut(document, fragment.selectionSet, seen);
  });
}

function refused(code: string, errors: readonly GraphQLError[]): { readonly errors: readonly GraphQLError[] } {
  return {
    errors: errors.map(
      ({ message, nodes = null, extensions }) =>
        new GraphQLError(message, { nodes, extensions: { code, ...extensions } }),
    ),
  };
}
