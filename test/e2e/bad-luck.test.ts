import { createClient, streamCall, unaryCall } from "@palate/host";
import { PalateClient } from "@palate/local";
import { DatasetType, ImportMode, ResourceStatus } from "@palate/proto/dataset";
import { GetRecommendationsRequest, RecipeServiceClient, RecommendationServiceClient } from "@palate/proto/recipe";
import { tableFromIPC } from "apache-arrow";
import { Binary, MongoClient, type Db } from "mongodb";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, importInteractions, startPalate, twoCircles, type TestPalate } from "../support/palate.js";

const GROUP = "circles";
const CAMPAIGN = "popular";

let palate: TestPalate;
let client: PalateClient;
let mongo: MongoClient;
let clockFolder: string;

beforeAll(async () => {
  clockFolder = await mkdtemp(path.join(tmpdir(), "palate-clock-"));
  palate = await startPalate(["datasets", "popularity", "gateway"], {
    NODE_OPTIONS: `--import ${new URL("../support/shifted-clock.mjs", import.meta.url).href}`,
    PALATE_TEST_CLOCK: path.join(clockFolder, "offset"),
  });
  client = new PalateClient(palate.supervisor.gatewayUrl, GROUP);
  mongo = new MongoClient(palate.supervisor.mongo.uri);
  await importInteractions(palate, GROUP, twoCircles(40, 20, 8));
  await client.ensureSolution(CAMPAIGN, "aws-popularity-count", {});
  const { versionId } = await client.createVersion(CAMPAIGN);
  await client.trained(CAMPAIGN, versionId);
  await client.ensureCampaign(CAMPAIGN, CAMPAIGN);
  await eventually(answers);
}, 180_000);
afterAll(async () => {
  await mongo?.close();
  await palate?.stop();
  await rm(clockFolder, { recursive: true, force: true });
});

/** Sets the clock of all services to another time than it is. */
async function setClock(offsetMs: number): Promise<void> {
  await writeFile(path.join(clockFolder, "offset"), String(offsetMs));
}

function answers(): Promise<boolean> {
  return client.recommend({ campaign: CAMPAIGN, userId: "u1", first: 3 }).then(
    ({ items }) => items.length === 3,
    () => false,
  );
}

