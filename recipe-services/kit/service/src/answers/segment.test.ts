import { ChangeBatch, Interaction, SnapshotStart } from "@palate/proto/dataset";
import { GetSegmentRequest, Reason, SeenItems, type GetSegmentResponse } from "@palate/proto/recipe";
import {
  replicaViewOf,
  trainingDataOf,
  type ItemDescriptor,
  type ItemModel,
  type RankedUsers,
  type ReplicaView,
  type SegmentDescriptor,
  type SegmentKey,
  type SegmentModel,
  type SegmentQuery,
} from "@palate/recipe";
import { Replica, SnapshotBuffer } from "@palate/replica";
import { describe, expect, test } from "vitest";
import { segment, segments } from "./segment.js";

const USERS = 25_000;
const replica = replicaViewOf(
  trainingDataOf(Array.from({ length: USERS }, (_, user) => ({ user: `u${user}`, item: "i", timestamp: 0 }))),
);
const asked: SegmentQuery[] = [];

/** Everybody, in the order of their indices; turns are handed back five times. */
const model: SegmentModel = {
  *segment(query: SegmentQuery): Generator<void, RankedUsers> {
    asked.push(query);
    for (let turn = 0; turn < 5; turn++) yield;
    const users = Int32Array.from({ length: Math.min(USERS, query.limit) }, (_, user) => user);
    return { users, scores: Float32Array.from(users, (user) => 1 / (1 + user)), reason: "popular" };
  },
};

function descriptorOf(segmentsBy: SegmentKey): SegmentDescriptor {
  return {
    name: "aws-item-affinity",
    type: "USER_SEGMENTATION",
    description: "",
    hyperparameters: [],
    segmentsBy,
    excludesSeenByDefault: true,
    formatVersion: 1,
  };
}

const similarItems: ItemDescriptor = {
  name: "aws-similar-items",
  type: "RELATED_ITEMS",
  description: "",
  hyperparameters: [],
  requiresUser: false,
  requiresItem: true,
  excludesSeenByDefault: false,
  formatVersion: 1,
};

async function answer(
  request: Partial<GetSegmentRequest>,
  by: SegmentKey = "item",
  signal = new AbortController().signal,
  served: SegmentModel = model,
  view: ReplicaView = replica,
): Promise<GetSegmentResponse[]> {
  const loaded = { versionId: "0badcafe", checkpoint: 3, descriptor: descriptorOf(by), model: served, replica: view };
  const messages: GetSegmentResponse[] = [];
  for await (const message of segment(GetSegmentRequest.fromPartial(request), loaded, 1_700_000_000, signal))
    messages.push(message);
  return messages;
}

