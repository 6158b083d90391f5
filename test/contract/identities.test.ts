import type { RunningGateway } from "@palate/gateway";
import {
  createClient,
  openIdentities,
  streamCall,
  unaryCall,
  withIncluded,
  type CallSettings,
  type Identity,
  type PalateError,
  type Role,
} from "@palate/host";
import { DatasetServiceClient, Interaction } from "@palate/proto/dataset";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestMongo, temporaryFolder, type TestMongo } from "../support/mongo.js";
import { Harness, SCHEMAS } from "./datasets-harness.js";
import { ask, gatewayWith } from "./gateway-client.js";

const SECRET = "secret-of-the-tests-0123456789abcdef";
const ADMIN_KEY = "key-of-the-operator-0123456789abcdef";
const IDENTITIES = { PALATE_IDENTITIES: "on", PALATE_IDENTITY_SECRET: SECRET };
const JSON_BODY = { "content-type": "application/json" };
const event = (userId: string) => Interaction.fromPartial({ userId, itemId: "i", timestamp: 1_700_000_000 });

let mongo: TestMongo;
let harness: Harness;
let gateway: RunningGateway;

beforeAll(async () => {
  mongo = await startTestMongo();
  harness = await Harness.start(mongo.uri, mongo.databaseName("identities"), IDENTITIES);
  const adminKeyFile = path.join(await temporaryFolder(), "admin-key");
  await writeFile(adminKeyFile, `${ADMIN_KEY}\n`);
  gateway = await gatewayWith({
    ...IDENTITIES,
    PALATE_ADMIN_KEY_FILE: adminKeyFile,
    PALATE_DATASETS_ADDRESS: harness.address,
    PALATE_RECIPE_SERVICES: "",
  });
  await harness.makeGroup("ours");
  await harness.makeGroup("theirs");
});
afterAll(async () => {
  await gateway?.close();
  await harness?.stop();
  await mongo?.stop();
});

const tokensOf = (identitySecret: string) =>
  openIdentities({ identities: "on", identitySecret, identitySecretFile: "", listen: "127.0.0.1:0" })!;
const caller = (role: Role, ...groups: string[]): Identity => ({
  ...{ kind: "apiKey", id: "k", roles: withIncluded([role]) },
  groups: new Set(groups),
});
const says = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
/** Metadata of a caller who may do this in these groups. */
const as = (role: Role, ...groups: string[]) => says(tokensOf(SECRET).sign(caller(role, ...groups), 60));

