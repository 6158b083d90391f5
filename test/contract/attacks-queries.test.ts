import type { RunningGateway } from "@palate/gateway";
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gatewayWith } from "./gateway-client.js";
import { MemoryDatasets } from "./gateway-datasets.js";
import { MemoryRecipeService } from "./gateway-recipes.js";

/** A request, and the status, code and message that it is refused with. */
type Attack = readonly [what: string, request: Request, status: number, code: string, message: RegExp];
interface Request {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

const times = (count: number, text: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => text(at)).join(" ");
const LIMIT = "QUERY_LIMIT_EXCEEDED";
const INVALID = "GRAPHQL_VALIDATION_FAILED";
const ASK = 'datasetGroup: "shop", campaign: "similar"';

/** Fragments that spread the one below `spreads` times at each of `levels` levels, under a list whose length is a variable. */
const onGroup = (spreads: number, levels: number) =>
  times(levels, (level) => {
    const below = level === 0 ? "name" : times(spreads, () => `...F${level - 1}`);
    return `fragment F${level} on DatasetGroup { ... on DatasetGroup { ${below} } }`;
  });
const listsIn = (spreads: number) => `query ($n: Int!) {
  datasetGroups(first: $n) { nodes { ${times(spreads, () => "...G")} } } }
  fragment G on DatasetGroup { solutions(first: $n) { nodes { ${times(spreads, () => "...S")} } } }
  fragment S on Solution { versions(first: $n) { nodes { ${times(spreads, () => "...V")} } } }
  fragment V on SolutionVersion { versionId }`;

/** Refused before it runs; looked at the naive way, most of them take a minute or more. */
const QUERIES: readonly Attack[] = [
  [
    "fragments that double 40 times",
    { query: `{ datasetGroups { nodes { ...F40 } } } ${onGroup(2, 41)}` },
    400,
    LIMIT,
    /cost/,
  ],
  [
    "the same below a list of no rows",
    {
      query: `query ($n: Int!) { datasetGroups(first: $n) { nodes { ...F40 } } } ${onGroup(2, 41)}`,
      variables: { n: 0 },
    },
    400,
    LIMIT,
    /cost/,
  ],
  [
    "fragments of a recommendation's items that double",
    {
      query: `{ recommendations(${ASK}, first: 0) { nodes { ...F30 } } } ${onGroup(2, 31).replaceAll("DatasetGroup", "Item").replace("name", "itemId")}`,
    },
    400,
    LIMIT,
    /cost/,
  ],
  ["400 spreads in each of three lists", { query: listsIn(400), variables: { n: 1 } }, 400, LIMIT, /cost/],
  [
    "a list of less than nothing beside an expensive one",
    {
      query: `{ a: datasetGroups(first: -1000000) @skip(if: true) { edges { node { name } } }
        datasetGroups(first: 500) { edges { node { name solutions(first: 500) { edges { node { name } } } } } } }`,
    },
    400,
    LIMIT,
    /cost is 752\d{3};/,
  ],
  [
    "the same by a variable",
    {
      query: `query ($n: Int!) { a: datasetGroups(first: $n) { edges { node { name } } }
        datasetGroups(first: 500) { edges { node { name solutions(first: 500) { edges { node { name } } } } } } }`,
      variables: { n: -1_000_000 },
    },
    400,
    LIMIT,
    /cost is 752\d{3};/,
  ],
  [
    "60,000 entities",
    {
      query: "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Item { itemId } } }",
      variables: { r: Array.from({ length: 60_000 }, () => ({ __typename: "Item", datasetGroup: "g", itemId: "i" })) },
    },
    400,
    LIMIT,
    /cost is 60001;/,
  ],
  [
    "a ranking of 20,000 items",
    {
      query: `query ($i: [ID!]!) { personalizedRanking(${ASK}, userId: "u", itemIds: $i) { nodes { itemId } } }`,
      variables: { i: Array.from({ length: 20_000 }, (_, at) => `${at}`) },
    },
    400,
    LIMIT,
    /cost is 40001;/,
  ],
  [
    "fields of every type, again and again",
    { query: `{ __schema { types { ${times(300, (at) => `a${at}: fields { name args { name } }`)} } } }` },
    400,
    LIMIT,
    /aliases .* is 300; the limit is 0/,
  ],
  [
    "31 aliases in a fragment",
    { query: `{ ...F } fragment F on Query { ${times(31, (at) => `a${at}: __typename`)} }` },
    400,
    LIMIT,
    /aliases is 31/,
  ],
  [
    "a circle of fragments",
    { query: "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }" },
    400,
    INVALID,
    /Cannot spread fragment "A" within itself via "B"/,
  ],
  ["3,900 equal fields", { query: `{ ${times(3_900, () => "nope")} }` }, 400, INVALID, /aborted/],
  [
    "more than 4,000 tokens",
    { query: `{ ${times(4_001, () => "__typename")} }` },
    400,
    "GRAPHQL_PARSE_FAILED",
    /4000 tokens/,
  ],
];

const SPREADS = 8;
const frozen = `subscription ($n: Int) { ${times(SPREADS, () => "...F9")} } ${times(10, (level) => {
  const below = level === 0 ? "b" : times(SPREADS, () => `...F${level - 1}`);
  return `fragment F${level} on Query { a(first: $n) { ${below} } }`;
})}`;
const SUBSCRIPTIONS: readonly Attack[] = [
  [
    "fragments that are spread 8 times at 10 levels",
    { query: frozen, variables: { n: 1 } },
    400,
    INVALID,
    /cannot be spread here/,
  ],
  [
    "the same as it is valid",
    {
      query: `subscription { segmentUsers(${ASK}) { ...F9 } } ${onGroup(SPREADS, 10).replaceAll("DatasetGroup", "SegmentPart").replace("name", "userIds")}`,
    },
    400,
    LIMIT,
    /cost/,
  ],
  [
    "a circle of fragments",
    { query: "subscription { ...A } fragment A on Subscription { ...A }" },
    400,
    INVALID,
    /Cannot spread fragment "A" within itself/,
  ],
  [
    "a field that is left out",
    { query: `subscription { segmentUsers(${ASK}) @include(if: false) { userIds } }` },
    400,
    INVALID,
    /own field cannot be left out/,
  ],
  [
    "its own field in fragments that double 40 times",
    {
      query: `subscription { ...F40 } ${onGroup(2, 41).replaceAll("DatasetGroup", "Subscription").replace("name", `segmentUsers(${ASK}) { userIds }`)}`,
    },
    400,
    LIMIT,
    /cost/,
  ],
  [
    "a field that a fragment leaves out",
    {
      query: `subscription { ...S } fragment S on Subscription { ... @skip(if: true) { segmentUsers(${ASK}) { userIds } } }`,
    },
    400,
    INVALID,
    /own field cannot be left out/,
  ],
  [
    "more than 4,000 tokens",
    { query: `subscription { ${times(4_001, () => "__typename")} }` },
    400,
    "GRAPHQL_PARSE_FAILED",
    /4000 tokens/,
  ],
];

/** One request must not keep the gateway from all others: it is refused after work that grows with its length alone. */
describe("a query that would take for ever", () => {
  let services: { stop(): Promise<unknown> }[];
  let gateway: RunningGateway;

  beforeAll(async () => {
    const datasets = await new MemoryDatasets().start();
    const sims = await new MemoryRecipeService("sims", "aws-sims").start();
    sims.addCampaign("shop", "similar");
    services = [datasets, sims];
    gateway = await gatewayWith({ PALATE_DATASETS_ADDRESS: datasets.address, PALATE_RECIPE_SERVICES: sims.address });
  });
  afterAll(async () => {
    await gateway.close();
    await Promise.all(services.map((service) => service.stop()));
  });

  const JSON_TYPE = { "content-type": "application/json" };
  const EVENTS = { accept: "text/event-stream" };
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${gateway.url}${path}`, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { ...JSON_TYPE, ...headers },
    });
  const get = (path: string, { query, variables = {} }: Request, headers: Record<string, string>) =>
    fetch(`${gateway.url}${path}?${new URLSearchParams({ query, variables: JSON.stringify(variables) })}`, { headers });
  const persisted = async (path: string, request: Request) => {
    const sha256Hash = createHash("sha256").update(request.query).digest("hex");
    const extensions = { persistedQuery: { version: 1, sha256Hash } };
    await post(path, { ...request, extensions });
    return post(path, { ...request, extensions });
  };

  /** Sends an attack and, behind it, what somebody else wants; this is answered, that refused. */
  async function refused(send: () => Promise<Response>, [, , status, code, message]: Attack): Promise<void> {
    const attack = send();
    const other = await fetch(`${gateway.url}/healthz`);
    expect(other.status).toBe(200);
    const response = await attack;
    const text = await response.text();
    expect(response.status, text).toBe(status);
    const { errors } = JSON.parse(text) as { errors: { message: string; extensions: object }[] };
    expect(errors[0]).toMatchObject({ message: expect.stringMatching(message) as string, extensions: { code } });
    expect(text.length).toBeLessThan(100_000);
  }

  it.each(QUERIES)("is refused by POST: %s", async (...attack) => {
    await refused(() => post("/graphql", attack[1]), attack);
  });

  it.each(QUERIES.filter(([, request]) => JSON.stringify(request).length < 10_000))(
    "is refused by GET: %s",
    async (...attack) => {
      await refused(() => get("/graphql", attack[1], { "apollo-require-preflight": "1" }), attack);
    },
  );

  it.each(QUERIES.filter(([what]) => !what.includes("tokens")))(
    "is refused as a persisted query: %s",
    async (...attack) => {
      await refused(() => persisted("/graphql", attack[1]), attack);
    },
  );

  it.each(SUBSCRIPTIONS)("is refused as a subscription by POST: %s", async (...attack) => {
    await refused(() => post("/graphql/stream", attack[1], EVENTS), attack);
  });

  it.each(SUBSCRIPTIONS.filter(([, { query }]) => query.length < 10_000))(
    "is refused as a subscription by GET: %s",
    async (...attack) => {
      await refused(() => get("/graphql/stream", attack[1], EVENTS), attack);
    },
  );

  it("is refused in a batch, as all batches are", async () => {
    const response = await post("/graphql", [QUERIES[0]![1], QUERIES[0]![1]]);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("batching");
  });

  it("is not what tools ask of the schema", async () => {
    const { getIntrospectionQuery } = await import("graphql");
    const query = getIntrospectionQuery({ inputValueDeprecation: true, schemaDescription: true, oneOf: true });
    const response = await post("/graphql", { query });
    expect(response.status).toBe(200);
  });
});
