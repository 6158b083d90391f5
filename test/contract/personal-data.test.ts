import type { RunningGateway } from "@palate/gateway";
import { createLogger, handlersFor, startGrpcServer, type RunningGrpcServer } from "@palate/host";
import { BatchJob, Recipe, RecipeServiceService } from "@palate/proto/recipe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestMongo, type TestMongo } from "../support/mongo.js";
import { DATASET_TYPE_INTERACTIONS, DATASET_TYPE_USERS, Harness } from "./datasets-harness.js";
import { ask, gatewayWith } from "./gateway-client.js";

interface Document {
  readonly datasetGroup: string;
  readonly userId: string;
  readonly users: Record<string, unknown>[];
  readonly interactions: Record<string, unknown>[];
  readonly sessions: string[];
  readonly filters: { name: string }[];
  readonly importProblems: { jobName: string }[];
  readonly batchOutputs: unknown[];
}

const HER = "anna \"|;'";

/** A recipe service that keeps the output of one batch job, in pieces that lines do not end with. */
function startBatchService(): Promise<RunningGrpcServer> {
  const { unary, serverStream } = handlersFor(createLogger("test", "silent"));
  const lines = [
    { input: { userId: HER }, output: { recommendedItems: ["a"] }, error: null },
    { input: { userId: "bob" }, output: { recommendedItems: ["his"] }, error: null },
    { input: { itemId: "a" }, output: { usersList: ["bob", HER] }, error: null },
    { input: { itemId: HER }, output: { usersList: ["bob"] }, error: null },
  ];
  const output = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const batchJob = BatchJob.fromPartial({ datasetGroup: "shop", jobName: "nightly", outputBytes: output.length });
  const implementation = {
    listRecipes: unary("listRecipes", () => ({ recipes: [Recipe.fromPartial({ name: "aws-sims", service: "sims" })] })),
    listCampaigns: unary("listCampaigns", () => ({ campaigns: [], nextPageToken: "" })),
    listBatchJobs: unary("listBatchJobs", ({ datasetGroup }: { datasetGroup: string }) => ({
      ...{ batchJobs: datasetGroup === "shop" ? [batchJob] : [], nextPageToken: "" },
    })),
    readBatchJobOutput: serverStream("readBatchJobOutput", async function* () {
      for (let at = 0; at < output.length; at += 50) yield { data: output.subarray(at, at + 50) };
    }),
  };
  return startGrpcServer("127.0.0.1:0", [
    { name: "palate.recipe.v1.RecipeService", definition: RecipeServiceService, implementation },
  ]);
}

