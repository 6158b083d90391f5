import {
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";

/** What a selection asks for, worked out once for each cached query. */
export interface QueryShape {
  /** Deepest nesting of fields. */
  depth: number;
  /** Fields with an alias. */
  aliases: number;
  /** Cost that does not depend on variables. */
  cost: number;
  /** Lists whose length is a variable: each costs that many times its `each`. */
  variableLists: { variable: string; fallback: number; each: QueryShape }[];
}

/** Measures an operation of a valid document. Introspection is left out: the library limits it by itself. */
export function measureQuery(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): QueryShape {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  // Each fragment is measured once, however often it is spread: nested spreads must not make measuring exponential.
  const measured = new Map<string, QueryShape>();

  function measureSet(set: SelectionSetNode, type: GraphQLNamedType | undefined): QueryShape {
    const shape: QueryShape = { depth: 0, aliases: 0, cost: 0, variableLists: [] };
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) add(shape, measureField(selection, type));
      else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition;
        add(shape, measureSet(selection.selectionSet, condition ? schema.getType(condition.name.value) : type));
      } else add(shape, measureFragment(selection.name.value));
    }
    return shape;
  }

  function measureFragment(name: string): QueryShape {
    const known = measured.get(name);
    if (known) return known;
    const fragment = fragments.get(name);
    const shape = fragment
      ? measureSet(fragment.selectionSet, schema.getType(fragment.typeCondition.name.value))
      : { depth: 0, aliases: 0, cost: 0, variableLists: [] };
    measured.set(name, shape);
    return shape;
  }

  function measureField(field: FieldNode, parent: GraphQLNamedType | undefined): QueryShape {
    const own: QueryShape = { depth: 1, aliases: field.alias ? 1 : 0, cost: 1, variableLists: [] };
    if (!field.selectionSet || field.name.value.startsWith("__")) return own;
    const definition =
      isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[field.name.value] : undefined;
    const below = measureSet(field.selectionSet, definition && getNamedType(definition.type));
    own.depth += below.depth;
    own.aliases += below.aliases;
    const length = definition?.args.find((argument) => argument.name === "first");
    const given = field.arguments?.find((argument) => argument.name.value === "first")?.value;
    const fallback = Number(length?.defaultValue ?? 1);
    if (given?.kind === Kind.VARIABLE) {
      const variable = given.name.value;
      const declared = operation.variableDefinitions?.find((each) => each.variable.name.value === variable);
      const declaredDefault =
        declared?.defaultValue?.kind === Kind.INT ? Number(declared.defaultValue.value) : fallback;
      own.variableLists.push({ variable, fallback: declaredDefault, each: below });
    } else {
      const times = given?.kind === Kind.INT ? Number(given.value) : fallback;
      own.cost += times * below.cost;
      for (const list of below.variableLists) own.variableLists.push({ ...list, each: scaled(list.each, times) });
    }
    return own;
  }

  return measureSet(operation.selectionSet, schema.getRootType(operation.operation) ?? undefined);
}

/** The cost of a query with its variables. */
export function costOf(shape: QueryShape, variables: Readonly<Record<string, unknown>>): number {
  let cost = shape.cost;
  for (const { variable, fallback, each } of shape.variableLists) {
    const value = variables[variable];
    cost += (typeof value === "number" ? value : fallback) * costOf(each, variables);
  }
  return cost;
}

function add(total: QueryShape, part: QueryShape): void {
  total.depth = Math.max(total.depth, part.depth);
  total.aliases += part.aliases;
  total.cost += part.cost;
  total.variableLists.push(...part.variableLists);
}

function scaled(shape: QueryShape, times: number): QueryShape {
  return {
    ...shape,
    cost: shape.cost * times,
    variableLists: shape.variableLists.map((list) => ({ ...list, each: scaled(list.each, times) })),
  };
}