describe("a service that asks who calls", () => {
  let client: DatasetServiceClient;
  beforeAll(() => {
    client = createClient(DatasetServiceClient, harness.address);
  });
  afterAll(() => client.close());

  it.each([
    ["nothing", {}],
    ["a word", says("let-me-in")],
    ["a token of another installation", says(tokensOf("other-secret-0123456789abcdefghi").sign(caller("admin"), 60))],
    ["an unsigned token", says(`${Buffer.from('{"alg":"none"}').toString("base64url")}.e30.`)],
    ["a token that expired", says(tokensOf(SECRET).sign(caller("admin", "ours"), -120))],
  ])("answers %s with UNAUTHENTICATED", async (_what, settings) => {
    const refused = { code: "unauthenticated" };
    await expect(unaryCall(client, client.getDatasetGroup, { name: "ours", uid: "" }, settings)).rejects.toMatchObject(
      refused,
    );
    const stream = streamCall(client, client.read, { datasetGroup: "ours", fromCursor: "", follow: false }, settings);
    await expect(stream.next()).rejects.toMatchObject(refused);
  });

  it("lets each role do what is its, and nothing else", async () => {
    const get = (settings: CallSettings) =>
      unaryCall(client, client.getDatasetGroup, { name: "ours", uid: "" }, settings);
    const put = (settings: CallSettings) =>
      unaryCall(client, client.putEvents, { datasetGroup: "ours", interactions: [event("ann")] }, settings);
    const create = (settings: CallSettings) =>
      unaryCall(
        client,
        client.createFilter,
        { datasetGroup: "ours", name: `f${Math.random()}`, expression: "" },
        settings,
      );
    const outcomes = async (settings: CallSettings) =>
      Promise.all(
        [get, put, create].map((call) =>
          call(settings).then(
            () => "done",
            ({ code }) => code as string,
          ),
        ),
      );
    const denied = "permission_denied";
    expect(await outcomes(as("read", "ours"))).toEqual(["done", denied, denied]);
    expect(await outcomes(as("events", "ours"))).toEqual([denied, "done", denied]);
    // The filter has no expression: it got as far as being looked at.
    expect(await outcomes(as("manage", "ours"))).toEqual(["done", "done", "invalid_argument"]);
  });

  it("answers about another's dataset group as about none", async () => {
    const asked = async (name: string) => {
      const failures = [
        unaryCall(client, client.getDatasetGroup, { name, uid: "" }, as("manage", "ours")),
        unaryCall(client, client.putEvents, { datasetGroup: name, interactions: [event("eve")] }, as("events", "ours")),
        streamCall(
          client,
          client.read,
          { datasetGroup: name, fromCursor: "", follow: true },
          as("manage", "ours"),
        ).next(),
      ];
      const errors = await Promise.all(failures.map((each) => each.catch((error: PalateError) => error)));
      return errors.map((error) => [(error as PalateError).code, (error as PalateError).message.replace(name, "X")]);
    };
    expect(await asked("theirs")).toEqual(await asked("no-such"));
    expect((await asked("theirs"))[0]?.[0]).toBe("not_found");
    const listed = await unaryCall(
      client,
      client.listDatasetGroups,
      { pageSize: 0, pageToken: "" },
      as("read", "ours"),
    );
    expect(listed.datasetGroups.map(({ name }) => name)).toEqual(["ours"]);
  });

  it("takes a tracking id from callers of its dataset group alone", async () => {
    const { eventTracker } = await unaryCall(
      client,
      client.createEventTracker,
      { datasetGroup: "theirs", name: "t" },
      as("manage", "theirs"),
    );
    const put = (settings: CallSettings) =>
      unaryCall(
        client,
        client.putEvents,
        { datasetGroup: eventTracker!.trackingId, interactions: [event("ann")] },
        settings,
      );
    await expect(put(as("events", "ours"))).rejects.toMatchObject({ code: "not_found" });
    await expect(put(as("events", "theirs"))).resolves.toMatchObject({ recorded: 1 });
  });

  it("shows schemas to callers of the groups whose caller made them", async () => {
    const schema = JSON.stringify(SCHEMAS.users);
    const request = { name: "private-users", schema, datasetType: 0 };
    await unaryCall(client, client.createSchema, request, as("manage", "theirs"));
    const get = (settings: CallSettings) => unaryCall(client, client.getSchema, { name: "private-users" }, settings);
    await expect(get(as("read", "ours"))).rejects.toMatchObject({ code: "not_found" });
    await expect(get(as("read", "theirs"))).resolves.toMatchObject({ schema: { name: "private-users" } });
    // One that a caller of all groups made is everybody's to use, and not theirs to delete.
    const shared = { name: "ours-interactions" };
    await expect(unaryCall(client, client.getSchema, shared, as("read", "theirs"))).resolves.toBeDefined();
    await expect(unaryCall(client, client.deleteSchema, shared, as("manage", "theirs"))).rejects.toMatchObject({
      code: "permission_denied",
    });
  });

  it("does not start beyond the loopback without asking", async () => {
    const start = (env: Record<string, string>) =>
      Harness.start(mongo.uri, mongo.databaseName("beyond"), { PALATE_LISTEN: "0.0.0.0:0", ...env });
    await expect(start({})).rejects.toThrow(/PALATE_IDENTITIES=on/);
    await expect(start({ PALATE_IDENTITIES: "on" })).rejects.toThrow(/PALATE_IDENTITY_SECRET/);
    await expect(start({ PALATE_IDENTITIES: "on", PALATE_IDENTITY_SECRET: "short" })).rejects.toThrow(/at least 32/);
    await (await start({ PALATE_IDENTITIES: "trust-network" })).stop();
  });
});

