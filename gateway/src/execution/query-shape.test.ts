import { buildSchema, Kind, parse, type OperationDefinitionNode } from "graphql";
import { describe, expect, it } from "vitest";
import { costOf, measureQuery } from "./query-shape.js";

const SCHEMA = buildSchema(`
  type Query { shops(first: Int! = 25): Shops items(ids: [ID!]!): [Item!] shop: Shop }
  type Shops { nodes: [Shop!] }
  type Shop { name: String items(first: Int! = 10): Items shop: Shop }
  type Items { nodes: [Item!] }
  type Item { id: ID! }
`);

function shapeOf(query: string) {
  const document = parse(query);
  const operation = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  return measureQuery(SCHEMA, document, operation as OperationDefinitionNode);
}

/** Cost of a query. */
const cost = (query: string, variables: Record<string, unknown> = {}) => costOf(shapeOf(query), variables);

describe("the cost of a query", () => {
  it("is one for each field that may be answered", () => {
    expect(cost("{ shop { name shop { name } } }")).toBe(4);
    // shops, and 3 times nodes and name.
    expect(cost("{ shops(first: 3) { nodes { name } } }")).toBe(7);
    // shops, 25 times (nodes, items, and 10 times (nodes, id)).
    expect(cost("{ shops { nodes { items { nodes { id } } } } }")).toBe(1 + 25 * (2 + 10 * 2));
  });

  it("counts lists by their variables, by what these default to, and by the ids that are given", () => {
    const query = "query ($n: Int! = 4) { shops(first: $n) { nodes { items(first: $n) { nodes { id } } } } }";
    expect(cost(query, { n: 2 })).toBe(1 + 2 * (2 + 2 * 2));
    expect(cost(query)).toBe(1 + 4 * (2 + 4 * 2));
    expect(cost("query ($n: Int!) { shops(first: $n) { nodes { name } } }")).toBe(1 + 25 * 2);
    expect(cost('{ items(ids: ["a", "b", "c"]) { id } }')).toBe(4);
    expect(cost("query ($ids: [ID!]!) { items(ids: $ids) { id } }", { ids: ["a", "b"] })).toBe(3);
    expect(cost("query ($ids: [ID!]!) { items(ids: $ids) { id } }", { ids: "a" })).toBe(2);
  });

  it("is never made less by a list of less than nothing", () => {
    const dear = "shops(first: 100) { nodes { items(first: 100) { nodes { id } } } }";
    const alone = cost(`{ ${dear} }`);
    expect(cost(`{ a: shops(first: -1000000) @skip(if: true) { nodes { name } } ${dear} }`)).toBe(alone + 3);
    expect(cost(`query ($n: Int!) { a: shops(first: $n) { nodes { name } } ${dear} }`, { n: -5 })).toBe(alone + 3);
    expect(cost(`query ($n: Int!) { shops(first: $n) { nodes { name } } }`, { n: 0 })).toBe(3);
    expect(cost(`query ($n: Int!) { shops(first: $n) { nodes { name } } }`, { n: Infinity })).toBe(2 ** 53 - 1);
  });

  it("counts a fragment as often as it is spread, and looks at it once", () => {
    const levels = 40;
    const nested = Array.from({ length: levels }, (_, level) => {
      const below = level === 0 ? "name" : `...F${level - 1} ...F${level - 1}`;
      return `fragment F${level} on Shop { shop { ${below} } a: items(first: $n) { nodes { id } } }`;
    });
    const query = `query ($n: Int!) { shop { ...F3 } shops(first: $n) { nodes { ...F${levels - 1} } } } ${nested.join(" ")}`;
    const shape = shapeOf(query);
    expect(shape.depth).toBe(levels + 4);
    // F0 has 1 alias; every level doubles those below and adds one.
    expect(shape.aliases).toBe(2 ** 4 - 1 + (2 ** levels - 1));
    // With n = 1: F0 costs 2 and 3; each level 1, twice the level below, and 3.
    const costs = [5];
    for (let level = 1; level < levels; level++) costs.push(4 + 2 * costs[level - 1]!);
    expect(costOf(shape, { n: 1 })).toBe(2 + costs[3]! + 1 + costs[levels - 1]!);
    expect(shapeOf(query.replaceAll("shop {", "__typename @skip(if: false) shop {")).depth).toBe(levels + 4);
  });

  it("stops counting where numbers are no longer exact", () => {
    const wide = Array.from({ length: 60 }, (_, at) => `fragment W${at} on Shop { ...W${at + 1} ...W${at + 1} }`);
    const query = `{ shop { ...W0 } } ${wide.join(" ")} fragment W60 on Shop { n: name }`;
    expect(cost(query)).toBe(2 ** 53 - 1);
    expect(shapeOf(query).aliases).toBe(2 ** 53 - 1);
  });

  it("leaves introspection out, and counts its aliases", () => {
    const plain = shapeOf("{ __schema { types { fields { type { name } } } } __typename }");
    expect({ depth: plain.depth, aliases: plain.aliases, introspection: plain.introspectionAliases }).toEqual({
      depth: 1,
      aliases: 0,
      introspection: 0,
    });
    expect(costOf(plain, {})).toBe(2);
    const type = shapeOf(`{ a: __type(name: "Item") { name } b: __type(name: "Shop") { f: fields { name } } }`);
    expect({ aliases: type.aliases, introspection: type.introspectionAliases }).toEqual({
      aliases: 2,
      introspection: 1,
    });
    expect(shapeOf("{ a: __schema { queryType { name } } }").introspectionAliases).toBe(1);
  });
});