describe("a segment", () => {
  test("of many users comes in messages; what is said once is on the first", async () => {
    const messages = await answer({ itemId: "i", numResults: 10_000_000 });
    expect(messages.map(({ userIds }) => userIds.length)).toEqual([10_000, 10_000, 5_000]);
    expect(messages.flatMap(({ userIds }) => userIds)).toEqual(Array.from({ length: USERS }, (_, user) => `u${user}`));
    expect(messages[2]?.scores.at(-1)).toBeCloseTo(1 / USERS);
    const once = { versionId: "0badcafe", checkpoint: 3, reason: Reason.REASON_POPULAR, hasMore: false };
    expect(messages[0]).toMatchObject(once);
    expect(messages[1]).toMatchObject({ versionId: "", reason: Reason.REASON_UNSPECIFIED });
  });

  test("is paged: a hundred by default, an offset, and whether there are more", async () => {
    const [first] = await answer({ itemId: "i" });
    expect([first?.userIds.length, first?.userIds[0], first?.hasMore]).toEqual([100, "u0", true]);
    const [last] = await answer({ itemId: "i", offset: USERS - 2 });
    expect([last?.userIds, last?.hasMore]).toEqual([[`u${USERS - 2}`, `u${USERS - 1}`], false]);
    const [beyond] = await answer({ itemId: "i", offset: USERS + 5 });
    expect([beyond?.userIds, beyond?.versionId]).toEqual([[], "0badcafe"]);
  });

  test("tells the model the item's index, the recipe's default for owners, and the time", async () => {
    await answer({ itemId: "i" });
    expect(asked.at(-1)).toMatchObject({ item: 0, excludeOwners: true, timestamp: 1_700_000_000, limit: 101 });
    await answer({ itemId: "unknown", seenItems: SeenItems.SEEN_ITEMS_INCLUDE, timestamp: 5 });
    expect(asked.at(-1)).toMatchObject({ item: -1, excludeOwners: false, timestamp: 5 });
  });

  test("is asked for by what the recipe is asked by, and every other field is named", async () => {
    const wrong = { itemId: "i", segmentId: "1", seenItems: SeenItems.SEEN_ITEMS_EXCLUDE, numResults: -1, offset: -1 };
    const error: unknown = await answer(wrong, "attributes").catch((thrown: unknown) => thrown);
    const fields = ["item_attributes", "item_id", "num_results", "offset", "seen_items", "segment_id"];
    expect(error).toMatchObject({ code: "invalid_argument" });
    expect(
      (error as { details: { violations: { field: string }[] } }).details.violations.map(({ field }) => field).sort(),
    ).toEqual(fields);
  });

  test("is not found by a model that recommends items, which says what to call", async () => {
    const items: ItemModel = { recommend: () => ({ items: new Int32Array(0), scores: null }) };
    const served = { versionId: "v", checkpoint: 1, model: items, descriptor: similarItems, replica };
    const { signal } = new AbortController();
    const found = segment(GetSegmentRequest.fromPartial({ itemId: "i" }), served, 0, signal).next();
    await expect(found).rejects.toMatchObject({
      code: "unimplemented",
      message:
        "GetSegment is for recipes that find users, such as aws-item-affinity; " +
        "aws-similar-items recommends items that go with an item: call GetRecommendations.",
    });
  });

  test("is not listed by a model that finds none by itself, which says what to call", async () => {
    const loaded = { versionId: "v", checkpoint: 1, descriptor: descriptorOf("item"), model, replica };
    await expect(segments(loaded, new AbortController().signal)).rejects.toMatchObject({
      code: "unimplemented",
      message:
        "ListSegments is for recipes that find segments by themselves, such as palate-user-clustering; " +
        "aws-item-affinity finds users: call GetSegment.",
    });
  });

  test("is filtered in parts between which others get their turn; who comes meanwhile is filtered too", async () => {
    const live = new Replica(new SnapshotBuffer(SnapshotStart.create({}), false), 0);
    const event = (user: number, eventType: string) =>
      Interaction.create({ userId: `u${user}`, itemId: "i", eventType, timestamp: 1 });
    const events = Array.from({ length: 5_000 }, (_, user) => event(user, user % 2 === 0 ? "purchase" : "view"));
    live.apply(ChangeBatch.create({ interactions: events }));
    let turns = 0;
    setImmediate(function others() {
      turns++;
      if (turns === 2) live.apply(ChangeBatch.create({ interactions: [event(5_000, "view")] }));
      if (turns < 100) setImmediate(others);
    });
    let before = 0;
    const watched: SegmentModel = {
      ...model,
      segment(query) {
        before = turns;
        return model.segment(query);
      },
    };
    const filterExpression = 'INCLUDE UserID WHERE Interactions.EVENT_TYPE = "purchase"';
    await answer({ itemId: "i", filterExpression }, "item", undefined, watched, live);
    expect(before).toBeGreaterThanOrEqual(3);
    const { excluded } = asked.at(-1)!;
    expect(excluded).toEqual(Uint8Array.from({ length: 5_001 }, (_, user) => (user % 2 === 0 && user < 5_000 ? 0 : 1)));
  });

  test("is given up when nobody waits for it any more", async () => {
    await expect(answer({ itemId: "i" }, "item", AbortSignal.abort())).rejects.toMatchObject({ code: "cancelled" });
  });
});