describe("a gateway that asks who calls", () => {
  const DOORS: [name: string, path: string, init: RequestInit][] = [
    ["GraphQL", "/graphql", { method: "POST", body: '{"query":"{ __typename }"}', headers: JSON_BODY }],
    ["subscriptions", "/graphql/stream", { headers: { accept: "text/event-stream" } }],
    ["uploads", "/uploads?name=a.csv", { method: "POST", body: "a" }],
    ["exports", "/exports/ours/job/file.csv", {}],
    ["batch outputs", "/batch-jobs/ours/job/output", {}],
    ["import reports", "/reports/imports/ours/job.html", {}],
    ["version reports", "/reports/solution-versions/ours/s/1.html", {}],
  ];

  it.each(DOORS)("refuses %s without a key, and with a wrong one", async (_name, at, init) => {
    for (const authorization of ["", "Bearer palate_wrong", "Basic YTpi"]) {
      const given = { ...init.headers, ...(authorization && { authorization }) };
      const response = await fetch(gateway.url + at, { ...init, headers: given });
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toBe('Bearer realm="palate"');
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "UNAUTHENTICATED" } }] });
    }
  });

  it.each(DOORS)("lets the operator's key through to %s", async (_name, at, init) => {
    for (const key of [{ authorization: `bearer ${ADMIN_KEY}` }, { "x-api-key": ADMIN_KEY }]) {
      const response = await fetch(gateway.url + at, { ...init, headers: { ...init.headers, ...key } });
      expect(response.status).not.toBe(401);
      expect(response.status).not.toBe(403);
      await response.body?.cancel();
    }
  });

  it("passes the caller on to services, and nothing that clients call themselves", async () => {
    const forged = tokensOf("other-secret-0123456789abcdefghi").sign(caller("read", "theirs"), 60);
    const { data, errors } = await ask(
      gateway,
      "{ datasetGroups { nodes { name } } }",
      {},
      {
        headers: { ...JSON_BODY, "x-api-key": ADMIN_KEY, "palate-identity": forged },
      },
    );
    expect(errors).toEqual([]);
    expect(data.datasetGroups.nodes).toEqual([{ name: "ours" }, { name: "theirs" }]);
  });

  it("tells nobody where services are, and says that it lives", async () => {
    expect(await (await fetch(`${gateway.url}/readyz`)).json()).toEqual({ ready: true });
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
    expect((await fetch(gateway.url, { headers: { accept: "text/html" } })).status).toBe(200);
  });

  it("does not start beyond the loopback otherwise", async () => {
    await expect(gatewayWith({ PALATE_GATEWAY_LISTEN: "0.0.0.0:0" })).rejects.toThrow(/PALATE_IDENTITIES=on/);
    await expect(gatewayWith({ PALATE_GATEWAY_LISTEN: "[::]:0" })).rejects.toThrow(/PALATE_IDENTITIES=on/);
  });
});

