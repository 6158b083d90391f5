import { createClient, streamCall, unaryCall } from "@palate/host";
import { PalateClient, RequestFailure } from "@palate/local";
import { GetRecommendationsRequest, RecommendationServiceClient } from "@palate/proto/recipe";
import { tableFromIPC } from "apache-arrow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually, importInteractions, startPalate, twoCircles, type TestPalate } from "../support/palate.js";

const GROUP = "circles";
/** Campaigns by the service that answers for them. */
const CAMPAIGNS = { popularity: "popular", "user-personalization": "for-you" } as const;
const ALL = ["datasets", "popularity", "user-personalization", "gateway"];

let palate: TestPalate;
let client: PalateClient;
let written = 0;

beforeAll(async () => {
  palate = await startPalate(ALL);
  client = new PalateClient(palate.supervisor.gatewayUrl, GROUP);
  await importInteractions(palate, GROUP, twoCircles(60, 40, 12));
  for (const [name, recipe, hyperparameters] of [
    ["popular", "aws-popularity-count", {}],
    ["for-you", "aws-user-personalization-v2", { training_seconds: 0 }],
  ] as const) {
    await client.ensureSolution(name, recipe, hyperparameters);
    const { versionId } = await client.createVersion(name);
    await client.trained(name, versionId);
    await client.ensureCampaign(name, name);
    await eventually(() => answered(() => client.recommend({ campaign: name, userId: "u1", first: 5 })));
  }
}, 300_000);

afterAll(() => palate?.stop());

/** Whether a request succeeds; any failure counts as no. */
async function answered(request: () => Promise<unknown>): Promise<boolean> {
  return request().then(
    () => true,
    () => false,
  );
}

/** Sends one event of a user of its own; resolves to that user when it was acknowledged. */
async function writeEvent(): Promise<string | undefined> {
  const userId = `writer-${written++}`;
  const acknowledged = await answered(() => client.putEvents([{ userId, itemId: "x1", eventType: "click" }]));
  return acknowledged ? userId : undefined;
}

/** Users of every interaction that the datasets service has, once this test's own connection to it is there again. */
async function storedUsers(): Promise<Set<string>> {
  let users = new Set<string>();
  await eventually(() => answered(async () => (users = await readUsers())));
  return users;
}

async function readUsers(): Promise<Set<string>> {
  const users = new Set<string>();
  const request = { datasetGroup: GROUP, fromCursor: "", follow: false };
  for await (const { snapshotChunk, changeBatch } of streamCall(palate.datasets, palate.datasets.read, request)) {
    for (const { userId } of changeBatch?.interactions ?? []) users.add(userId);
    const column = snapshotChunk && tableFromIPC(snapshotChunk.arrowIpc).getChild("USER_ID");
    for (const userId of column ?? []) users.add(String(userId));
  }
  return users;
}

/** Runs `work` over and over until stopped, counting how often it went well and badly. */
function repeat(work: () => Promise<boolean>) {
  const counts = { good: 0, bad: 0 };
  let going = true;
  const done = (async () => {
    while (going) {
      counts[(await work()) ? "good" : "bad"]++;
      await sleep(2); // a refusal comes back at once, and the load must leave the machine some time
    }
  })();
  return {
    counts,
    async stop() {
      going = false;
      await done;
      return counts;
    },
  };
}

describe("with every process under load", () => {
  for (const victim of ["mongodb", ...ALL]) {
    it(`kill -9 of ${victim} loses no acknowledged event, leaves the others answering, and heals`, async () => {
      const acknowledged: string[] = [];
      const writer = repeat(async () => {
        const userId = await writeEvent();
        if (userId !== undefined) acknowledged.push(userId);
        return userId !== undefined;
      });
      const direct = Object.entries(CAMPAIGNS).map(([service, campaign]) => {
        const grpc = createClient(RecommendationServiceClient, palate.supervisor.address(service));
        const request = { ...QUESTION, campaign };
        const load = repeat(() => answered(() => unaryCall(grpc, grpc.getRecommendations, request)));
        return { service, grpc, load };
      });

      await eventually(() => writer.counts.good > 5 && direct.every(({ load }) => load.counts.good > 5));
      const before = palate.supervisor.pids().get(victim)!;
      process.kill(before, "SIGKILL");
      await eventually(() => {
        const now = palate.supervisor.pids().get(victim);
        return now !== undefined && now !== before;
      });
      const writtenBefore = writer.counts.good;
      await eventually(() => writer.counts.good > writtenBefore + 5);
      for (const campaign of Object.values(CAMPAIGNS)) {
        await eventually(() => answered(() => client.recommend({ campaign, userId: "u1", first: 5 })));
      }

      await writer.stop();
      for (const { service, grpc, load } of direct) {
        const { bad } = await load.stop();
        grpc.close();
        if (service !== victim) expect(bad, `failed answers of ${service} while ${victim} was away`).toBe(0);
      }
      const stored = await storedUsers();
      expect(acknowledged.filter((userId) => !stored.has(userId))).toEqual([]);
    }, 120_000);
  }

  it("recommendations go on without MongoDB, writes are refused as UNAVAILABLE, and all recovers with it", async () => {
    await palate.supervisor.stopOne("mongodb");
    try {
      for (const campaign of Object.values(CAMPAIGNS)) {
        const { items } = await client.recommend({ campaign, userId: "u2", first: 5 });
        expect(items).toHaveLength(5);
      }
      const refusal = await client
        .putEvents([{ userId: "u2", itemId: "x1", eventType: "click" }])
        .catch((error) => error);
      expect(refusal).toBeInstanceOf(RequestFailure);
      expect((refusal as RequestFailure).code).toBe("UNAVAILABLE");
    } finally {
      await palate.supervisor.startOne("mongodb");
    }
    let userId: string | undefined;
    await eventually(async () => (userId = await writeEvent()) !== undefined);
    expect(await storedUsers()).toContain(userId);
  }, 120_000);
});

const QUESTION = GetRecommendationsRequest.create({ datasetGroup: GROUP, userId: "u1", numResults: 5 });
