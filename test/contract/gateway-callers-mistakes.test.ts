import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningGateway } from "@palate/gateway";
import { gatewayWith } from "./gateway-client.js";
import { MemoryRecipeService } from "./gateway-recipes.js";

const ASK = '(datasetGroup: "shop", campaign: "similar"';
const STREAM = `subscription A($item: ID) { segmentUsers${ASK}, itemId: $item) { userIds } }`;
const persisted = (persistedQuery: unknown) => ({ query: "{ __typename }", extensions: { persistedQuery } });

/** A request, the HTTP status of its answer, and the code and message of its first error; no code: it is answered. */
type Case = readonly [what: string, request: unknown, expected: Expected];
type Expected = readonly [status: number, code?: string, message?: RegExp];

const QUERIES: readonly Case[] = [
  [
    "another operation's name",
    { query: "query A { __typename }", operationName: "B" },
    [400, "OPERATION_RESOLUTION_FAILURE", /Unknown operation named "B"/],
  ],
  [
    "none of two operations",
    { query: "query A { __typename } query B { __typename }" },
    [400, "OPERATION_RESOLUTION_FAILURE", /Must provide operation name/],
  ],
  ["an empty name, which is none", { query: "{ __typename }", operationName: "" }, [200]],
  [
    "an empty name of several",
    { query: "query A { __typename } query B { __typename }", operationName: "" },
    [400, "OPERATION_RESOLUTION_FAILURE", /Must provide/],
  ],
  ["a name that is no text", { query: "{ __typename }", operationName: 5 }, [400, "BAD_REQUEST", /operationName/]],
  [
    "the hash of another query",
    persisted({ version: 1, sha256Hash: "0".repeat(64) }),
    [400, "BAD_REQUEST", /provided sha does not match query/],
  ],
  [
    "another version of persisted queries",
    persisted({ version: 2, sha256Hash: "x" }),
    [400, "BAD_REQUEST", /Unsupported persisted query version/],
  ],
  ["a persisted query without a hash", persisted({ version: 1 }), [400, "BAD_REQUEST", /does not match/]],
  ["a persisted query that is no object", persisted("x"), [400, "BAD_REQUEST", /Unsupported/]],
  ["a subscription", { query: STREAM }, [400, "BAD_REQUEST", /\/graphql\/stream/]],
  [
    "null for a number that has a default",
    { query: `query ($n: Int) { recommendations${ASK}, first: $n) { versionId } }`, variables: { n: null } },
    [200, "BAD_USER_INPUT", /"first" of non-null type "Int!" must not be null/],
  ],
  [
    "the same where the query is not compiled",
    { query: `query ($n: Int) { __typename recommendations${ASK}, first: $n) { versionId } }`, variables: { n: null } },
    [200, "BAD_USER_INPUT", /"first"/],
  ],
  [
    "a variable of another type",
    { query: `query ($u: ID) { recommendations${ASK}, userId: $u) { versionId } }`, variables: { u: {} } },
    [400, "BAD_USER_INPUT", /\$u/],
  ],
  ["a list of requests", [{ query: "{ __typename }" }], [400, "BAD_REQUEST", /batching/]],
];

const SUBSCRIPTIONS: readonly Case[] = [
  [
    "another operation's name",
    { query: STREAM, operationName: "B" },
    [400, "OPERATION_RESOLUTION_FAILURE", /Unknown operation named "B"/],
  ],
  [
    "none of two operations",
    { query: `${STREAM} ${STREAM.replace("A(", "B(")}` },
    [400, "OPERATION_RESOLUTION_FAILURE", /Must provide operation name/],
  ],
  ["an empty name, which is none", { query: STREAM, operationName: "" }, [200]],
  ["a query", { query: "{ __typename }" }, [400, "BAD_REQUEST", /\/graphql/]],
  ["no GraphQL", { query: "{" }, [400, "GRAPHQL_PARSE_FAILED", /Syntax Error/]],
  ["a field that there is not", { query: "subscription { nope }" }, [400, "GRAPHQL_VALIDATION_FAILED", /nope/]],
  ["a variable of another type", { query: STREAM, variables: { item: {} } }, [400, "BAD_USER_INPUT", /\$item/]],
  ["variables that are no object", { query: STREAM, variables: 5 }, [400, "BAD_REQUEST", /variables/]],
  ["no query", {}, [400, "BAD_REQUEST", /query/]],
  ["too much", { query: `${STREAM}${" ".repeat(100_000)}` }, [413, "BAD_USER_INPUT", /100000 bytes/]],
];

/** What the caller did wrong is told the caller, by every path, and never as a fault of the gateway's. */
describe("a caller's mistake", () => {
  let service: MemoryRecipeService;
  let gateway: RunningGateway;

  beforeAll(async () => {
    service = await new MemoryRecipeService("sims", "aws-sims").start();
    service.addCampaign("shop", "similar");
    gateway = await gatewayWith({ PALATE_RECIPE_SERVICES: service.address, PALATE_MAX_BODY_BYTES: "100000" });
  });
  afterAll(async () => {
    await gateway.close();
    await service.stop();
  });

  async function check(response: Response, [status, code, message]: Expected): Promise<void> {
    const text = await response.text();
    expect(response.status, text).toBe(status);
    expect(text).not.toContain("INTERNAL_SERVER_ERROR");
    if (code === undefined || message === undefined) return;
    const { errors } = JSON.parse(text) as { errors: { message: string; extensions: object }[] };
    expect(errors[0]).toMatchObject({
      message: expect.stringMatching(message) as string,
      extensions: { code, retryable: false },
    });
  }
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${gateway.url}${path}`, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json", ...headers },
    });
  const search = (request: unknown): string =>
    Object.entries(request as object)
      .map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)])
      .map(([name, value]) => `${name}=${encodeURIComponent(value!)}`)
      .join("&");

  it.each(QUERIES)("in a query by POST: %s", async (_, request, expected) => {
    await check(await post("/graphql", request), expected);
  });

  it.each(QUERIES.filter(([what]) => !/a list|no text|a subscription/.test(what)))(
    "in a query by GET: %s",
    async (_, request, expected) => {
      const headers = { "apollo-require-preflight": "1" };
      await check(await fetch(`${gateway.url}/graphql?${search(request)}`, { headers }), expected);
    },
  );

  it.each(SUBSCRIPTIONS)("in a subscription by POST: %s", async (_, request, expected) => {
    await check(await post("/graphql/stream", request, { accept: "text/event-stream" }), expected);
  });

  it.each(SUBSCRIPTIONS.filter(([what]) => !/too much|no object/.test(what)))(
    "in a subscription by GET: %s",
    async (_, request, expected) => {
      const headers = { accept: "text/event-stream" };
      await check(await fetch(`${gateway.url}/graphql/stream?${search(request)}`, { headers }), expected);
    },
  );

  it("in a subscription that is no JSON, or says it is something else", async () => {
    const headers = { accept: "text/event-stream", "content-type": "application/json" };
    const path = `${gateway.url}/graphql/stream`;
    await check(await fetch(path, { method: "POST", body: "{", headers }), [400, "BAD_REQUEST", /JSON/]);
    const text = { ...headers, "content-type": "text/plain" };
    await check(await fetch(path, { method: "POST", body: "{}", headers: text }), [415, "BAD_REQUEST", /Media Type/]);
  });
});