describe("API keys", () => {
  const create = `mutation ($input: CreateApiKeyInput!) {
    createApiKey(input: $input) { key apiKey { keyId roles datasetGroups } userErrors { field message code } }
  }`;
  const with_ = (key: string): RequestInit => ({ headers: { ...JSON_BODY, authorization: `Bearer ${key}` } });
  const askWith = (key: string, query: string, variables = {}) =>
    ask(gateway, query, variables, keyed(key, query, variables));
  const keyed = (key: string, query: string, variables: object): RequestInit => ({
    ...with_(key),
    body: JSON.stringify({ query, variables }),
  });
  const make = async (input: object): Promise<{ key: string; keyId: string }> => {
    const { data, errors } = await askWith(ADMIN_KEY, create, { input });
    expect(errors).toEqual([]);
    expect(data.createApiKey.userErrors).toEqual([]);
    return { key: data.createApiKey.key, keyId: data.createApiKey.apiKey.keyId };
  };
  const statusOf = async (key: string) => (await fetchWith(key)).status;
  const fetchWith = (key: string) =>
    fetch(`${gateway.url}/graphql`, { method: "POST", ...keyed(key, "{ __typename }", {}) });
  const untilStatus = async (key: string, status: number) => {
    await expect.poll(() => statusOf(key), { timeout: 20_000 }).toBe(status);
  };

  it("may do what their roles say in their dataset groups, at once", async () => {
    const { key } = await make({ name: "shop", roles: ["READ"], datasetGroups: ["ours"] });
    expect(key).toMatch(/^palate_[0-9a-f]{16}_[\w-]{43}$/);
    const { data, errors } = await askWith(
      key,
      '{ datasetGroups { nodes { name } } ours: datasetGroup(name: "ours") { name } theirs: datasetGroup(name: "theirs") { name } none: datasetGroup(name: "none") { name } }',
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      datasetGroups: { nodes: [{ name: "ours" }] },
      ours: { name: "ours" },
      theirs: null,
      none: null,
    });
    const denied = await askWith(
      key,
      'mutation { createDatasetGroup(input: { name: "ours" }) { userErrors { code } } }',
    );
    expect(denied.errors[0]?.extensions.code).toBe("PERMISSION_DENIED");
    const exported = await fetch(`${gateway.url}/exports/ours/j/f.csv`, with_(key));
    expect(exported.status).toBe(403);
    const theirs = await fetch(`${gateway.url}/reports/imports/theirs/j.html`, with_(key));
    expect(theirs.status).toBe(404);
  });

  it("are nowhere in what is listed, and make none that may more", async () => {
    const { key } = await make({ name: "tenant", roles: ["ADMIN"], datasetGroups: ["ours"] });
    const listed = await askWith(key, "{ apiKeys { nodes { name datasetGroups } } }");
    expect(
      listed.data.apiKeys.nodes.every((row: { datasetGroups: string[] | null }) => row.datasetGroups?.[0] === "ours"),
    ).toBe(true);
    expect(JSON.stringify(listed.data)).not.toContain(key.slice(-43));
    for (const input of [
      { name: "x", roles: ["READ"] },
      { name: "x", roles: ["READ"], datasetGroups: ["theirs"] },
    ])
      expect((await askWith(key, create, { input })).errors[0]?.extensions.code).toBe("PERMISSION_DENIED");
    const bad = await askWith(key, create, { input: { name: "", roles: [], datasetGroups: ["ours"] } });
    expect(bad.data.createApiKey.userErrors.map(({ field }: { field: string }) => field)).toEqual(["name", "roles"]);
  });

  it("stay good for a while when rotated, and not at all when deleted", async () => {
    const { key, keyId } = await make({ name: "rotating", roles: ["READ"], datasetGroups: ["ours"] });
    const rotate = (overlapSeconds: number) =>
      askWith(ADMIN_KEY, "mutation ($input: RotateApiKeyInput!) { rotateApiKey(input: $input) { key } }", {
        input: { keyId, overlapSeconds },
      });
    const second: string = (await rotate(600)).data.rotateApiKey.key;
    await untilStatus(second, 200);
    expect(await statusOf(key)).toBe(200);
    const third: string = (await rotate(0)).data.rotateApiKey.key;
    await untilStatus(third, 200);
    expect(await statusOf(key)).toBe(401);
    expect(await statusOf(second)).toBe(401);
    await askWith(ADMIN_KEY, "mutation ($input: DeleteApiKeyInput!) { deleteApiKey(input: $input) { deleted } }", {
      input: { keyId },
    });
    await untilStatus(third, 401);
  });

  it("make access tokens for calls over gRPC, with the rights that they have or fewer", async () => {
    const { key } = await make({ name: "backend", roles: ["MANAGE"], datasetGroups: ["ours"] });
    const create =
      "mutation ($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { token userErrors { field } } }";
    const { data } = await askWith(key, create, { input: { roles: ["READ"], lifetimeSeconds: 60 } });
    const token = says(data.createAccessToken.token as string);
    const direct = createClient(DatasetServiceClient, harness.address);
    await expect(unaryCall(direct, direct.getDatasetGroup, { name: "ours", uid: "" }, token)).resolves.toBeDefined();
    await expect(
      unaryCall(direct, direct.deleteDatasetGroup, { name: "ours", force: true }, token),
    ).rejects.toMatchObject({
      code: "permission_denied",
    });
    direct.close();
    const more = await askWith(key, create, { input: { datasetGroups: ["theirs"] } });
    expect(more.errors[0]?.extensions.code).toBe("PERMISSION_DENIED");
    const longer = await askWith(key, create, { input: { lifetimeSeconds: 3601 } });
    expect(longer.data.createAccessToken.userErrors[0].field).toBe("lifetimeSeconds");
  });
});