describe("what is stored of a person", () => {
  let recipes: RunningGrpcServer;
  let mongo: TestMongo;
  let harness: Harness;
  let gateway: RunningGateway;

  const dataOf = async (userId: string, datasetGroup = "shop") =>
    ask(gateway, "query ($g: String!, $u: String!) { personalData(datasetGroup: $g, userId: $u) { json rows } }", {
      ...{ g: datasetGroup, u: userId },
    });

  beforeAll(async () => {
    mongo = await startTestMongo();
    // Three records are enough for them to be compacted into a file.
    harness = await Harness.start(mongo.uri, mongo.databaseName("person"), { PALATE_COMPACT_RECORDS: "3" });
    recipes = await startBatchService();
    gateway = await gatewayWith({
      PALATE_DATASETS_ADDRESS: harness.address,
      PALATE_RECIPE_SERVICES: `127.0.0.1:${recipes.port}`,
      PALATE_AUDIT: "on",
    });
    await harness.makeGroup("shop", ["interactions", "users"]);
    const quoted = `"${HER.replaceAll('"', '""')}"`;
    const users = await harness.upload("users.csv", `USER_ID,AGE\n${quoted},41\nbob,20\n`);
    await harness.runImport("shop", "users", DATASET_TYPE_USERS, users);
    const rows = `USER_ID,ITEM_ID,TIMESTAMP\n${quoted},imported,1700000000\nbob,imported,1700000001\n`;
    await harness.runImport("shop", "clicks", DATASET_TYPE_INTERACTIONS, await harness.upload("clicks.csv", rows));
    await harness.putEvents("shop", [
      { sessionId: "s1", itemId: "before", eventType: "view", timestamp: 1_700_000_002 },
    ]);
    await harness.putEvents("shop", [
      {
        userId: HER,
        sessionId: "s1",
        itemId: "signed-in",
        eventType: "buy",
        eventValue: 9.5,
        timestamp: 1_700_000_003,
      },
    ]);
    await harness.putEvents("shop", [{ userId: "bob", itemId: "his", eventType: "view", sessionId: "s2" }]);
    const wrong = await harness.upload("wrong.csv", `USER_ID,ITEM_ID,TIMESTAMP\n${quoted},x,never\nbob,x,1\n`);
    expect((await harness.runImport("shop", "wrong", DATASET_TYPE_INTERACTIONS, wrong)).problems.length).toBe(1);
    const putUser = `mutation ($u: ID!) { putUsers(input: { datasetGroup: "shop", users: [{ userId: $u, properties: { AGE: 42 } }] }) { userErrors { message } } }`;
    expect((await ask(gateway, putUser, { u: HER })).errors).toEqual([]);
  });
  afterAll(async () => {
    await gateway?.close();
    await recipes?.close(0);
    await harness?.stop();
    await mongo?.stop();
  });

  it("is all of it in one document, and nothing of others", async () => {
    const { data, errors } = await dataOf(HER);
    expect(errors).toEqual([]);
    const document = JSON.parse(data.personalData.json as string) as Document;
    expect(document).toMatchObject({
      datasetGroup: "shop",
      userId: HER,
      sessions: ["s1"],
      filters: [],
    });
    expect(document.users.map((row) => row["AGE"])).toEqual([41, 42]);
    expect(document.interactions.map((row) => [row["USER_ID"], row["ITEM_ID"], row["TIMESTAMP"]])).toEqual([
      [HER, "imported", 1_700_000_000],
      [HER, "before", 1_700_000_002],
      [HER, "signed-in", 1_700_000_003],
    ]);
    expect(document.interactions[2]).toMatchObject({ EVENT_TYPE: "buy", EVENT_VALUE: 9.5 });
    expect(data.personalData.rows).toBe(8);
    expect(data.personalData.json).not.toContain("bob");
    expect(data.personalData.json).not.toContain("his");
  });

  it("is nothing of somebody unknown, and refused where nobody could be meant", async () => {
    const { data } = await dataOf("nobody");
    expect(data.personalData.rows).toBe(0);
    const wrong = await dataOf("x".repeat(300));
    expect(wrong.errors[0]?.extensions.code).toBe("BAD_USER_INPUT");
    const nowhere = await dataOf(HER, "nowhere");
    expect(nowhere.errors[0]?.extensions.code).toBe("NOT_FOUND");
  });

  it("is handed out with an entry in the audit log, which does not say whose it was", async () => {
    await dataOf(HER);
    const { data } = await ask(
      gateway,
      '{ auditLog(operation: "personalData") { nodes { datasetGroup resources outcome } } }',
    );
    expect(data.auditLog.nodes).toContainEqual({ datasetGroup: "shop", resources: [], outcome: "OK" });
    const log = await (await fetch(`${gateway.url}/audit/log.jsonl`)).text();
    expect(log).not.toContain("anna");
  });

  it("is nothing once they were deleted", async () => {
    const deleted = await ask(
      gateway,
      'mutation ($ids: [String!]!) { createDataDeletionJob(input: { datasetGroup: "shop", jobName: "d", kind: USERS, ids: $ids }) { userErrors { message } } }',
      { ids: [HER] },
    );
    expect(deleted.errors).toEqual([]);
    const hers = JSON.parse((await dataOf(HER)).data.personalData.json as string) as Document;
    expect(hers).toMatchObject({ users: [], interactions: [], sessions: [] });
    const bobs = JSON.parse((await dataOf("bob")).data.personalData.json as string) as Document;
    expect(bobs.interactions.length).toBe(2);
  });
});
