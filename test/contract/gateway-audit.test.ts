import type { RunningGateway } from "@palate/gateway";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startTestMongo, type TestMongo } from "../support/mongo.js";
import { Harness } from "./datasets-harness.js";
import { ask, gatewayWith } from "./gateway-client.js";

interface Entry {
  readonly sequence: number;
  readonly phase: string;
  readonly operation: string;
  readonly datasetGroup: string | null;
  readonly resources: readonly string[];
  readonly outcome: string | null;
  readonly calls: number | null;
  readonly records: number | null;
  readonly startedSequence: number | null;
  readonly requestId: string;
  readonly caller: { readonly kind: string; readonly id: string; readonly sourceAddress: string | null };
}

const FIELDS = `sequence at phase operation datasetGroup resources outcome calls records durationMs startedSequence requestId
  caller { kind id name sourceAddress }`;

/** Ids and texts that no entry may hold. */
const SECRET = "person-4711";

describe("the audit log through the gateway", () => {
  let mongo: TestMongo;
  let harness: Harness;
  let gateway: RunningGateway;

  const start = (address = harness.address) =>
    gatewayWith({ PALATE_DATASETS_ADDRESS: address, PALATE_RECIPE_SERVICES: "127.0.0.1:1", PALATE_AUDIT: "on" });
  const entriesOf = async (filter: string, from = gateway) => {
    const { data, errors } = await ask(from, `{ auditLog(first: 500${filter}) { nodes { ${FIELDS} } } }`);
    expect(errors).toEqual([]);
    return data.auditLog.nodes as Entry[];
  };
  const schema = (name: string) =>
    `createSchema(input: { name: "${name}", schema: ${JSON.stringify(
      JSON.stringify({
        type: "record",
        name: "Interactions",
        fields: [
          { name: "USER_ID", type: "string" },
          { name: "ITEM_ID", type: "string" },
          { name: "TIMESTAMP", type: "long" },
        ],
      }),
    )} }) { userErrors { message } }`;

  beforeAll(async () => {
    mongo = await startTestMongo();
    harness = await Harness.start(mongo.uri, mongo.databaseName("doors"));
    gateway = await start();
    const made = await ask(
      gateway,
      `mutation {
        createDatasetGroup(input: { name: "shop" }) { userErrors { message } }
        ${schema("clicks")}
        createDataset(input: { datasetGroup: "shop", name: "i", datasetType: INTERACTIONS, schemaName: "clicks" }) { userErrors { message } }
      }`,
      {},
      { headers: { "content-type": "application/json", "x-request-id": "set-up" } },
    );
    expect(made.errors).toEqual([]);
  });
  afterAll(async () => {
    await gateway?.close();
    await harness?.stop();
    await mongo?.stop();
  });
  const opened: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of opened.splice(0)) await close();
  });

  it("has two entries of each change: that it begins, and what came of it", async () => {
    const entries = (await entriesOf("")).filter(({ requestId }) => requestId === "set-up").reverse();
    expect(entries.map(({ operation, phase }) => `${operation} ${phase}`)).toEqual([
      ...["createDatasetGroup STARTED", "createDatasetGroup ENDED", "createSchema STARTED", "createSchema ENDED"],
      ...["createDataset STARTED", "createDataset ENDED"],
    ]);
    expect(entries.at(-1)).toMatchObject({
      ...{ datasetGroup: "shop", outcome: "OK", startedSequence: entries.at(-2)!.sequence },
      resources: ["name=i", "schemaName=clicks", "datasetType=INTERACTIONS"],
      caller: { kind: "local", id: "local" },
    });
    expect(entries[0]!.caller.sourceAddress).toMatch(/127\.0\.0\.1/);
  });

  it("has what was refused, with the reason's code and without what was sent", async () => {
    await ask(
      gateway,
      `mutation { createFilter(input: { datasetGroup: "none", name: "f", expression: "${SECRET}" }) { userErrors { code } } }`,
    );
    await ask(
      gateway,
      `mutation { createDatasetGroup(input: { name: "${SECRET} ${SECRET}" }) { userErrors { code } } }`,
    );
    const [group] = await entriesOf(', operation: "createDatasetGroup", outcome: "BAD_USER_INPUT"');
    expect(group).toMatchObject({ datasetGroup: null, resources: [] });
    const [filter] = await entriesOf(', operation: "createFilter"');
    expect(filter).toMatchObject({ phase: "ENDED", outcome: "NOT_FOUND", datasetGroup: "none", resources: ["name=f"] });
  });

  it("has a change whose names stand beside each other", async () => {
    await ask(
      gateway,
      `mutation { deleteFilter(datasetGroup: "shop", name: "nothing") { deleted userErrors { code } } }`,
    );
    const [deleted] = await entriesOf(', operation: "deleteFilter"');
    expect(deleted).toMatchObject({ outcome: "NOT_FOUND", datasetGroup: "shop", resources: ["name=nothing"] });
  });

  it("counts records, and names none of them", async () => {
    const other = await start();
    const event = `{ userId: "${SECRET}", itemId: "${SECRET}", eventType: "view", sessionId: "s" }`;
    const put = (events: string) =>
      ask(
        other,
        `mutation { putEvents(input: { datasetGroup: "shop", interactions: [${events}] }) { recorded userErrors { message } } }`,
      );
    await put(event);
    await put(`${event}, ${event}`);
    await put(`{ userId: "${SECRET}", itemId: "", eventType: "view", sessionId: "s" }`);
    await other.close();
    const entries = await entriesOf(', operation: "putEvents"');
    expect(entries.map(({ phase, outcome, calls, records }) => ({ phase, outcome, calls, records }))).toEqual(
      expect.arrayContaining([
        { phase: "COUNTED", outcome: "OK", calls: 2, records: 3 },
        { phase: "COUNTED", outcome: "BAD_USER_INPUT", calls: 1, records: 0 },
      ]),
    );
  });

  it("has uploads, and downloads of people's data", async () => {
    const upload = await fetch(`${gateway.url}/uploads?name=${SECRET}.csv`, { method: "POST", body: "USER_ID\nu" });
    expect(upload.status).toBe(201);
    await ask(
      gateway,
      `mutation { createExportJob(input: { datasetGroup: "shop", jobName: "all", datasetType: INTERACTIONS, ingestionMode: ALL }) { userErrors { message } } }`,
    );
    const address = async (): Promise<string> => {
      const { data } = await ask(gateway, '{ exportJob(datasetGroup: "shop", jobName: "all") { status downloadUrl } }');
      return data.exportJob.status === "ACTIVE" ? (data.exportJob.downloadUrl as string) : address();
    };
    const file = await fetch(new URL(await address(), gateway.url));
    expect(file.status).toBe(200);
    await file.text();
    const missing = await fetch(`${gateway.url}/exports/shop/none/x.csv`);
    expect(missing.status).toBe(404);
    const downloads = await entriesOf(', operation: "download", datasetGroup: "shop"');
    expect(downloads.map(({ resources, outcome }) => [resources[0], outcome])).toEqual([
      ...[
        ["exports/none", "HTTP 404"],
        ["exports/none", null],
      ],
      ...[
        ["exports/all", "OK"],
        ["exports/all", null],
      ],
    ]);
    expect((await entriesOf(', operation: "upload"')).map(({ outcome }) => outcome)).toEqual(["OK", null]);
  });

  it("holds nothing of what was recorded, and can be verified, exported and shortened", async () => {
    const file = await fetch(`${gateway.url}/audit/log.jsonl`);
    const text = await file.text();
    expect(text).not.toContain(SECRET);
    const lines = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { sequence: number; hash: string });
    expect(lines[0]!.sequence).toBe(1);
    const verification = `intact checked checkpoint problems { message }`;
    const before = await ask(gateway, `{ auditLogVerification { ${verification} } }`);
    expect(before.data.auditLogVerification).toMatchObject({ intact: true, problems: [] });
    const trimmed = await ask(
      gateway,
      `mutation { trimAuditLog(input: { throughCheckpoint: "${lines[5]!.sequence}:${lines[5]!.hash}" }) { removed firstSequence userErrors { message } } }`,
    );
    expect(trimmed.data.trimAuditLog).toEqual({ removed: 6, firstSequence: 7, userErrors: [] });
    const { checkpoint } = before.data.auditLogVerification as { checkpoint: string };
    const after = await ask(
      gateway,
      `{ auditLogVerification(expectedCheckpoint: "${checkpoint}") { ${verification} } }`,
    );
    expect(after.data.auditLogVerification).toMatchObject({ intact: true });
    const [last] = await entriesOf(', operation: "trimAuditLog"');
    expect(last).toMatchObject({ outcome: "OK" });
  });

  it("is read page by page", async () => {
    const sequences: number[] = [];
    for (let after = ""; ;) {
      const { data } = await ask(
        gateway,
        `query ($after: String) { auditLog(first: 3, after: $after) { nodes { sequence } pageInfo { hasNextPage endCursor } } }`,
        { after: after || null },
      );
      sequences.push(...(data.auditLog.nodes as { sequence: number }[]).map(({ sequence }) => sequence));
      if (!data.auditLog.pageInfo.hasNextPage) break;
      after = data.auditLog.pageInfo.endCursor as string;
    }
    const newest = sequences[0]!;
    expect(sequences).toEqual(Array.from({ length: newest - 6 }, (_, i) => newest - i));
  });

  it("is written before anything is done: without it nothing is", async () => {
    const other = await Harness.start(mongo.uri, mongo.databaseName("away"));
    const apart = await start(other.address);
    opened.push(() => apart.close());
    await other.stop();
    const { data, errors } = await ask(
      apart,
      'mutation { deleteCampaign(input: { datasetGroup: "shop", name: "c" }) { deleted userErrors { message } } }',
    );
    expect(data.deleteCampaign).toBeNull();
    expect(errors[0]).toMatchObject({
      message: expect.stringContaining("The audit log cannot be written, so nothing was done") as string,
      extensions: { code: "UNAVAILABLE", retryable: true },
    });
    const upload = await fetch(`${apart.url}/uploads?name=x.csv`, { method: "POST", body: "USER_ID\nu" });
    expect(upload.status).toBe(503);
  });
});
