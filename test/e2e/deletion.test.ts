import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { GraphqlClient } from "@palate/local";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, importInteractions, startPalate, twoCircles, type TestPalate } from "../support/palate.js";

const GROUP = "leaving";
const USER = "somebody-who-leaves-5e21";
const ITEM = "something-withdrawn-8d07";

/** Files in which an id is found, as it is or in base64. */
async function traces(folder: string, id: string): Promise<string[]> {
  const codes = [0, 1, 2].map((shift) => Buffer.from("x".repeat(shift) + id).toString("base64"));
  const wanted = [id, ...codes.map((code, shift) => code.slice(shift === 0 ? 0 : 4, -4))];
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const content = await readFile(file).catch(() => Buffer.alloc(0));
    if (wanted.some((text) => content.includes(text))) found.push(path.relative(folder, file));
  }
  return found;
}

/** What leaves a running installation: a user, an item, and everything. */
describe("an installation that something is deleted from", () => {
  let palate: TestPalate;
  let client: GraphqlClient;
  let gateway: string;

  beforeAll(async () => {
    palate = await startPalate(["datasets", "popularity", "gateway"]);
    gateway = `http://${palate.supervisor.address("gateway")}`;
    client = new GraphqlClient(gateway);
    const rows = twoCircles(60, 12, 5) + [1, 2, 3].map((step) => `${USER},x${step},${1_600_000_000 + step}\n`).join("");
    const popular = Array.from({ length: 40 }, (_, user) => `u${user},${ITEM},1600000900\n`).join("");
    await importInteractions(palate, GROUP, rows + popular);
    await client.run(`mutation {
      createSolution(input: { datasetGroup: "${GROUP}", name: "top", recipe: "aws-popularity-count", retrainAfterDeletion: true }) { userErrors { message } }
      createSolutionVersion(input: { datasetGroup: "${GROUP}", solution: "top" }) { userErrors { message } }
      createCampaign(input: { datasetGroup: "${GROUP}", name: "top", solution: "top" }) { userErrors { message } }
      createExportJob(input: { datasetGroup: "${GROUP}", jobName: "all", datasetType: INTERACTIONS, ingestionMode: ALL }) { userErrors { message } }
    }`);
    await eventually(async () => (await versions())[0]?.status === "ACTIVE");
    await eventually(async () => (await recommended()).includes(ITEM));
    await client.run(
      `mutation { createBatchInferenceJob(input: { datasetGroup: "${GROUP}", jobName: "everybody", solution: "top" }) { userErrors { message } } }`,
    );
    await eventually(async () => {
      const { batchJob } = await client.run<{ batchJob: { status: string } }>(
        `{ batchJob(datasetGroup: "${GROUP}", jobName: "everybody") { status } }`,
      );
      return batchJob.status === "ACTIVE";
    });
  });
  afterAll(() => palate?.stop());

  const versions = async () => {
    const { solutionVersions } = await client.run<{
      solutionVersions: {
        nodes: { versionId: string; status: string; dataDeletedAt: string | null; trainingType: string }[];
      };
    }>(
      `{ solutionVersions(datasetGroup: "${GROUP}", solution: "top") { nodes { versionId status dataDeletedAt trainingType } } }`,
    );
    return solutionVersions.nodes;
  };
  const recommended = async (): Promise<string[]> => {
    const { recommendations } = await client
      .run<{ recommendations: { edges: { node: { itemId: string } }[] } }>(
        `{ recommendations(datasetGroup: "${GROUP}", campaign: "top", userId: "u59", first: 40, seenItems: INCLUDE) { edges { node { itemId } } } }`,
      )
      .catch(() => ({ recommendations: null }));
    return recommendations?.edges.map(({ node }) => node.itemId) ?? [];
  };
  const batchOutput = async (): Promise<string> =>
    (await fetch(`${gateway}/batch-jobs/${GROUP}/everybody/output`)).text();
  const exported = async (): Promise<string> => {
    const { exportJob } = await client.run<{ exportJob: { downloadUrl: string } }>(
      `{ exportJob(datasetGroup: "${GROUP}", jobName: "all") { downloadUrl } }`,
    );
    const response = await fetch(gateway + exportJob.downloadUrl);
    expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    return response.text();
  };
  const erase = async (jobName: string, kind: string, id: string) => {
    await client.run(
      `mutation { createDataDeletionJob(input: { datasetGroup: "${GROUP}", jobName: "${jobName}", kind: ${kind}, ids: ["${id}"] }) { userErrors { message } } }`,
    );
    await eventually(async () => {
      const { dataDeletionJob } = await client.run<{ dataDeletionJob: { status: string } }>(
        `{ dataDeletionJob(datasetGroup: "${GROUP}", jobName: "${jobName}") { status numDeleted removals { place rows } idHashes } }`,
      );
      return dataDeletionJob.status === "ACTIVE";
    });
  };

  it("is without a deleted user in every file, and trains the solution anew", async () => {
    expect(await batchOutput()).toContain(USER);
    expect(await exported()).toContain(USER);
    expect((await traces(palate.dataFolder, USER)).length).toBeGreaterThan(1);
    const before = (await versions())[0]!;
    expect(before.dataDeletedAt).toBeNull();
    await erase("one", "USERS", USER);
    expect(await exported()).not.toContain(USER);
    await eventually(async () => !(await batchOutput()).includes(USER));
    expect((await batchOutput()).trim().split("\n")).toHaveLength(60);
    await eventually(async () => (await traces(palate.dataFolder, USER)).length === 0);
    await eventually(async () => {
      const [newest] = await versions();
      return newest!.versionId !== before.versionId && newest!.status === "ACTIVE" && newest!.dataDeletedAt === null;
    });
    expect((await versions()).find(({ versionId }) => versionId === before.versionId)!.dataDeletedAt).not.toBeNull();
    expect((await versions())[0]!.trainingType).toBe("AUTOMATIC");
  });

  it("never recommends a deleted item again", async () => {
    expect(await recommended()).toContain(ITEM);
    await erase("item", "ITEMS", ITEM);
    const items = await recommended();
    expect(items.length).toBeGreaterThan(10);
    expect(items).not.toContain(ITEM);
    expect(items).not.toContain("");
    await eventually(async () => !(await batchOutput()).includes(ITEM));
  });

  describe("of a group that was deleted as soon as it was there", () => {
    const SCHEMA = JSON.stringify({
      ...{ type: "record", name: "Interactions", namespace: "com.amazonaws.personalize.schema", version: "1.0" },
      fields: [
        { name: "USER_ID", type: "string" },
        { name: "ITEM_ID", type: "string" },
        { name: "TIMESTAMP", type: "long" },
      ],
    });
    const SOLUTION = `createSolution(input: { datasetGroup: $group, name: "pop", recipe: "aws-popularity-count" }) { userErrors { message } }`;
    const make = (group: string, what: string) =>
      client.run<Record<string, { userErrors: unknown[] }>>(
        `mutation ($group: String!) { createDatasetGroup(input: { name: $group }) { userErrors { message } } ${what} }`,
        { group },
      );
    const remove = (group: string) =>
      client.run(
        `mutation ($group: String!) { deleteDatasetGroup(input: { name: $group, force: true }) { deleted userErrors { message } } }`,
        { group },
      );
    const madeOf = (group: string) =>
      client
        .run<Record<"solutions" | "campaigns", { nodes: { name: string }[] } | null>>(
          `query ($group: String!) { solutions(datasetGroup: $group) { nodes { name } } campaigns(datasetGroup: $group) { nodes { name } } }`,
          { group },
        )
        .catch(() => ({ solutions: null, campaigns: null }));
    const isGone = async (group: string): Promise<boolean> => {
      const { solutions, campaigns } = await madeOf(group);
      return solutions?.nodes.length === 0 && campaigns?.nodes.length === 0;
    };

    it("nothing stays, with and without a training", async () => {
      await client.run(
        `mutation ($schema: String!) { createSchema(input: { name: "quick", datasetType: INTERACTIONS, schema: $schema }) { userErrors { message } } }`,
        { schema: SCHEMA },
      );
      const trained = `
        createDataset(input: { datasetGroup: $group, name: "events", datasetType: INTERACTIONS, schemaName: "quick" }) { userErrors { message } }
        putEvents(input: { datasetGroup: $group, interactions: [{ userId: "a", itemId: "qq", eventType: "x" }] }) { userErrors { message } }
        ${SOLUTION}
        createSolutionVersion(input: { datasetGroup: $group, solution: "pop" }) { userErrors { message } }
        createCampaign(input: { datasetGroup: $group, name: "pop", solution: "pop" }) { userErrors { message } }`;
      const groups = { plain0: SOLUTION, trained0: trained, plain1: SOLUTION, trained1: trained };
      for (const [group, what] of Object.entries(groups)) {
        expect((await make(group, what))["createSolution"]!.userErrors).toEqual([]);
        await remove(group);
      }
      for (const group of Object.keys(groups)) await eventually(() => isGone(group), 20_000);
    });

    it("nothing stays when the service was away meanwhile", async () => {
      await make("away", SOLUTION);
      process.kill(palate.supervisor.pids().get("popularity")!, "SIGKILL");
      await remove("away");
      await eventually(() => isGone("away"), 30_000);
    });

    it("another group of its name inherits nothing, and keeps its own", async () => {
      await make("again", SOLUTION);
      await remove("again");
      const second = await make("again", SOLUTION);
      expect(second["createSolution"]!.userErrors).toEqual([]);
      // When what was made of a later group is gone, every group has been looked at once more.
      await make("later", SOLUTION);
      await remove("later");
      await eventually(() => isGone("later"), 20_000);
      expect((await madeOf("again")).solutions!.nodes).toEqual([{ name: "pop" }]);
    });
  });

  it("is without all that was made of a deleted dataset group", async () => {
    await client.run(
      `mutation { deleteDatasetGroup(input: { name: "${GROUP}", force: true }) { deleted userErrors { message } } }`,
    );
    await eventually(async () => {
      const answer = await client.run<Record<"solutions" | "campaigns" | "batchJobs", { nodes: unknown[] }>>(
        `{ solutions(datasetGroup: "${GROUP}") { nodes { name } } campaigns(datasetGroup: "${GROUP}") { nodes { name } } batchJobs(datasetGroup: "${GROUP}") { nodes { jobName } } }`,
      );
      return Object.values(answer).every(({ nodes }) => nodes.length === 0);
    });
  });
});
