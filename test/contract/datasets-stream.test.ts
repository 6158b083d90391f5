import { setTimeout as sleep } from "node:timers/promises";
import type { ClientDuplexStream, ServiceError } from "@grpc/grpc-js";
import {
  ActionInteraction,
  Interaction,
  type StreamEventsRequest,
  type StreamEventsResponse,
} from "@palate/proto/dataset";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestMongo, type TestMongo } from "../support/mongo.js";
import { Harness } from "./datasets-harness.js";

let mongo: TestMongo;
let harness: Harness;
beforeAll(async () => {
  mongo = await startTestMongo();
  harness = await Harness.start(mongo.uri, mongo.databaseName("se"), {});
});
afterAll(async () => {
  await harness?.stop();
  await mongo?.stop();
});

type Call = ClientDuplexStream<StreamEventsRequest, StreamEventsResponse>;
type Message = { group?: string; events?: Partial<Interaction>[]; actions?: Partial<ActionInteraction>[] };

const messageOf = ({ group = "", events = [], actions = [] }: Message): StreamEventsRequest => ({
  datasetGroup: group,
  interactions: events.map((event) => Interaction.fromPartial(event)),
  actionInteractions: actions.map((event) => ActionInteraction.fromPartial(event)),
});

/** Everything that a call answers until it ends, and the error it ended with. */
async function answersOf(call: Call): Promise<{ answers: StreamEventsResponse[]; error?: ServiceError }> {
  const answers: StreamEventsResponse[] = [];
  try {
    for await (const answer of call) answers.push(answer as StreamEventsResponse);
    return { answers };
  } catch (error) {
    return { answers, error: error as ServiceError };
  }
}

test("answers every message in order once it is durable, and goes on after one that is wrong", async () => {
  await harness.makeGroup("stream", ["interactions", "actions", "actionInteractions"]);
  const call = harness.client.streamEvents();
  const event = (itemId: string, eventId = "") => ({ userId: "u", itemId, timestamp: 5, eventId });
  call.write(messageOf({ group: "stream", events: [event("a", "1"), event("b", "2")] }));
  call.write(messageOf({ events: [{ ...event("c"), timestamp: 1_700_000_000_000 }] }));
  call.write(messageOf({ events: [] }));
  call.write(messageOf({ events: [event("a", "1"), event("d", "3")] }));
  const taken = { userId: "u", actionId: "offer", eventType: "TAKEN", timestamp: 6 };
  call.write(messageOf({ events: [event("e")], actions: [taken] }));
  call.end();
  const { answers, error } = await answersOf(call);
  expect(error).toBeUndefined();
  expect(answers.map(({ message, recorded }) => [message, recorded])).toEqual([
    [0, 2],
    [1, 0],
    [2, 0],
    [3, 1],
    [4, 2],
  ]);
  expect(answers[1]!.refusal!.violations).toEqual([
    { field: "interactions[0].timestamp", message: expect.stringContaining("seconds") },
  ]);
  expect(answers[2]!.refusal!.message).toContain("0 records");
  const rows = await harness.read("stream");
  expect(rows.interactions.map(({ ITEM_ID }) => ITEM_ID)).toEqual(["a", "b", "d", "e"]);
  expect(rows.actionInteractions).toMatchObject([{ ACTION_ID: "offer", EVENT_TYPE: "TAKEN" }]);
});

test("fails as a whole when it names no group, or one that is not there", async () => {
  for (const [group, code, text] of [
    ["", 3, "dataset_group"],
    ["nowhere", 5, "nowhere"],
  ] as const) {
    const call = harness.client.streamEvents();
    call.write(messageOf({ group, events: [{ userId: "u", itemId: "a" }] }));
    const { answers, error } = await answersOf(call);
    expect(answers).toEqual([]);
    expect(error).toMatchObject({ code, details: expect.stringContaining(text) });
  }
});

test("a client that takes its answers late loses none of them", async () => {
  await harness.makeGroup("slow");
  const call = harness.client.streamEvents();
  const total = 400;
  const each = 250;
  for (let n = 0; n < total; n++) {
    const events = Array.from({ length: each }, (_, k) => ({ userId: `u${n}`, itemId: `i${k}`, timestamp: 5 }));
    if (!call.write(messageOf({ group: "slow", events }))) await new Promise((resolve) => call.once("drain", resolve));
  }
  call.end();
  await sleep(500);
  const { answers } = await answersOf(call);
  expect(answers.map(({ message }) => message)).toEqual(Array.from({ length: total }, (_, n) => n));
  expect(answers.reduce((sum, { recorded }) => sum + recorded, 0)).toBe(each * total);
  expect((await harness.read("slow")).interactions).toHaveLength(each * total);
});

test("a service that stops answers what it has read; the rest can be sent again without counting twice", async () => {
  const other = await Harness.start(mongo.uri, mongo.databaseName("se"), {});
  await other.makeGroup("stop");
  const events = Array.from({ length: 300 }, (_, n) => ({
    userId: "u",
    itemId: `i${n}`,
    timestamp: 5,
    eventId: `e${n}`,
  }));
  const call = other.client.streamEvents();
  for (const event of events) call.write(messageOf({ group: "stop", events: [event] }));
  const answering = answersOf(call);
  await other.stop();
  const { answers, error } = await answering;
  expect(error?.code).toBe(14);
  const again = harness.client.streamEvents();
  for (const event of events.slice(answers.length)) again.write(messageOf({ group: "stop", events: [event] }));
  again.end();
  await answersOf(again);
  const { interactions } = await harness.read("stop");
  expect(interactions.map(({ ITEM_ID }) => ITEM_ID)).toEqual(events.map(({ itemId }) => itemId));
});