async function ask(
  query: string,
): Promise<{ data: never; errors?: { message: string; extensions: { code: string } }[] }> {
  const response = await fetch(`${palate.supervisor.gatewayUrl}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as never;
}

const RECOMMENDATIONS = `{ recommendations(datasetGroup: "${GROUP}", campaign: "${CAMPAIGN}", userId: "u1", first: 3) { nodes { itemId } } }`;
const STATUS = `{ campaign(datasetGroup: "${GROUP}", name: "${CAMPAIGN}") { status failureReason } }`;

async function restart(name: string): Promise<void> {
  await palate.supervisor.stopOne(name);
  await palate.supervisor.startOne(name);
}

/** Flips a bit in each piece of the files of GridFS whose bucket's name begins like this; returns how to flip it back. */
async function flipBits(db: Db, bucket: string): Promise<() => Promise<void>> {
  const names = (await db.listCollections().toArray()).map(({ name }) => name);
  const flip = async () => {
    for (const name of names.filter((each) => each.startsWith(bucket) && each.endsWith(".chunks"))) {
      const chunks = db.collection<{ _id: string; data: Binary }>(name);
      for (const { _id, data } of await chunks.find({}).toArray()) {
        const bytes = Buffer.from(data.buffer);
        bytes[bytes.length >> 1]! ^= 4;
        await chunks.updateOne({ _id }, { $set: { data: new Binary(bytes) } });
      }
    }
  };
  await flip();
  return flip;
}

describe("damage in what is stored", () => {
  it("of a model is told to who asks the campaign, which is not loading for ever, and heals with the store", async () => {
    const heal = await flipBits(mongo.db("palate_popularity"), "");
    await restart("popularity");
    await eventually(async () => (await ask(RECOMMENDATIONS)).errors?.[0]?.extensions.code === "DATA_LOSS");
    const reason = /File "checkpoint-.*" in bucket ".*" is damaged: its SHA-256 is/;
    expect((await ask(RECOMMENDATIONS)).errors?.[0]?.message).toMatch(reason);
    expect(await ask(STATUS)).toMatchObject({
      data: { campaign: { status: "CREATE FAILED", failureReason: expect.stringMatching(reason) as string } },
    });
    await heal();
    await eventually(answers);
    expect(await ask(STATUS)).toEqual({ data: { campaign: { status: "ACTIVE", failureReason: null } } });
  }, 120_000);

  it("of the data is told by the campaign, exports and trainings, and nothing of it is served", async () => {
    const heal = await flipBits(mongo.db("palate_datasets"), "files_");
    await palate.supervisor.stopOne("datasets");
    await rm(path.join(palate.dataFolder, "work", "files"), { recursive: true });
    await palate.supervisor.startOne("datasets");
    await restart("popularity");
    const reason = /File "interactions-.*" in bucket ".*" is damaged/;
    await eventually(async () => (await ask(RECOMMENDATIONS)).errors?.[0]?.extensions.code === "DATA_LOSS");
    expect((await ask(RECOMMENDATIONS)).errors?.[0]?.message).toMatch(reason);
    expect(await ask(STATUS)).toMatchObject({
      data: { campaign: { status: "CREATE FAILED", failureReason: expect.stringMatching(reason) as string } },
    });
    const { versionId } = await client.createVersion(CAMPAIGN);
    await expect(client.trained(CAMPAIGN, versionId)).rejects.toThrow(reason);
    await heal();
    await eventually(answers);
  }, 120_000);
});

describe("what was killed in progress", () => {
  it("says within seconds of the restart that it failed: imports and exports", async () => {
    const { datasets } = palate;
    const rows = Array.from({ length: 400_000 }, (_, row) => `u${row % 9_973},i${row % 997},${1_600_000_000 + row}\n`);
    await writeFile(path.join(palate.importFolder, "large.csv"), `USER_ID,ITEM_ID,TIMESTAMP\n${rows.join("")}`);
    await unaryCall(datasets, datasets.createDatasetImportJob, {
      ...{ datasetGroup: GROUP, jobName: "killed", datasetType: DatasetType.DATASET_TYPE_INTERACTIONS },
      ...{ location: path.join(palate.importFolder, "large.csv"), locations: [], dryRun: false, mapping: undefined },
      importMode: ImportMode.IMPORT_MODE_INCREMENTAL,
    });
    const job = async () => {
      const request = { datasetGroup: GROUP, jobName: "killed" };
      return (await unaryCall(datasets, datasets.getDatasetImportJob, request)).datasetImportJob!;
    };
    await eventually(async () => (await job()).status === ResourceStatus.RESOURCE_STATUS_CREATE_IN_PROGRESS);
    process.kill(palate.supervisor.pids().get("datasets")!, "SIGKILL");
    const running = [ResourceStatus.RESOURCE_STATUS_CREATE_IN_PROGRESS, ResourceStatus.RESOURCE_STATUS_CREATE_PENDING];
    let answeredAt = Infinity;
    await eventually(async () => {
      const now = await job().catch(() => undefined);
      if (now !== undefined) answeredAt = Math.min(answeredAt, performance.now());
      return now !== undefined && !running.includes(now.status);
    });
    expect(performance.now() - answeredAt).toBeLessThan(10_000);
    expect(await job()).toMatchObject({
      status: ResourceStatus.RESOURCE_STATUS_CREATE_FAILED,
      failureReason: "The service stopped during the import. The dataset is unchanged; start the job again.",
    });
  }, 120_000);
});

describe("a recipe service that cannot read what is stored yet", () => {
  it("is unavailable, and says of nothing that it is not there", async () => {
    await palate.supervisor.stopOne("mongodb");
    await palate.supervisor.stopOne("popularity");
    const started = palate.supervisor.startOne("popularity");
    const address = palate.supervisor.address("popularity");
    const recommending = createClient(RecommendationServiceClient, address);
    const control = createClient(RecipeServiceClient, address);
    try {
      const refusal = { code: "unavailable", message: expect.stringMatching(/still reading/) as string };
      const { recipes } = await eventuallyAnswers(() => unaryCall(control, control.listRecipes, {}));
      expect(recipes.map(({ name }) => name)).toContain("aws-popularity-count");
      const request = GetRecommendationsRequest.fromPartial({ datasetGroup: GROUP, campaign: CAMPAIGN, numResults: 3 });
      await expect(unaryCall(recommending, recommending.getRecommendations, request)).rejects.toMatchObject(refusal);
      const campaign = { datasetGroup: GROUP, name: CAMPAIGN };
      await expect(unaryCall(control, control.getCampaign, campaign)).rejects.toMatchObject(refusal);
      const { errors } = await ask(RECOMMENDATIONS);
      expect(errors?.[0]?.extensions.code).toBe("UNAVAILABLE");
    } finally {
      recommending.close();
      control.close();
      await palate.supervisor.startOne("mongodb");
    }
    await started;
    await eventually(answers);
  }, 120_000);
});

describe("a clock that is set back", () => {
  it("changes no order: of events, of versions, and of what waits", async () => {
    const record = async (userId: string, itemId: string) => client.putEvents([{ userId, itemId }]);
    const timesOf = async (userId: string) => {
      const times: number[] = [];
      const request = { datasetGroup: GROUP, fromCursor: "", follow: false };
      for await (const { snapshotChunk } of streamCall(palate.datasets, palate.datasets.read, request)) {
        const table = snapshotChunk && tableFromIPC(snapshotChunk.arrowIpc);
        for (const row of table ?? []) if (row["USER_ID"] === userId) times.push(Number(row["TIMESTAMP"]));
      }
      return times;
    };
    await record("clock", "x1");
    const before = await client.createVersion(CAMPAIGN);
    await client.trained(CAMPAIGN, before.versionId);
    await setClock(-2 * 60 * 60 * 1000);
    await record("clock", "x2");
    const [first, second] = await timesOf("clock");
    expect(second).toBeGreaterThanOrEqual(first!);
    const after = await client.createVersion(CAMPAIGN);
    await client.trained(CAMPAIGN, after.versionId);
    const serving = async () => (await client.recommend({ campaign: CAMPAIGN, userId: "u1", first: 3 })).versionId;
    await eventually(async () => (await serving()) === after.versionId);
    // Restarted within the time that comes twice.
    for (const name of ["datasets", "popularity", "gateway"]) await restart(name);
    await eventually(answers);
    expect(await serving()).toBe(after.versionId);
    await record("clock", "x3");
    const times = await timesOf("clock");
    expect(times).toHaveLength(3);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  }, 180_000);
});

/** What a call answers as soon as it does. */
async function eventuallyAnswers<T>(call: () => Promise<T>): Promise<T> {
  let answer: T | undefined;
  await eventually(async () => {
    answer = await call().catch(() => undefined);
    return answer !== undefined;
  });
  return answer!;
}
