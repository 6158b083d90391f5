import { readFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningGateway } from "@palate/gateway";
import { ask, gatewayWith } from "./gateway-client.js";
import { MemoryDatasets } from "./gateway-datasets.js";
import { MemoryRecipeService } from "./gateway-recipes.js";

/** The gateway as HTTP clients and browsers see it: rules of GraphQL over HTTP, limits, uploads, streams, the explorer. */
describe("gateway over HTTP", () => {
  let datasets: MemoryDatasets;
  let sims: MemoryRecipeService;
  let gateway: RunningGateway;
  const MAX_UPLOAD = 40 * 1024 * 1024;

  beforeAll(async () => {
    datasets = await new MemoryDatasets().start();
    sims = await new MemoryRecipeService("sims", "aws-sims").start();
    sims.addCampaign("shop", "similar");
    gateway = await gatewayWith({
      PALATE_DATASETS_ADDRESS: datasets.address,
      PALATE_RECIPE_SERVICES: sims.address,
      PALATE_MAX_BODY_BYTES: "100000",
      PALATE_MAX_UPLOAD_BYTES: String(MAX_UPLOAD),
    });
  });
  afterAll(async () => {
    await gateway.close();
    await Promise.all([datasets.stop(), sims.stop()]);
  });

  const post = (path: string, body: NonNullable<RequestInit["body"]>, headers: Record<string, string> = {}) =>
    fetch(`${gateway.url}${path}`, { method: "POST", body, headers });
  const JSON_TYPE = { "content-type": "application/json" };
  const HELLO = JSON.stringify({ query: "{ __typename }" });

  describe("GraphQL requests", () => {
    it("work by POST and GET, at /graphql and at /", async () => {
      for (const path of ["/graphql", "/"]) {
        const posted = await post(path, HELLO, JSON_TYPE);
        expect(await posted.json()).toEqual({ data: { __typename: "Query" } });
        const got = await fetch(`${gateway.url}${path}?query=%7B__typename%7D`, {
          headers: { "apollo-require-preflight": "1", accept: "application/graphql-response+json" },
        });
        expect(got.headers.get("content-type")).toContain("application/graphql-response+json");
        expect(await got.json()).toEqual({ data: { __typename: "Query" } });
      }
    });

    it("are refused by what is wrong with them", async () => {
      const cases: [string, Promise<Response>, number, RegExp][] = [
        ["another content type", post("/graphql", HELLO, { "content-type": "text/plain" }), 415, /application\/json/],
        ["no JSON", post("/graphql", "{ query", JSON_TYPE), 400, /not JSON/],
        ["no GraphQL", post("/graphql", JSON.stringify({ query: "{ nope" }), JSON_TYPE), 400, /Syntax Error/],
        [
          "no such field",
          post("/graphql", JSON.stringify({ query: "{ nope }" }), JSON_TYPE),
          400,
          /Cannot query field/,
        ],
        ["too long", post("/graphql", JSON.stringify({ query: "#".repeat(100_001) }), JSON_TYPE), 413, /100000 bytes/],
        ["a simple cross-site GET", fetch(`${gateway.url}/graphql?query=%7B__typename%7D`), 400, /CSRF/],
        [
          "a mutation by GET",
          fetch(`${gateway.url}/graphql?query=mutation%7BdeleteSchema(name:"x")%7Bdeleted%7D%7D`, {
            headers: { "apollo-require-preflight": "1" },
          }),
          405,
          /query operations/,
        ],
        [
          "another method",
          fetch(`${gateway.url}/graphql`, { method: "PUT", headers: JSON_TYPE, body: HELLO }),
          405,
          /GET/,
        ],
        ["another path", fetch(`${gateway.url}/nowhere`), 404, /\/graphql/],
        ["no file's name", fetch(`${gateway.url}/exports/shop/job`), 404, /\/exports\/GROUP\/JOB\/FILE/],
        ["a part too many", fetch(`${gateway.url}/reports/imports/shop/job/x.html`), 404, /GROUP\/JOB\.html/],
        ["a name that is not well encoded", fetch(`${gateway.url}/batch-jobs/%E0/job/output`), 404, /NAME\/output/],
        ["a page that is posted to", post("/reports/imports/shop/job.html", "x"), 405, /with GET/],
      ];
      for (const [what, answer, status, message] of cases) {
        const response = await answer;
        expect([what, response.status]).toEqual([what, status]);
        const { errors } = (await response.json()) as { errors: { message: string; extensions: { code: string } }[] };
        expect([what, errors[0]?.message]).toEqual([what, expect.stringMatching(message)]);
        expect(errors[0]?.extensions.code).toEqual(expect.any(String));
      }
    });

    it("are refused, by name, when they are over a limit", async () => {
      const nested = (page: string) =>
        `{ datasetGroup(name: "a") { solutions${page} { nodes { versions${page} { nodes { progress { curve { value } } } } } } } }`;
      const cases: [RegExp, string, Record<string, unknown>?][] = [
        [
          /number of aliases is 31; the limit is 30/,
          `{ ${Array.from({ length: 31 }, (_, index) => `a${index}: __typename`).join(" ")} }`,
        ],
        [/cost is \d+; the limit is 20000/, nested("(first: 500)")],
        [
          /cost is \d+; the limit is 20000/,
          `query ($n: Int!) { datasetGroup(name: "a") { solutions(first: $n) { nodes { versions(first: $n) { nodes { versionId } } } } } }`,
          { n: 500 },
        ],
        [/more that 4000 tokens|more than 4000 tokens/, `{ ${"__typename ".repeat(4_001)} }`],
      ];
      for (const [message, query, variables] of cases) {
        const { status, errors, data } = await ask(gateway, query, variables);
        expect({ status, data }).toEqual({ status: 400, data: undefined });
        expect(errors[0]?.message).toMatch(message);
      }
      const allowed = await ask(gateway, nested(""));
      expect(allowed.errors).toEqual([]);
    });

    it("are refused when they are nested too deeply, whatever fragments hide it", async () => {
      const tight = await gatewayWith({
        PALATE_DATASETS_ADDRESS: datasets.address,
        PALATE_RECIPE_SERVICES: sims.address,
        PALATE_MAX_DEPTH: "4",
      });
      try {
        const query = `query ($n: Int) { datasetGroups(first: $n) { ...Page } }
          fragment Page on DatasetGroupConnection { nodes { ...Group } }
          fragment Group on DatasetGroup { datasets { nodes { name } } }`;
        const { errors } = await ask(tight, query);
        expect(errors[0]).toMatchObject({
          message: "The query's depth is 5; the limit is 4. Nest fewer fields.",
          extensions: { code: "QUERY_LIMIT_EXCEEDED", retryable: false },
        });
        const schema = await ask(tight, "{ __schema { types { fields { type { ofType { ofType { name } } } } } } }");
        expect(schema.errors).toEqual([]);
      } finally {
        await tight.close();
      }
    });

    it("come from pages of allowed origins only", async () => {
      const origin = "https://studio.apollographql.com";
      const allowing = await gatewayWith({ PALATE_RECIPE_SERVICES: sims.address, PALATE_CORS_ORIGINS: origin });
      try {
        const preflight = (of: RunningGateway) =>
          fetch(`${of.url}/graphql`, {
            method: "OPTIONS",
            headers: {
              origin,
              "access-control-request-method": "POST",
              "access-control-request-headers": "content-type",
            },
          });
        const sandbox = await preflight(allowing);
        expect(sandbox.status).toBe(204);
        expect(sandbox.headers.get("access-control-allow-origin")).toBe(origin);
        expect(sandbox.headers.get("access-control-allow-headers")).toContain("content-type");
        const byDefault = await preflight(gateway);
        expect(byDefault.status).toBe(403);
        expect(byDefault.headers.get("access-control-allow-origin")).toBeNull();
      } finally {
        await allowing.close();
      }
    });

    it("may ask for the schema unless that is switched off", async () => {
      const query = "{ __schema { queryType { name } } }";
      expect((await ask(gateway, query)).data.__schema.queryType.name).toBe("Query");
      const closed = await gatewayWith({ PALATE_INTROSPECTION: "off", PALATE_RECIPE_SERVICES: sims.address });
      try {
        expect((await ask(closed, query)).errors[0]?.message).toContain("introspection");
      } finally {
        await closed.close();
      }
    });
  });

  describe("uploads", () => {
    it("pass a file on and answer where it can be imported from", async () => {
      const bytes = Buffer.alloc(5 * 1024 * 1024, "ITEM_ID,PRICE\na,1\n");
      const response = await post("/uploads?name=items.csv", bytes);
      expect(response.status).toBe(201);
      const stored = (await response.json()) as { location: string; bytes: number };
      expect(stored.bytes).toBe(bytes.length);
      expect(datasets.files.get(stored.location)).toMatchObject({ name: "items.csv", bytes: bytes.length });
      const { data } = await ask(
        gateway,
        "query ($location: String!) { inferSchema(location: $location, datasetType: ITEMS) { schema notes } }",
        { location: stored.location },
      );
      expect(data.inferSchema).toEqual({ schema: '{"columns":"ITEM_ID,PRICE"}', notes: ["From the header."] });
    });

    it("are looked at: what they are, how they would be mapped, and what becomes of their rows", async () => {
      const uploaded = await post("/uploads?name=items.csv", Buffer.from("ITEM_ID,PRICE\na,\n"));
      const { location } = (await uploaded.json()) as { location: string };
      const query = `query ($location: String!, $mapping: ImportMappingInput) { inferSchema(location: $location, mapping: $mapping) {
        layout datasetType ignoredColumns warnings mapping { columns { name from } }
        preview { fileColumns fileRows { values } datasetColumns datasetRows { values } problems } } }`;
      const { data } = await ask(gateway, query, { location });
      expect(data.inferSchema).toEqual({
        layout: "A shop's items",
        datasetType: "ITEMS",
        ignoredColumns: ["COLOR"],
        warnings: ["PRICE is odd."],
        mapping: { columns: [{ name: "ITEM_ID", from: ["sku"] }] },
        preview: {
          fileColumns: ["ITEM_ID", "PRICE"],
          fileRows: [{ values: ["a", null] }],
          datasetColumns: ["ITEM_ID"],
          datasetRows: [{ values: ["a"] }],
          problems: ["Line 2: PRICE is empty"],
        },
      });
      const mapping = { columns: [{ name: "ITEM_ID", from: ["PRICE"] }] };
      const tried = await ask(gateway, query, { location, mapping });
      expect(tried.data.inferSchema).toMatchObject({ layout: null, mapping });
    });

    it("slow the client down while the service is slow, instead of filling memory", async () => {
      let open: () => void = () => {};
      datasets.uploadGate = new Promise((resolve) => (open = resolve));
      const upload = httpRequest(`${gateway.url}/uploads?name=big.csv`, { method: "POST" });
      const answered = new Promise<number>((resolve, reject) => {
        upload.on("response", (response) => resolve(response.resume().statusCode ?? 0));
        upload.on("error", reject);
      });
      const chunk = Buffer.alloc(256 * 1024, "x");
      const total = 120;
      let taken = 0;
      for (; taken < total; taken++) {
        const full = !upload.write(chunk);
        if (full && !(await Promise.race([drained(upload), sleep(500, false)]))) break;
      }
      expect(taken).toBeLessThan(total - 1);
      open();
      datasets.uploadGate = undefined;
      for (taken++; taken < total; taken++) if (!upload.write(chunk)) await drained(upload);
      upload.end();
      expect(await answered).toBe(201);
      expect(datasets.uploadedBytes).toBe(total * chunk.length);
    });

    it("are refused without a name, over the limit, from other pages, and by other methods", async () => {
      expect((await post("/uploads", "x")).status).toBe(400);
      expect((await fetch(`${gateway.url}/uploads?name=a.csv`)).status).toBe(405);
      expect((await post("/uploads?name=a.csv", "x", { origin: "https://evil.example" })).status).toBe(403);
      const declared = await post("/uploads?name=a.csv", Buffer.alloc(MAX_UPLOAD + 1)).catch(() => undefined);
      expect([413, undefined]).toContain(declared?.status);
      const stored = datasets.files.size;
      const streamed = httpRequest(`${gateway.url}/uploads?name=a.csv`, { method: "POST" });
      const status = new Promise<number>((resolve) => {
        streamed.on("response", (response) => resolve(response.resume().statusCode ?? 0));
        streamed.on("error", () => resolve(413));
      });
      const chunk = Buffer.alloc(1024 * 1024);
      for (let sent = 0; sent <= MAX_UPLOAD && !streamed.destroyed; sent += chunk.length)
        if (!streamed.write(chunk)) await Promise.race([drained(streamed), status]);
      streamed.end();
      expect(await status).toBe(413);
      expect(datasets.files.size).toBe(stored);
    });

    it("are cut off at the service when the client goes away", async () => {
      const upload = httpRequest(`${gateway.url}/uploads?name=a.csv`, { method: "POST" });
      upload.on("error", () => {});
      upload.write(Buffer.alloc(100_000));
      while (datasets.uploadedBytes !== 100_000) await sleep(10);
      upload.destroy();
      for (let attempt = 0; attempt < 200 && !datasets.uploadCancelled; attempt++) await sleep(10);
      expect(datasets.uploadCancelled).toBe(true);
    });
  });

  describe("subscriptions", () => {
    const PROGRESS = `subscription ($v: String!) {
      solutionVersionProgress(datasetGroup: "shop", solution: "live", versionId: $v) { status progress { fraction message curve { series value } } metrics { name value } } }`;
    const subscribe = (query: string, variables: Record<string, unknown> = {}) =>
      post("/graphql/stream", JSON.stringify({ query, variables }), { ...JSON_TYPE, accept: "text/event-stream" });

    it("stream a training's progress until it ends", async () => {
      const created = await ask(
        gateway,
        `mutation { createSolution(input: { datasetGroup: "shop", name: "live", recipe: "aws-sims" }) { userErrors { message } }
          createSolutionVersion(input: { datasetGroup: "shop", solution: "live" }) { solutionVersion { versionId } } }`,
      );
      const { versionId } = created.data.createSolutionVersion.solutionVersion;
      const response = await subscribe(PROGRESS, { v: versionId });
      expect(response.headers.get("content-type")).toContain("text/event-stream");
      const events: { status: string; progress: { fraction: number } | null; metrics: unknown }[] = [];
      let text = "";
      for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
        text += Buffer.from(chunk).toString();
        for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
          const data = /^data: (\{.*)$/m.exec(text.slice(0, end))?.[1];
          text = text.slice(end + 2);
          if (data)
            events.push(
              (JSON.parse(data) as { data: { solutionVersionProgress: never } }).data.solutionVersionProgress,
            );
        }
        if (events.length === 1) sims.finish();
      }
      expect(events.map((event) => [event.status, event.progress?.fraction])).toEqual([
        ["CREATE IN_PROGRESS", 0.25],
        ["CREATE IN_PROGRESS", 1],
        ["ACTIVE", undefined],
      ]);
      expect(events[0]?.progress).toMatchObject({ message: "25 % done", curve: [{ series: "loss", value: 1.75 }] });
      expect(events[2]?.metrics).toEqual([
        { name: "coverage", value: 0.5 },
        { name: "mean_reciprocal_rank_at_25", value: 0.25 },
      ]);
    });

    it("say what is wrong in the same words as queries", async () => {
      const missing = await (await subscribe(PROGRESS, { v: "ffffffff" })).text();
      expect(missing).toContain('"code":"NOT_FOUND"');
      const query = await subscribe("{ __typename }");
      expect(query.status).toBe(400);
      expect(await query.text()).toContain("/graphql");
      expect((await post("/graphql/stream", HELLO, JSON_TYPE)).status).toBe(406);
    });
  });

  it("closes without cutting off a request in progress", async () => {
    const passing = await gatewayWith({
      PALATE_DATASETS_ADDRESS: datasets.address,
      PALATE_RECIPE_SERVICES: sims.address,
      PALATE_DRAIN_SECONDS: "30",
    });
    await ask(passing, '{ recommendations(datasetGroup: "shop", campaign: "similar") { versionId } }');
    sims.delayMs = 300;
    const before = sims.asked.length;
    const request = ask(passing, '{ recommendations(datasetGroup: "shop", campaign: "similar") { versionId } }');
    while (sims.asked.length === before) await sleep(5);
    const closing = passing.close();
    expect((await request).data).toEqual({ recommendations: { versionId: "0badcafe" } });
    await closing;
    sims.delayMs = 0;
  });

  it("has its schema written down as it is", async () => {
    const { buildGraphqlSchema, printGraphqlSchema } = await import("@palate/gateway");
    const committed = await readFile(new URL("../../gateway/schema.graphql", import.meta.url), "utf8");
    const current = printGraphqlSchema(buildGraphqlSchema());
    expect(committed, "run: npx tsc -b gateway && node gateway/dist/emit-schema.js").toBe(current);
  });
});

function drained(stream: NodeJS.EventEmitter): Promise<true> {
  return new Promise((resolve) => stream.once("drain", () => resolve(true)));
}
