import type { Random } from "@palate/numeric";
import type { FilterParameter } from "../language/parameters.js";
import {
  allOf,
  anyOf,
  type ColumnCondition,
  type Condition,
  type Dataset,
  type FilterClause,
  type FilterExpression,
  type ListValue,
  type Scalar,
  type Target,
} from "../language/syntax.js";

/** A column that random filters and random data have. */
export interface RandomColumn {
  readonly name: string;
  readonly type: "text" | "number" | "boolean";
  /** Whether the data may hold several values, "a|b". */
  readonly multiValued?: boolean;
  /** What its values are drawn from; few, so that conditions often hold. */
  readonly values: readonly (string | number)[];
}

const GENRES = ["drama", "horror", "comedy", "sci-fi", "Drama"];
const BRANDS = ["Acme", "acme", "Ünïcode", 'quo"te', "back\\slash", "12", "True"];

/** The moment of every request over random data. */
export const RANDOM_NOW = 1_000_000;

/** Times around {@link RANDOM_NOW}, many of them exactly at the ends of the windows below. */
const TIMES = [0, 60, 3600, 86400, 604800, -60].map((back) => RANDOM_NOW - back);
const OFFSETS = [0, -60, -61, -3600, -86400, -604800, 60];

/** Columns by dataset. */
export const RANDOM_SCHEMA: Readonly<
  Record<"Items" | "Users" | "Actions" | "Interactions" | "Action_Interactions", readonly RandomColumn[]>
> = {
  Items: [
    { name: "GENRE", type: "text", multiValued: true, values: GENRES },
    { name: "BRAND", type: "text", values: BRANDS },
    { name: "PRICE", type: "number", values: [-1, 0, 1, 2.5, 10, 12] },
    { name: "CREATION_TIMESTAMP", type: "number", values: TIMES },
    { name: "IN_STOCK", type: "boolean", values: [0, 1] },
  ],
  Users: [
    { name: "AGE", type: "number", values: [12, 17, 18, 19, 40] },
    { name: "TAGS", type: "text", multiValued: true, values: GENRES },
    { name: "PREMIUM", type: "boolean", values: [0, 1] },
  ],
  Actions: [
    { name: "CATEGORY", type: "text", multiValued: true, values: GENRES },
    { name: "VALUE", type: "number", values: [1, 2, 3, 10] },
  ],
  Interactions: [
    { name: "EVENT_TYPE", type: "text", values: ["click", "Click", "watch", "purchase"] },
    { name: "EVENT_VALUE", type: "number", values: [0, 0.5, 1, 5] },
    { name: "TIMESTAMP", type: "number", values: TIMES },
    { name: "DEVICE", type: "text", multiValued: true, values: ["tv", "phone", "TV"] },
  ],
  Action_Interactions: [
    { name: "EVENT_TYPE", type: "text", values: ["TAKEN", "NOT_TAKEN", "viewed"] },
    { name: "TIMESTAMP", type: "number", values: TIMES },
  ],
};

/** One of the elements. */
export function pick<T>(random: Random, elements: readonly T[]): T {
  return elements[random.integer(elements.length)]!;
}

/** A filter of up to three expressions, each with conditions nested up to three deep, that fits {@link RANDOM_SCHEMA}. */
export function randomFilter(random: Random): FilterExpression {
  const target = pick<Target>(random, ["ItemID", "ItemID", "ItemID", "UserID", "ActionID"]);
  const clauses = Array.from({ length: 1 + random.integer(3) }, () => randomClause(random, target));
  return { target, clauses };
}

/** What parameters stand for, and the same as a request brings it. */
export interface RandomParameters {
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly texts: Record<string, string>;
}

/** Values for all required parameters of a filter, and for some of the others. */
export function randomParameters(random: Random, parameters: readonly FilterParameter[]): RandomParameters {
  const given = parameters.filter(({ required }) => required || random.uniform() < 0.7);
  const values = new Map(given.map(({ name }) => [name, parameterValues(random, name)]));
  const texts = [...values].map(([name, list]) => [name, list.map((value) => written(random, value)).join(",")]);
  return { values, texts: Object.fromEntries(texts) as Record<string, string> };
}

