import { streamCall, unaryCall } from "@palate/host";
import type { FilterDefinition } from "@palate/proto/dataset";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestMongo, type TestMongo } from "../support/mongo.js";
import { Harness } from "./datasets-harness.js";

const ADULTS = "INCLUDE UserID WHERE Users.AGE >= 18";
const GENRE = "INCLUDE ItemID WHERE Items.GENRES IN ($G)";

/** Filters in the datasets service: kept in the log, told to every reader. */
describe("filters of the datasets service", () => {
  let mongo: TestMongo;
  let harness: Harness;
  let prefix: string;

  beforeAll(async () => {
    mongo = await startTestMongo();
    prefix = mongo.databaseName("filters");
    harness = await Harness.start(mongo.uri, prefix);
  }, 120_000);
  afterAll(async () => {
    await harness?.stop();
    await mongo?.stop();
  });

  const create = (datasetGroup: string, name: string, expression: string) =>
    unaryCall(harness.client, harness.client.createFilter, { datasetGroup, name, expression });
  const inSnapshot = async (datasetGroup: string): Promise<readonly FilterDefinition[]> => {
    const request = { datasetGroup, fromCursor: "", follow: false };
    for await (const { snapshotStart } of streamCall(harness.client, harness.client.read, request))
      if (snapshotStart) return snapshotStart.filters;
    return [];
  };

  it("reach readers with the snapshot, and then one by one, without a new snapshot", async () => {
    const { client } = harness;
    await harness.makeGroup("told", ["interactions", "items", "users"]);
    await create("told", "adults", ADULTS);
    const follower = harness.follow("told");
    await follower.until(() => follower.snapshots === 1);
    const start = follower.messages.find(({ snapshotStart }) => snapshotStart)!.snapshotStart!;
    expect(start.filters).toEqual([{ name: "adults", expression: ADULTS, version: 1 }]);
    await create("told", "genre", GENRE);
    const edit = {
      datasetGroup: "told",
      name: "adults",
      expression: `${ADULTS} AND Users.AGE < 99`,
      expectedVersion: 1,
    };
    await unaryCall(client, client.updateFilter, edit);
    await unaryCall(client, client.deleteFilter, { datasetGroup: "told", name: "genre" });
    await harness.putEvents("told", [{ userId: "u", itemId: "i", timestamp: 1 }]);
    await follower.until(() => follower.interactions.length === 1);
    expect(follower.batches.map(({ filters }) => filters)).toEqual([
      { set: [{ name: "genre", expression: GENRE, version: 1 }], removed: [] },
      { set: [{ name: "adults", expression: edit.expression, version: 2 }], removed: [] },
      { set: [], removed: ["genre"] },
      undefined,
    ]);
    expect(follower.snapshots).toBe(1);
    await follower.stop();
    expect(await inSnapshot("told")).toEqual([{ name: "adults", expression: edit.expression, version: 2 }]);
  });

  it("are told again to a reader that was away, from its cursor on", async () => {
    await harness.makeGroup("away", ["interactions", "items"]);
    const { cursor } = await harness.putEvents("away", [{ userId: "u", itemId: "i", timestamp: 1 }]);
    await create("away", "genre", GENRE);
    const follower = harness.follow("away", cursor);
    await follower.until(() => follower.batches.length === 1);
    expect(follower.batches[0]!.filters!.set).toEqual([{ name: "genre", expression: GENRE, version: 1 }]);
    expect(follower.snapshots).toBe(0);
    await follower.stop();
  });

  it("outlive the service, and know when the data does not fit them any more", async () => {
    const { client } = harness;
    await harness.makeGroup("kept", ["interactions", "items"]);
    await create("kept", "genre", GENRE);
    const again = await Harness.start(mongo.uri, prefix);
    try {
      const name = { datasetGroup: "kept", name: "genre" };
      const { filter } = await unaryCall(again.client, again.client.getFilter, name);
      expect(filter).toMatchObject({ expression: GENRE, version: 1, target: "ItemID", problems: [] });
    } finally {
      await again.stop();
    }
    await unaryCall(client, client.deleteDataset, { datasetGroup: "kept", datasetType: 2 });
    const listed = await unaryCall(client, client.listFilters, { datasetGroup: "kept", pageSize: 0, pageToken: "" });
    expect(listed.filters[0]!.problems).toEqual([
      { message: expect.stringContaining("Items has no column GENRES"), line: 1, column: 22 },
    ]);
  });

  it("are listed by pages, and bounded", async () => {
    const { client } = harness;
    await harness.makeGroup("many", ["interactions"]);
    for (const name of ["c", "a", "b"]) await create("many", name, "EXCLUDE ItemID WHERE Interactions.EVENT_VALUE < 3");
    const page = { datasetGroup: "many", pageSize: 2, pageToken: "" };
    const first = await unaryCall(client, client.listFilters, page);
    const rest = await unaryCall(client, client.listFilters, { ...page, pageToken: first.nextPageToken });
    expect([...first.filters, ...rest.filters].map(({ name }) => name)).toEqual(["a", "b", "c"]);
    const long = `INCLUDE ItemID WHERE Items.ITEM_ID IN ("${"x".repeat(20_000)}")`;
    await expect(create("many", "long", long)).rejects.toMatchObject({ code: "invalid_argument" });
    await expect(create("many", "a b", ADULTS)).rejects.toMatchObject({ code: "invalid_argument" });
    await expect(create("nowhere", "x", ADULTS)).rejects.toMatchObject({ code: "not_found" });
  });
});
