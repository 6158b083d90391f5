import {
  isListType,
  isNonNullType,
  Kind,
  type FieldNode,
  type GraphQLArgument,
  type GraphQLField,
  type OperationDefinitionNode,
  type ValueNode,
} from "graphql";

/** How many rows a list may have: a number, or what a variable says when the query runs. */
export type ListLength = number | VariableLength;

/** A length that a variable says: a number as it is, a list by how many it holds. */
interface VariableLength {
  /** The variable's name. */
  readonly variable: string;
  /** The length when the variable is absent or says none. */
  readonly fallback: number;
}

/**
 * How many rows a field may answer: its `first`, or as many as its list argument that must be given holds (`itemIds`,
 * `representations`), or one.
 */
export function lengthOf(
  field: FieldNode,
  definition: GraphQLField<unknown, unknown> | undefined,
  operation: OperationDefinitionNode,
): ListLength {
  const argument = definition?.args.find(({ name }) => name === "first") ?? definition?.args.find(isRequiredList);
  if (argument === undefined) return 1;
  const fallback = typeof argument.defaultValue === "number" ? argument.defaultValue : 1;
  const given = field.arguments?.find(({ name }) => name.value === argument.name)?.value;
  if (given?.kind !== Kind.VARIABLE) return atLeastOne(literalLength(given) ?? fallback);
  const variable = given.name.value;
  const declared = operation.variableDefinitions?.find((each) => each.variable.name.value === variable);
  return { variable, fallback: atLeastOne(literalLength(declared?.defaultValue) ?? fallback) };
}

/** A length, once the variables are there. */
export function resolvedLength(length: ListLength, variables: Readonly<Record<string, unknown>>): number {
  if (typeof length === "number") return length;
  const value = variables[length.variable];
  if (typeof value === "number") return atLeastOne(value);
  return Array.isArray(value) ? atLeastOne(value.length) : length.fallback;
}

function isRequiredList({ type }: GraphQLArgument): boolean {
  return isNonNullType(type) && isListType(type.ofType);
}

function literalLength(value: ValueNode | undefined): number | undefined {
  if (value?.kind === Kind.INT) return Number(value.value);
  return value?.kind === Kind.LIST ? value.values.length : undefined;
}

/** What is asked for costs its own size even if no rows are wanted: a negative length takes nothing off what stands beside it. */
function atLeastOne(length: number): number {
  return length >= 1 ? length : 1;
}
