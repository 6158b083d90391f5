import type { RunningGateway } from "@palate/gateway";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, gatewayWith } from "./gateway-client.js";
import { MemoryDatasets } from "./gateway-datasets.js";
import { MemoryRecipeService } from "./gateway-recipes.js";

const LONG = "g".repeat(100_000);
const CUT = new RegExp(`g{1,100}…`);
const HALVED = `${"a".repeat(99)}🎨🎨`;

/** A query with a long name, and its variables. */
type Question = readonly [what: string, query: string, variables: Readonly<Record<string, unknown>>];

const NAME = { n: LONG };

const CREATE_GROUP =
  "mutation ($n: String!) { createDatasetGroup(input: { name: $n }) { userErrors { field message } } }";

/** What quotes the name in its answer. */
const QUOTED: readonly Question[] = [
  ["of a campaign", "query ($n: String!) { recommendations(datasetGroup: $n, campaign: $n) { versionId } }", NAME],
  ["of a new group", CREATE_GROUP, NAME],
  [
    "of a group to be deleted",
    "mutation ($n: String!) { deleteDatasetGroup(input: { name: $n }) { userErrors { message } } }",
    NAME,
  ],
  ["of a file", "query ($n: String!) { inferSchema(location: $n, datasetType: ITEMS) { schema } }", NAME],
  ["of a node", "query ($n: ID!) { node(id: $n) { id } }", NAME],
  [
    "of an entity",
    "query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }",
    { r: [{ __typename: LONG }] },
  ],
  [
    "of a hyperparameter",
    `mutation ($p: JSONObject) { createSolution(input: { datasetGroup: "shop", name: "s", recipe: "aws-sims", hyperparameters: $p }) { userErrors { field message } } }`,
    { p: { [LONG]: 1 } },
  ],
  [
    "of a value of an enumeration",
    'query ($d: DatasetType) { inferSchema(location: "x", datasetType: $d) { schema } }',
    { d: LONG },
  ],
  ["of a field", `{ ${LONG.slice(1_000)} }`, {}],
];

/** What finds nothing, which is no error. */
const NOT_FOUND: readonly Question[] = [
  ["of a group", "query ($n: String!) { datasetGroup(name: $n) { name } }", NAME],
  ["of an import", 'query ($n: String!) { importJob(datasetGroup: "shop", jobName: $n) { status } }', NAME],
];

describe("a name of 100,000 characters", () => {
  let services: { stop(): Promise<unknown> }[];
  let gateway: RunningGateway;

  beforeAll(async () => {
    const datasets = await new MemoryDatasets().start();
    const sims = await new MemoryRecipeService("sims", "aws-sims").start();
    sims.addCampaign("shop", "similar");
    services = [datasets, sims];
    gateway = await gatewayWith({ PALATE_DATASETS_ADDRESS: datasets.address, PALATE_RECIPE_SERVICES: sims.address });
    await ask(gateway, 'mutation { createDatasetGroup(input: { name: "shop" }) { userErrors { message } } }');
  });
  afterAll(async () => {
    await gateway.close();
    await Promise.all(services.map((service) => service.stop()));
  });

  /** Everybody else's questions are answered as before: the datasets service and the recipe services each have one connection. */
  async function othersAreAnswered(): Promise<void> {
    const { data, errors } = await ask(
      gateway,
      '{ datasetGroups { nodes { name } } recommendations(datasetGroup: "shop", campaign: "similar") { versionId } }',
    );
    expect({ data, errors }).toEqual({
      data: { datasetGroups: { nodes: [{ name: "shop" }] }, recommendations: { versionId: "0badcafe" } },
      errors: [],
    });
  }

  it.each(QUOTED)("is quoted in part, and harms nobody: %s", async (_, query, variables) => {
    const asked = ask(gateway, query, variables);
    await othersAreAnswered();
    const { data, errors } = await asked;
    const text = JSON.stringify({ data, errors });
    expect(text).toMatch(CUT);
    expect(text.length).toBeLessThan(5_000);
    await othersAreAnswered();
  });

  it.each(NOT_FOUND)("finds nothing, and harms nobody: %s", async (_, query, variables) => {
    const asked = ask(gateway, query, variables);
    await othersAreAnswered();
    const { data, errors } = await asked;
    expect(errors).toEqual([]);
    expect(Object.values(data as object)).toEqual([null]);
  });

  it("is refused where cutting it would leave half a character", async () => {
    const { data } = await ask(gateway, CREATE_GROUP, { n: HALVED });
    expect(data.createDatasetGroup.userErrors[0].field).toBe("name");
    await othersAreAnswered();
  });

  it("stands for itself in paths, uploads and types of content", async () => {
    const path = "g".repeat(10_000);
    const json = { "content-type": "application/json" };
    const answers = [
      fetch(`${gateway.url}/${path}`),
      fetch(`${gateway.url}/exports/${path}/${path.slice(4_000)}/x.csv`.slice(0, 15_000)),
      fetch(`${gateway.url}/reports/imports/${path}/job.html`),
      fetch(`${gateway.url}/graphql`, { method: "POST", body: "{}", headers: { "content-type": path } }),
      fetch(`${gateway.url}/graphql`, { method: "POST", body: `"${path}`, headers: json }),
    ];
    for (const answer of answers) {
      const response = await answer;
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect((await response.text()).length).toBeLessThan(3_000);
    }
  });

  it("is refused where it is the one that no service could be told", async () => {
    const { errors, data } = await ask(
      gateway,
      `mutation { createSolution(input: { datasetGroup: "shop", name: "s", recipe: "aws-sims", hyperparameters: { __proto__: 1 } }) { userErrors { field } } }`,
    );
    expect({ errors, data }).toEqual({
      errors: [],
      data: { createSolution: { userErrors: [{ field: "hyperparameters.__proto__" }] } },
    });
  });

  it("is said to be one of many, where there are many", async () => {
    const events = Array.from({ length: 5_000 }, () => ({
      userId: "u",
      itemId: "i",
      eventType: "",
      sessionId: "s",
    }));
    const { data, errors } = await ask(
      gateway,
      'mutation ($events: [InteractionInput!]!) { putEvents(input: { datasetGroup: "shop", interactions: $events }) { userErrors { field message } } }',
      { events },
    );
    expect(errors).toEqual([]);
    const { userErrors } = data.putEvents as { userErrors: { field: string | null; message: string }[] };
    expect(userErrors.length).toBe(101);
    expect(userErrors.at(-1)).toEqual({ field: null, message: "and 4900 more" });
  });

  it("does not fit into a query; variables hold it", async () => {
    const { status, errors } = await ask(gateway, `{ datasetGroup(name: "${LONG}") { name } }`);
    expect(status).toBe(413);
    expect(errors[0]?.message).toMatch(/The query has 100\d{3} characters; the limit is 100000/);
    const stream = await fetch(`${gateway.url}/graphql/stream`, {
      method: "POST",
      body: JSON.stringify({ query: `subscription { x(y: "${LONG}") }` }),
      headers: { "content-type": "application/json", accept: "text/event-stream" },
    });
    expect(stream.status).toBe(413);
    expect(await stream.text()).toContain("the limit is 100000");
  });
});
