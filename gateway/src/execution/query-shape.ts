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
import { lengthOf, resolvedLength, type ListLength } from "./list-length.js";

/** What a query asks for, worked out once for each cached query. Counts stop at 2^53. */
export interface QueryShape {
  /** Deepest nesting of fields, introspection left out. */
  readonly depth: number;
  /** Fields with an alias, each as often as its fragment is spread. */
  readonly aliases: number;
  /** Fields of the schema's own description with an alias. */
  readonly introspectionAliases: number;
  /** What it costs; the last is that of the whole query, and each stands behind those that it is made of. */
  readonly costs: readonly SelectionCost[];
}

/** The cost of a selection set: so much, and that of others so many times. */
interface SelectionCost {
  readonly fixed: number;
  readonly parts: readonly { readonly times: ListLength; readonly of: number }[];
}

/** What is known of a selection set: all of it but its cost, which is at `cost` of the costs. */
interface Measured {
  readonly depth: number;
  readonly aliases: number;
  readonly introspectionAliases: number;
  readonly cost: number;
}

/** Measures an operation of a valid document, in time linear in the document's length: every fragment is looked at once. */
export function measureQuery(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): QueryShape {
  return new Measurement(schema, document, operation).shape();
}

/** The cost of a query with its variables, in time linear in the query's shape. */
export function costOf({ costs }: QueryShape, variables: Readonly<Record<string, unknown>>): number {
  const totals = new Array<number>(costs.length);
  for (let at = 0; at < costs.length; at++) {
    const { fixed, parts } = costs[at] as SelectionCost;
    let total = fixed;
    for (const { times, of } of parts) total += resolvedLength(times, variables) * (totals[of] as number);
    totals[at] = bounded(total);
  }
  return totals.at(-1) ?? 0;
}

/** One measuring of one operation. */
class Measurement {
  readonly #schema: GraphQLSchema;
  readonly #operation: OperationDefinitionNode;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #measured = new Map<string, Measured>();
  readonly #costs: SelectionCost[] = [];

  constructor(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) {
    this.#schema = schema;
    this.#operation = operation;
    for (const definition of document.definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
  }

  shape(): QueryShape {
    const { selectionSet, operation } = this.#operation;
    const measured = this.#set(selectionSet, this.#schema.getRootType(operation) ?? undefined);
    return { ...measured, costs: this.#costs };
  }

  #set(set: SelectionSetNode, type: GraphQLNamedType | undefined): Measured {
    let [depth, aliases, introspectionAliases, fixed] = [0, 0, 0, 0];
    const parts: { times: ListLength; of: number }[] = [];
    for (const selection of set.selections) {
      const isField = selection.kind === Kind.FIELD;
      const below = isField ? this.#belowField(selection, type) : this.#ofFragment(selection, type);
      const own = isField ? 1 : 0;
      fixed += own;
      depth = Math.max(depth, own + (below?.depth ?? 0));
      if (isField && selection.alias) aliases++;
      if (below === undefined) continue;
      aliases += below.aliases;
      introspectionAliases += below.introspectionAliases;
      const { parts: deeper, fixed: each } = this.#costs[below.cost] as SelectionCost;
      const { times } = below;
      if (typeof times === "number" && deeper.length === 0) fixed += times * each;
      else parts.push({ times, of: below.cost });
    }
    const cost = this.#costs.push({ fixed: bounded(fixed), parts }) - 1;
    return { depth, aliases: bounded(aliases), introspectionAliases: bounded(introspectionAliases), cost };
  }

  #belowField(field: FieldNode, parent: GraphQLNamedType | undefined): (Measured & { times: ListLength }) | undefined {
    if (!field.selectionSet) return undefined;
    if (field.name.value.startsWith("__")) return this.#introspection(field);
    const definition =
      isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[field.name.value] : undefined;
    const below = this.#set(field.selectionSet, definition && getNamedType(definition.type));
    return { ...below, times: lengthOf(field, definition, this.#operation) };
  }

  #ofFragment(
    selection: Exclude<SelectionSetNode["selections"][number], FieldNode>,
    type: GraphQLNamedType | undefined,
  ): (Measured & { times: number }) | undefined {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const condition = selection.typeCondition;
      const on = condition ? this.#schema.getType(condition.name.value) : type;
      return { ...this.#set(selection.selectionSet, on), times: 1 };
    }
    const name = selection.name.value;
    let measured = this.#measured.get(name);
    if (measured === undefined) {
      const fragment = this.#fragments.get(name);
      if (fragment === undefined) return undefined;
      measured = this.#set(fragment.selectionSet, this.#schema.getType(fragment.typeCondition.name.value));
      this.#measured.set(name, measured);
    }
    return { ...measured, times: 1 };
  }

  /**
   * What the schema says of itself costs nothing and may be as deep as the library lets it: without aliases, each part of it is
   * answered once. With them a part may be asked for again and again at each level.
   */
  #introspection(field: FieldNode): (Measured & { times: number }) | undefined {
    const below = field.selectionSet && this.#set(field.selectionSet, undefined);
    if (below === undefined) return undefined;
    const ofSchema = field.name.value === "__schema" && field.alias ? 1 : 0;
    const introspectionAliases = below.aliases + below.introspectionAliases + ofSchema;
    const cost = this.#costs.push({ fixed: 0, parts: [] }) - 1;
    return { depth: 0, aliases: 0, introspectionAliases, cost, times: 1 };
  }
}

function bounded(count: number): number {
  return Math.min(count, Number.MAX_SAFE_INTEGER);
}
