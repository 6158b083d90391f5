import { createClient, unaryCall } from "@palate/host";
import { freePort, startMongo, type RunningMongo } from "@palate/mongo";
import { DatasetServiceClient, Interaction } from "@palate/proto/dataset";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { temporaryFolder } from "../support/mongo.js";
import { Harness } from "./datasets-harness.js";

const MAIN = path.join(path.dirname(createRequire(import.meta.url).resolve("@palate/datasets")), "main.js");

let folder: string;
let mongo: RunningMongo;
beforeAll(async () => {
  folder = await temporaryFolder();
  mongo = await startMongo({
    dataDir: folder,
    engines: ["embedded"],
    probe: false,
    port: await freePort("127.0.0.1"),
  });
});
afterAll(async () => {
  await mongo?.stop();
  await rm(folder, { recursive: true, force: true });
});

const stopMongo = () => mongo.stop();
async function restartMongo(): Promise<void> {
  mongo = await startMongo({ dataDir: folder, engines: ["embedded"], probe: false, port: mongo.port! });
}

/** The service as a process of its own, once it answers. */
async function spawnService(port: number, prefix: string, data: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [MAIN], {
    stdio: "ignore",
    env: {
      ...process.env,
      MONGODB_URI: mongo.uri,
      PALATE_DATABASE_PREFIX: prefix,
      PALATE_LISTEN: `127.0.0.1:${port}`,
      PALATE_DATASETS_FOLDER: data,
      PALATE_COMPACT_RECORDS: "50",
    },
  });
  const client = createClient(DatasetServiceClient, `127.0.0.1:${port}`);
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the service ended with code ${child.exitCode}`);
    const answer = unaryCall(client, client.listDatasetGroups, { pageSize: 1, pageToken: "" });
    if (
      await answer.then(
        () => true,
        () => false,
      )
    ) {
      client.close();
      return child;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exited = once(child, "exit");
  child.kill(signal);
  await exited;
}

describe("a service that ends", () => {
  test.each<[NodeJS.Signals]>([["SIGKILL"], ["SIGTERM"]])("by %s keeps every acknowledged event", async (signal) => {
    const prefix = `outage_${signal.toLowerCase()}`;
    const data = path.join(folder, prefix);
    const setup = await Harness.start(mongo.uri, prefix);
    await setup.makeGroup("g");
    const port = await freePort("127.0.0.1");
    let child = await spawnService(port, prefix, data);
    const client = createClient(DatasetServiceClient, `127.0.0.1:${port}`);
    const acknowledged = new Set<string>();
    let stopping = false;
    const send = async (lane: number) => {
      for (let i = 0; !stopping; i++) {
        const itemId = `${lane}-${i}`;
        const interactions = [Interaction.fromPartial({ userId: "u", itemId, eventId: itemId })];
        await unaryCall(client, client.putEvents, { datasetGroup: "g", interactions }, { deadlineMs: 5_000 }).then(
          () => acknowledged.add(itemId),
          () => new Promise((resolve) => setTimeout(resolve, 50)),
        );
      }
    };
    const lanes = Array.from({ length: 8 }, (_, lane) => send(lane));
    for (let round = 1; round <= 3; round++) {
      const enough = acknowledged.size + 100;
      while (acknowledged.size < enough) await new Promise((resolve) => setTimeout(resolve, 10));
      await end(child, signal);
      child = await spawnService(port, prefix, data);
    }
    stopping = true;
    await Promise.all(lanes);
    const stored = (await setup.read("g")).interactions.map((row) => String(row["ITEM_ID"]));
    expect(new Set(stored).size).toBe(stored.length);
    expect([...acknowledged].filter((itemId) => !stored.includes(itemId))).toEqual([]);
    client.close();
    await end(child, "SIGKILL");
    await setup.stop();
  });
});

describe("without MongoDB", () => {
  test("writes fail with unavailable, followers and readers go on, and all recovers when it returns", async () => {
    const harness = await Harness.start(mongo.uri, "outage_mongo");
    await harness.makeGroup("g");
    await harness.putEvents("g", [{ userId: "u", itemId: "before" }]);
    const follower = harness.follow("g");
    await follower.until(() => follower.snapshots === 1);
    await stopMongo();
    const refusal = await harness
      .putEvents("g", [{ userId: "u", itemId: "meanwhile", eventId: "m" }])
      .catch((e) => e as Error);
    expect(refusal).toMatchObject({ code: "unavailable", message: expect.stringMatching(/MongoDB/) as unknown });
    const beats = () => follower.messages.filter((message) => message.heartbeat).length;
    const seen = beats();
    await follower.until(() => beats() > seen + 1);
    expect((await harness.read("g")).interactions).toHaveLength(1);
    await restartMongo();
    for (;;) {
      const again = harness.putEvents("g", [{ userId: "u", itemId: "meanwhile", eventId: "m" }]);
      if (await again.catch(() => undefined)) break;
    }
    await follower.until(() => follower.interactions.length === 1);
    expect((await harness.read("g")).interactions.map((row) => row["ITEM_ID"])).toEqual(["before", "meanwhile"]);
    await follower.stop();
    await harness.stop();
  });

  test("a service starts, and serves once MongoDB is there", async () => {
    await stopMongo();
    const harness = await Harness.start(mongo.uri, "outage_start");
    const refusal = await harness.makeGroup("g").catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "unavailable" });
    await restartMongo();
    for (;;)
      if (
        await harness.makeGroup("g").then(
          () => true,
          () => false,
        )
      )
        break;
    await harness.putEvents("g", [{ userId: "u", itemId: "i" }]);
    expect((await harness.read("g")).interactions).toHaveLength(1);
    await harness.stop();
  });
});