// A parameter's name says what it stands for: T_<column> a list of texts, N_<column> a number, B_<column> a boolean.
function parameterValues(random: Random, name: string): readonly string[] {
  if (name.startsWith("B_")) return [pick(random, ["true", "False", "1", "0"])];
  const columns = Object.values(RANDOM_SCHEMA).flat();
  const { values } = columns.find((column) => column.name === name.slice(2))!;
  const count = name.startsWith("N_") ? 1 : 1 + random.integer(3);
  return Array.from({ length: count }, () => String(pick(random, values)));
}

function written(random: Random, value: string): string {
  const bare = !/["'\\,]/.test(value) && random.uniform() < 0.5;
  return bare ? value : `"${value.replace(/["\\]/g, "\\$&")}"`;
}

function randomClause(random: Random, target: Target): FilterClause {
  const action = pick(random, ["INCLUDE", "EXCLUDE"] as const);
  const datasets: Record<Target, Dataset[]> = {
    ItemID: ["Items", "Items", "Interactions", "Interactions", "CurrentItem"],
    UserID: ["Users", "Interactions", "Action_Interactions"],
    ActionID: ["Actions", "Action_Interactions"],
  };
  const where = randomCondition(random, datasets[target], target === "ItemID", 3);
  if (target === "UserID" || random.uniform() < 0.6) return { action, where };
  return { action, where, when: randomCondition(random, ["CurrentUser"], false, 1) };
}

function randomCondition(random: Random, datasets: readonly Dataset[], operands: boolean, depth: number): Condition {
  const kind = depth === 0 ? 0 : random.uniform();
  const deeper = (): Condition => randomCondition(random, datasets, operands, depth - 1);
  if (kind < 0.4) return randomColumnCondition(random, pick(random, datasets), operands);
  if (kind < 0.55) return { kind: "not", condition: deeper() };
  const parts = Array.from({ length: 2 + random.integer(2) }, deeper);
  return kind < 0.8 ? allOf(parts) : anyOf(parts);
}

function randomColumnCondition(random: Random, dataset: Dataset, operands: boolean): ColumnCondition {
  const table = dataset === "CurrentItem" ? "Items" : dataset === "CurrentUser" ? "Users" : dataset;
  // Half of all conditions on interactions are on their type, which is the first column.
  const often = dataset.endsWith("nteractions") && random.uniform() < 0.5;
  const column = often ? RANDOM_SCHEMA[table][0]! : pick(random, RANDOM_SCHEMA[table]);
  const field = { kind: "field", dataset, column: column.name } as const;
  const operand = operands && table === "Items" && dataset === "Items";
  const value = (lists: boolean): Scalar => randomValue(random, column, lists, operand);
  const how = random.uniform();
  if (column.type === "text" && how < 0.15) {
    const text = pick(random, ["dra", "E", "ack\\", "", "o"]);
    return { kind: "contains", field, values: [{ kind: "text", text }] };
  }
  if (how < 0.6) {
    const negated = random.uniform() < 0.3;
    const any = column.name === "EVENT_TYPE" && random.uniform() < 0.2;
    const list = (): ListValue => {
      let drawn = value(true);
      while (negated && drawn.kind === "parameter") drawn = value(true);
      return drawn;
    };
    return {
      kind: "in",
      field,
      negated,
      values: any ? [{ kind: "any" }] : Array.from({ length: 1 + random.integer(3) }, list),
    };
  }
  const operators = column.type === "number" ? (["=", "!=", "<", "<=", ">", ">="] as const) : (["=", "!="] as const);
  return { kind: "compare", field, operator: pick(random, operators), value: value(false) };
}

function randomValue(random: Random, column: RandomColumn, list: boolean, operand: boolean): Scalar {
  const how = random.uniform();
  if (how < 0.15 && operand) return { kind: "field", dataset: "CurrentItem", column: column.name };
  if (column.type === "text") {
    if (how < 0.4 && list) return { kind: "parameter", name: `T_${column.name}` };
    return { kind: "text", text: String(pick(random, column.values)) };
  }
  if (column.type === "boolean") {
    if (how < 0.4) return { kind: "parameter", name: `B_${column.name}` };
    return { kind: "boolean", boolean: random.uniform() < 0.5 };
  }
  if (how < 0.4) return { kind: "parameter", name: `N_${column.name}` };
  if (column.name.includes("TIMESTAMP") && how < 0.8) return { kind: "now", offset: pick(random, OFFSETS) };
  const number = pick(random, column.values) as number;
  return how < 0.9 ? { kind: "number", number } : { kind: "text", text: String(number) };
}
