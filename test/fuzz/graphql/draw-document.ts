import type { Random } from "@palate/numeric";
import {
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isLeafType,
  isNonNullType,
  isObjectType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from "graphql";
import { chance, many, pick } from "../dialects/draw.js";
import { literal, Values } from "./draw-values.js";

/** A document and the variables that it declares. */
export interface DrawnDocument {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Draws a document that the grammar and the schema allow, but for values that are odd. */
export function drawDocument(
  random: Random,
  schema: GraphQLSchema,
  operation: "query" | "mutation" | "subscription",
  wrong: number,
): DrawnDocument {
  return new Writer(random, schema, wrong).document(operation);
}

class Writer {
  readonly #random: Random;
  readonly #schema: GraphQLSchema;
  readonly #values: Values;
  readonly #fragments: string[] = [];
  readonly #declared: string[] = [];
  readonly #variables: Record<string, unknown> = {};
  /** Fields that may still be drawn. */
  #left: number;

  constructor(random: Random, schema: GraphQLSchema, wrong: number) {
    this.#random = random;
    this.#schema = schema;
    this.#values = new Values(random, wrong);
    this.#left = 3 + random.integer(24);
  }

  document(operation: "query" | "mutation" | "subscription"): DrawnDocument {
    const random = this.#random;
    const type = {
      query: this.#schema.getQueryType(),
      mutation: this.#schema.getMutationType(),
      subscription: this.#schema.getSubscriptionType(),
    }[operation] as GraphQLObjectType;
    const roots = operation === "subscription" ? 1 : 1 + random.integer(3);
    const fields = many(roots, () => this.#field(pick(random, Object.values(type.getFields())), 0));
    const declared = this.#declared.length > 0 ? `(${this.#declared.join(", ")})` : "";
    const directive = chance(random, 0.02) ? " @skip(if: false)" : "";
    const query = [`${operation} Q${declared}${directive} { ${fields.join(" ")} }`, ...this.#fragments].join("\n");
    return { query, variables: this.#variables };
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number): string {
    const random = this.#random;
    this.#left--;
    const alias = chance(random, 0.08) ? `a${random.integer(40)}: ` : "";
    const args = field.args
      .filter(({ type, defaultValue }) => (isNonNullType(type) && defaultValue === undefined) || chance(random, 0.3))
      .map(({ name, type }) => `${name}: ${this.#argument(name, type)}`);
    const given = args.length > 0 ? `(${args.join(", ")})` : "";
    const directive = chance(random, 0.03)
      ? ` ${pick(random, ["@skip(if: false)", "@include(if: true)", "@include(if: false)"])}`
      : "";
    return `${alias}${field.name}${given}${directive}${this.#selection(getNamedType(field.type), depth + 1)}`;
  }

  #argument(name: string, type: GraphQLInputType): string {
    const random = this.#random;
    // Names that exist, so that more than refusals is tried.
    if (name === "datasetGroup" && chance(random, 0.8)) return '"shop"';
    if (name === "campaign" && chance(random, 0.8)) return '"similar"';
    const value = this.#values.of(type);
    if (!chance(random, 0.3)) return literal(value);
    const variable = `v${this.#declared.length}`;
    const initial = chance(random, 0.1) ? ` = ${literal(this.#values.of(type))}` : "";
    this.#declared.push(`$${variable}: ${String(type)}${initial}`);
    if (!chance(random, 0.05)) this.#variables[variable] = value;
    return `$${variable}`;
  }

  #selection(type: GraphQLNamedType, depth: number): string {
    if (isLeafType(type)) return "";
    const random = this.#random;
    const fields = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
    const leaves = fields.filter((field) => isLeafType(getNamedType(field.type)) && field.args.length === 0);
    const wanted = depth > 9 || this.#left <= 0 ? leaves : fields;
    const chosen =
      wanted.length === 0 ? [] : many(1 + random.integer(4), () => this.#field(pick(random, wanted), depth));
    const parts = [...chosen, ...(chosen.length === 0 || chance(random, 0.1) ? ["__typename"] : [])];
    if (isAbstractType(type) && depth < 9) {
      const possible = pick(random, this.#schema.getPossibleTypes(type));
      parts.push(`... on ${possible.name}${this.#selection(possible, depth + 1)}`);
    }
    const set = ` { ${parts.join(" ")} }`;
    if (!chance(random, 0.06)) return set;
    if (chance(random, 0.5)) return ` { ...${set} }`;
    const name = `F${this.#fragments.length}`;
    this.#fragments.push(`fragment ${name} on ${type.name}${set}`);
    const spread = `...${name} `.repeat(1 + random.integer(3));
    return ` { ${spread}}`;
  }
}
