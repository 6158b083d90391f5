import type { Random } from "@palate/numeric";
import {
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type GraphQLInputType,
  type GraphQLNamedInputType,
} from "graphql";
import { chance, many, pick } from "../dialects/draw.js";
import { oddNumber, oddText } from "../drawing/odd-texts.js";

/** A value of an enumeration, which a document writes without quotes. */
class Name {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  /** How it stands among variables. */
  toJSON(): string {
    return this.name;
  }
}

/** Draws values of a type, of which some share is of another type or shape. */
export class Values {
  readonly #random: Random;
  /** Probability that a value is not of its type. */
  readonly #wrong: number;

  constructor(random: Random, wrong: number) {
    this.#random = random;
    this.#wrong = wrong;
  }

  /** A value, as JSON has it; undefined stands for none. */
  of(type: GraphQLInputType, depth = 0): unknown {
    const random = this.#random;
    if (isNonNullType(type)) return this.of(type.ofType, depth) ?? oddText(random);
    if (chance(random, this.#wrong)) return this.#anything(depth);
    if (chance(random, 0.05)) return null;
    if (isListType(type)) {
      const length = chance(random, 0.01) ? random.integer(300) : random.integer(4);
      return many(depth > 5 ? 0 : length, () => this.of(type.ofType, depth + 1));
    }
    return this.#named(type, depth);
  }

  #named(type: GraphQLNamedInputType, depth: number): unknown {
    const random = this.#random;
    if (isEnumType(type)) return new Name(pick(random, type.getValues()).name);
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields());
      const given = fields.filter((field) => isNonNullType(field.type) || (depth < 4 && chance(random, 0.3)));
      return Object.fromEntries(given.map((field) => [field.name, this.of(field.type, depth + 1)]));
    }
    switch (type.name) {
      case "Int":
        return chance(random, 0.7) ? random.integer(20) : Math.trunc(oddNumber(random));
      case "Float":
      case "SafeInt":
        return chance(random, 0.5) ? random.uniform() : oddNumber(random);
      case "Boolean":
        return chance(random, 0.5);
      case "JSONObject":
        return { [oddText(random)]: this.#anything(depth), popularity_discount_factor: oddNumber(random) };
      case "_Any":
        return { __typename: pick(random, ["Item", "User", "Nothing"]), datasetGroup: "shop", itemId: oddText(random) };
      default:
        return oddText(random);
    }
  }

  #anything(depth: number): unknown {
    const random = this.#random;
    const kind = random.integer(depth > 6 ? 5 : 7);
    if (kind === 5) return many(random.integer(4), () => this.#anything(depth + 1));
    if (kind === 6) return { [oddText(random)]: this.#anything(depth + 1), name: this.#anything(depth + 1) };
    return [oddText(random), oddNumber(random), chance(random, 0.5), null, new Name("NOTHING")][kind];
  }
}

/** A value as it is written within a document. */
export function literal(value: unknown): string {
  if (value instanceof Name) return value.name;
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).filter(([name]) => /^[_a-zA-Z]\w*$/.test(name));
    return `{${fields.map(([name, each]) => `${name}: ${literal(each)}`).join(", ")}}`;
  }
  return JSON.stringify(value) ?? "null";
}
