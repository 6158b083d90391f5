import { streamCall, unaryCall } from "@palate/host";
import { Action, ActionInteraction, Interaction, Item, User } from "@palate/proto/dataset";
import { ExplainFilterRequest, GetRecommendationsRequest, GetSegmentRequest } from "@palate/proto/recipe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AFFINITY, ask, Doors, GROUP, json, POPULAR, refusal, type Door } from "../support/doors.js";
import { SHOP } from "../support/film-shop.js";
import { eventually } from "../support/palate.js";

/** One rule for ids at every door: files, streams, GraphQL variables and literals, gRPC and batches. */
describe("every door", () => {
  let doors: Doors;

  beforeAll(async () => {
    doors = await Doors.open();
  }, 300_000);
  afterAll(() => doors?.close());

  const variable =
    (type: string, operation: string): Door =>
    (value) =>
      doors.variable(type, operation)(value);
  const batch =
    (line: (value: unknown) => string): Door =>
    (value) =>
      doors.batch(line)(value);
  const file =
    (...given: Parameters<Doors["file"]>): Door =>
    (value) =>
      doors.file(...given)(value);
  const put = (fields: object) =>
    unaryCall(doors.datasets, doors.datasets.putEvents, {
      datasetGroup: GROUP,
      interactions: [Interaction.fromPartial({ userId: "u", itemId: "i", timestamp: 1, ...fields })],
    });

  /** GraphQL's doors for ids, with the field that a refusal names. */
  const IN_GRAPHQL: readonly (readonly [string, Door, string])[] = [
    ["recommendations", variable("ID", `{ recommendations${ask("userId: $x")} { versionId } }`), "user_id"],
    ["recommendations for an item", variable("ID", `{ recommendations${ask("itemId: $x")} { versionId } }`), "item_id"],
    [
      "a segment",
      variable("ID", `{ segment(datasetGroup: "${GROUP}", campaign: "${AFFINITY}", itemId: $x) { nodes { userId } } }`),
      "item_id",
    ],
    [
      "explainFilter",
      variable(
        "ID!",
        `{ explainFilter${ask('ids: [$x], userId: "ann", filterExpression: "EXCLUDE ItemID WHERE Items.YEAR > 2000"')} { id } }`,
      ),
      "ids[0]",
    ],
    ...["userId", "itemId", "sessionId", "eventId", "recommendationId"].map((field) => {
      const other =
        field === "itemId" ? 'userId: "u"' : field === "userId" ? 'itemId: "i"' : 'userId: "u", itemId: "i"';
      const input = `{ datasetGroup: "${GROUP}", interactions: [{ ${other}, ${field}: $x }] }`;
      const query = `mutation { putEvents(input: ${input}) { userErrors { field message } } }`;
      return [`putEvents, ${field}`, variable(field === "itemId" ? "ID!" : "ID", query), snake(field)] as const;
    }),
    [
      "putEvents, impression",
      variable(
        "ID!",
        `mutation { putEvents(input: { datasetGroup: "${GROUP}", interactions: [{ userId: "u", itemId: "i", impression: ["i", $x] }] }) { userErrors { field message } } }`,
      ),
      "impression[1]",
    ],
    [
      "putItems",
      variable(
        "ID!",
        `mutation { putItems(input: { datasetGroup: "${GROUP}", items: [{ itemId: $x }] }) { userErrors { field message } } }`,
      ),
      "item_id",
    ],
    [
      "putUsers",
      variable(
        "ID!",
        `mutation { putUsers(input: { datasetGroup: "${GROUP}", users: [{ userId: $x }] }) { userErrors { field message } } }`,
      ),
      "user_id",
    ],
    [
      "putActions",
      variable(
        "ID!",
        `mutation { putActions(input: { datasetGroup: "${GROUP}", actions: [{ actionId: $x }] }) { userErrors { field message } } }`,
      ),
      "action_id",
    ],
    [
      "putActionInteractions",
      variable(
        "ID!",
        `mutation { putActionInteractions(input: { datasetGroup: "${GROUP}", actionInteractions: [{ userId: "u", actionId: $x, eventType: VIEWED }] }) { userErrors { field message } } }`,
      ),
      "action_id",
    ],
  ];

  describe("refuses ids that nobody can mean", () => {
    const UNMEANT = [" ", "\u00a0", "x\u0000y", "\t"];
    const csv = (value: unknown): string => `"${String(value)}"`;
    const call =
      (make: (id: string) => Promise<unknown>): Door =>
      (value) =>
        refusal(make(String(value)));
    const tried: readonly (readonly [string, Door, string])[] = [
      ...IN_GRAPHQL.map(([name, door, field]) => [`GraphQL: ${name}`, door, field] as const),
      [
        "a literal",
        (value) => doors.graphql(`{ recommendations${ask(`userId: ${json(value)}`)} { versionId } }`, "{}"),
        "user_id",
      ],
      [
        "a literal of a request's filter",
        (value) =>
          doors.graphql(`{ recommendations${ask(`filterExpression: ${json(withoutItem(value))}`)} { versionId } }`),
        "Items.ITEM_ID",
      ],
      [
        "a value of a filter's parameter",
        variable(
          "String!",
          `{ recommendations${ask('filterExpression: "EXCLUDE ItemID WHERE Items.ITEM_ID IN ($I)", filterValues: [{ name: "I", values: [$x] }]')} { versionId } }`,
        ),
        "$I",
      ],
      [
        "createFilter",
        (value) =>
          doors.graphql(
            `mutation { createFilter(input: { datasetGroup: "${GROUP}", name: "f", expression: ${json(withoutItem(value))} }) { userErrors { field message } } }`,
          ),
        "line 1, column 22",
      ],
      ["gRPC: PutEvents, user", call((userId) => put({ userId })), "interactions[0].user_id"],
      ["gRPC: PutEvents, item", call((itemId) => put({ itemId })), "interactions[0].item_id"],
      ["gRPC: PutEvents, session", call((sessionId) => put({ sessionId })), "interactions[0].session_id"],
      [
        "gRPC: PutItems",
        call((itemId) =>
          unaryCall(doors.datasets, doors.datasets.putItems, { datasetGroup: GROUP, items: [Item.create({ itemId })] }),
        ),
        "items[0].item_id",
      ],
      [
        "gRPC: PutUsers",
        call((userId) =>
          unaryCall(doors.datasets, doors.datasets.putUsers, { datasetGroup: GROUP, users: [User.create({ userId })] }),
        ),
        "users[0].user_id",
      ],
      [
        "gRPC: PutActions",
        call((actionId) =>
          unaryCall(doors.datasets, doors.datasets.putActions, {
            datasetGroup: GROUP,
            actions: [Action.create({ actionId })],
          }),
        ),
        "actions[0].action_id",
      ],
      [
        "gRPC: PutActionInteractions",
        call((actionId) =>
          unaryCall(doors.datasets, doors.datasets.putActionInteractions, {
            datasetGroup: GROUP,
            actionInteractions: [ActionInteraction.create({ userId: "u", actionId, eventType: "VIEWED" })],
          }),
        ),
        "action_interactions[0].action_id",
      ],
      ["gRPC: StreamEvents", (value) => doors.stream(value), "interactions[0].user_id"],
      [
        "gRPC: GetRecommendations",
        call((userId) =>
          unaryCall(
            doors.popular,
            doors.popular.getRecommendations,
            GetRecommendationsRequest.fromPartial({ datasetGroup: GROUP, campaign: POPULAR, userId }),
          ),
        ),
        "user_id",
      ],
      [
        "gRPC: ExplainFilter",
        call((id) =>
          unaryCall(
            doors.popular,
            doors.popular.explainFilter,
            ExplainFilterRequest.fromPartial({
              datasetGroup: GROUP,
              campaign: POPULAR,
              userId: "ann",
              ids: ["x", id],
              filterExpression: "EXCLUDE ItemID WHERE Items.YEAR > 2000",
            }),
          ),
        ),
        "ids[1]",
      ],
      [
        "gRPC: GetSegment",
        call(async (itemId) => {
          for await (const _ of streamCall(
            doors.segments,
            doors.segments.getSegment,
            GetSegmentRequest.fromPartial({ datasetGroup: GROUP, campaign: AFFINITY, itemId }),
          ));
        }),
        "item_id",
      ],
      ["a line of a batch", batch((value) => JSON.stringify({ userId: value })), "user_id"],
      ["a CSV file", file("INTERACTIONS", "a.csv", (value) => `USER_ID,ITEM_ID,TIMESTAMP\n${csv(value)},i,1\n`), ""],
      [
        "a JSON Lines file",
        file(
          "INTERACTIONS",
          "a.jsonl",
          (value) => `${JSON.stringify({ USER_ID: "u", ITEM_ID: value, TIMESTAMP: 1 })}\n`,
        ),
        "ITEM_ID",
      ],
      [
        "a file of items",
        file("ITEMS", "a.jsonl", (value) => `${JSON.stringify({ ITEM_ID: value, YEAR: 1 })}\n`),
        "ITEM_ID",
      ],
      [
        "a file of users",
        file("USERS", "a.jsonl", (value) => `${JSON.stringify({ USER_ID: value, AGE: 1 })}\n`),
        "USER_ID",
      ],
    ];
    it.each(tried)("%s", async (_, door, field) => {
      for (const id of UNMEANT) {
        const told = await door(id);
        expect(told, JSON.stringify(id)).toMatch(/white space alone|control character|NUL byte/);
        expect(told).toContain(field);
      }
    });

    it("a NUL character in any text", async () => {
      const line = (value: unknown) => `${JSON.stringify({ ITEM_ID: "i", GENRE: value })}\n`;
      expect(await file("ITEMS", "a.jsonl", line)("x\u0000y")).toMatch(/GENRE has a NUL character/);
      const item = Item.create({ itemId: "i", properties: JSON.stringify({ GENRE: "x\u0000y" }) });
      const put = unaryCall(doors.datasets, doors.datasets.putItems, { datasetGroup: GROUP, items: [item] });
      expect(await refusal(put)).toMatch(/GENRE .* must be text without NUL/);
    });

    it("and nothing of them was recorded", async () => {
      const { itemIds } = await unaryCall(
        doors.popular,
        doors.popular.getRecommendations,
        GetRecommendationsRequest.fromPartial({
          datasetGroup: GROUP,
          campaign: POPULAR,
          userId: "ann",
          numResults: 1000,
          seenItems: 2,
        }),
      );
      expect(itemIds.filter((id) => !SHOP.names.ItemID.includes(id))).toEqual([]);
    });
  });

  describe("refuses ids as numbers that are not exact, and takes them as text", () => {
    const BIG = 9007199254740993n;
    const tried: readonly (readonly [string, Door])[] = [
      ...IN_GRAPHQL.filter(([name]) => !name.startsWith("putItems")).map(
        ([name, door]) => [`a variable: ${name}`, door] as const,
      ),

      ["a variable: context", variable("JSONObject", `{ recommendations${ask("context: $x")} { versionId } }`)],
      [
        "a variable of the whole input",
        (value) =>
          doors.graphql(
            "mutation ($i: PutEventsInput!) { putEvents(input: $i) { userErrors { field message } } }",
            `{"i":{"datasetGroup":"${GROUP}","interactions":[{"userId":${json(value)},"itemId":"i"}]}}`,
          ),
      ],
      ["a line of a batch", batch((value) => `{"userId":${json(value)}}`)],
      ["a line's filterValues", batch((value) => `{"userId":"ann","filterValues":{"A":${json(value)}}}`)],
    ];
    it.each(tried)("%s", async (name, door) => {
      const inObject = name.endsWith("context");
      const given = inObject ? { toJSON: () => ({ DEVICE: Number(BIG) }) } : BIG;
      expect(await door(given)).toMatch(/2\^53.*send it as a string/);
      if (!/context|filterValues/.test(name)) expect(await door(String(BIG))).toBe("");
    });

    it("keeps the digits of literals and of files", async () => {
      const literal = `mutation { putEvents(input: { datasetGroup: "${GROUP}", interactions: [{ userId: ${BIG + 1n}, itemId: "i", eventId: "exact" }] }) { userErrors { message } } }`;
      expect(await doors.graphql(literal, "{}")).toBe("");
      const known = async (userId: string) => {
        const request = GetRecommendationsRequest.fromPartial({ datasetGroup: GROUP, campaign: POPULAR, userId });
        return (await unaryCall(doors.popular, doors.popular.getRecommendations, request)).historyLength;
      };
      await eventually(async () => (await known(String(BIG + 1n))) === 1);
      expect(await known(String(BIG - 1n))).toBe(0);
    });
  });
});

/** A filter that names an item. */
function withoutItem(id: unknown): string {
  return `EXCLUDE ItemID WHERE Items.ITEM_ID IN ("${String(id)}")`;
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
