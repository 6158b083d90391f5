import { createClient, isServing, unaryCall } from "@palate/host";
import type { RunningGateway } from "@palate/gateway";
import { Supervisor } from "@palate/local";
import { startMongo, type RunningMongo } from "@palate/mongo";
import { DatasetServiceClient, Interaction } from "@palate/proto/dataset";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { connect, createServer, type AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/mongo.js";
import { eventually } from "../support/palate.js";
import { mountSmallDisk } from "../support/small-disk.js";
import { Harness } from "./datasets-harness.js";
import { ask, gatewayWith } from "./gateway-client.js";
import { MemoryDatasets } from "./gateway-datasets.js";

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of cleanUp.splice(0).reverse()) await close();
});

/** An engine with data in a folder, to be stopped, started and damaged. */
async function engineIn(folder: string, port = 0): Promise<RunningMongo> {
  const mongo = await startMongo({ dataDir: folder, engines: ["embedded"], probe: false, port });
  cleanUp.push(() => mongo.stop());
  return mongo;
}

async function datasetsOn(mongo: RunningMongo, env: Record<string, string> = {}): Promise<Harness> {
  const harness = await Harness.start(mongo.uri, "bad_luck", env);
  cleanUp.push(() => harness.stop());
  return harness;
}

async function gatewayTo(datasets: string): Promise<RunningGateway> {
  const gateway = await gatewayWith({ PALATE_DATASETS_ADDRESS: datasets, PALATE_RECIPE_SERVICES: "127.0.0.1:1" });
  cleanUp.push(() => gateway.close());
  return gateway;
}

interface Readiness {
  readonly ready: boolean;
  readonly services: readonly { readonly name: string; readonly answers: boolean; readonly database: boolean | null }[];
  readonly database: { readonly usable: boolean | null };
}

/** What /readyz says, with its status. */
async function readiness({ url }: RunningGateway, query = ""): Promise<Readiness & { readonly status: number }> {
  const response = await fetch(`${url}/readyz${query}`);
  return { status: response.status, ...((await response.json()) as Readiness) };
}

async function folder(): Promise<string> {
  const made = await temporaryFolder();
  cleanUp.push(() => rm(made, { recursive: true, force: true }));
  return made;
}

describe("readiness", () => {
  it("lists the datasets service and the database, and is lost with either, while liveness stays", async () => {
    const datasets = await new MemoryDatasets().start();
    const gateway = await gatewayTo(datasets.address);
    await eventually(async () => (await readiness(gateway)).status === 200);
    expect(await readiness(gateway)).toMatchObject({
      ready: true,
      services: [
        { name: "datasets", answers: true, database: true },
        { name: "127.0.0.1:1", answers: false, database: null },
      ],
      database: { usable: true },
    });
    datasets.setDatabase(false);
    expect(await readiness(gateway)).toMatchObject({ status: 503, ready: false, database: { usable: false } });
    expect(await readiness(gateway, "?exclude=database")).toMatchObject({ status: 200, database: { usable: false } });
    await datasets.stop();
    expect(await readiness(gateway)).toMatchObject({
      ...{ status: 503, ready: false, database: { usable: null } },
      services: [{ name: "datasets", answers: false, database: null }, {}],
    });
    expect(await readiness(gateway, "?exclude=datasets&exclude=database")).toMatchObject({ status: 200, ready: true });
    for (const alive of ["livez", "healthz"]) expect((await fetch(`${gateway.url}/${alive}`)).status).toBe(200);
  });

  it("of the datasets service follows its database, by gRPC and through the gateway", async () => {
    const data = await folder();
    const mongo = await engineIn(data);
    const { address } = await datasetsOn(mongo);
    const gateway = await gatewayTo(address);
    const client = createClient(DatasetServiceClient, address);
    cleanUp.push(() => client.close());
    const asked = async () =>
      Object.fromEntries(
        await Promise.all(
          ["", "readiness", "liveness", "database"].map(async (name) => [name, await isServing(client, name, 1_000)]),
        ),
      ) as Record<string, boolean>;
    await eventually(async () => (await readiness(gateway)).ready);
    expect(await asked()).toEqual({ "": true, readiness: true, liveness: true, database: true });
    await mongo.stop();
    await eventually(async () => (await readiness(gateway)).status === 503, 15_000);
    expect(await asked()).toEqual({ "": false, readiness: false, liveness: true, database: false });
    await engineIn(data, mongo.port);
    await eventually(async () => (await readiness(gateway)).ready, 15_000);
    expect(await asked()).toEqual({ "": true, readiness: true, liveness: true, database: true });
  }, 60_000);
});

/** Forwards connections to a server; loses them in place of the next answer to a call when it is told to. */
async function lossyWay(to: string): Promise<{ address: string; loseNextAnswer(): void }> {
  const [host, port] = to.split(":");
  let lose = false;
  const way = createServer((near) => {
    const far = connect(Number(port), host);
    near.pipe(far);
    far.on("data", (chunk: Buffer) => {
      if (!lose || !holdsHeaders(chunk)) return near.write(chunk);
      lose = false;
      near.destroy();
      return far.destroy();
    });
    near.on("error", () => far.destroy()).on("close", () => far.destroy());
    far.on("error", () => near.destroy()).on("close", () => near.destroy());
  });
  await new Promise<void>((resolve) => way.listen(0, "127.0.0.1", resolve));
  cleanUp.push(() => way.close());
  return {
    address: `127.0.0.1:${(way.address() as AddressInfo).port}`,
    loseNextAnswer: () => (lose = true),
  };
}

/** Whether frames of HTTP/2 hold headers: the beginning or the end of an answer. */
function holdsHeaders(frames: Buffer): boolean {
  for (let at = 0; at + 9 <= frames.length; at += 9 + frames.readUIntBE(at, 3)) if (frames[at + 3] === 1) return true;
  return false;
}

describe("an answer that is lost on its way", () => {
  it("and asked for again by the transport counts what the first attempt recorded", async () => {
    const harness = await datasetsOn(await engineIn(await folder()));
    await harness.makeGroup("shop");
    const way = await lossyWay(harness.address);
    const client = createClient(DatasetServiceClient, way.address);
    cleanUp.push(() => client.close());
    const put = (itemId: string) => {
      const interactions = [Interaction.fromPartial({ userId: "u", itemId, eventId: itemId })];
      return unaryCall(client, client.putEvents, { datasetGroup: "shop", interactions });
    };
    expect(await put("a")).toMatchObject({ recorded: 1 });
    way.loseNextAnswer();
    expect(await put("b")).toMatchObject({ recorded: 1 });
    expect(await put("b")).toMatchObject({ recorded: 0 });
    expect((await harness.read("shop")).interactions.map((row) => row["ITEM_ID"])).toEqual(["a", "b"]);
  }, 60_000);
});

describe("proxies in the environment", () => {
  const names = ["http_proxy", "https_proxy", "grpc_proxy", "HTTP_PROXY", "HTTPS_PROXY"];

  it("are not used between services", async () => {
    const before = names.map((name) => [name, process.env[name]] as const);
    cleanUp.push(() => {
      for (const [name, value] of before)
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
    });
    // Nothing listens there.
    for (const name of names) process.env[name] = "http://127.0.0.1:1";
    const harness = await datasetsOn(await engineIn(await folder()));
    const gateway = await gatewayTo(harness.address);
    await eventually(async () => (await readiness(gateway)).ready);
    const { errors, data } = await ask(gateway, "{ datasetGroups { totalCount } }");
    expect({ errors, data }).toEqual({ errors: [], data: { datasetGroups: { totalCount: 0 } } });
  }, 60_000);
});

/** Overwrites the pages of a SQLite file that hold a text. */
function overwritePages(file: string, text: string): void {
  const content = readFileSync(file);
  const page = content.readUInt16BE(16);
  for (let at = content.indexOf(text); at >= 0; at = content.indexOf(text, at + 1))
    content.fill(0x5a, at - (at % page), at - (at % page) + page);
  writeFileSync(file, content);
}

describe("a database whose file is damaged", () => {
  it("is named to the caller as damaged, and the gateway is not ready", async () => {
    const data = await folder();
    const first = await engineIn(data);
    const before = await Harness.start(first.uri, "bad_luck");
    await before.makeGroup("shop");
    await before.stop();
    await first.stop();
    const databases = path.join(data, "db");
    const name = readdirSync(databases).find((each) => each.endsWith("_datasets.sqlite"))!;
    overwritePages(path.join(databases, name), '"shop"');
    const harness = await datasetsOn(await engineIn(data, first.port));
    const gateway = await gatewayTo(harness.address);
    const { client } = harness;
    await expect(unaryCall(client, client.getDatasetGroup, { name: "shop", uid: "" })).rejects.toMatchObject({
      code: "data_loss",
      message: expect.stringMatching(/database is damaged .*restore .*backup/) as string,
    });
    await eventually(async () => (await readiness(gateway)).database.usable === false);
    expect(await readiness(gateway)).toMatchObject({ status: 503, ready: false });
  }, 60_000);
});

const disk = mountSmallDisk(24 * 1024 * 1024);
afterAll(() => disk?.remove());
describe.skipIf(disk === undefined)("a disk that is full", () => {
  it("refuses events with the reason, as worth another try, and takes them when there is room", async () => {
    const { folder: mounted, fill, empty } = disk!;
    const harness = await datasetsOn(await engineIn(path.join(mounted, "mongo")));
    await harness.makeGroup("shop");
    let [sent, acknowledged] = [0, 0];
    const put = () =>
      harness.putEvents(
        "shop",
        Array.from({ length: 500 }, () => ({ userId: "u".repeat(200), itemId: `i${sent++}` })),
      );
    await put();
    acknowledged += 500;
    fill();
    let refused: unknown;
    for (let attempt = 0; attempt < 100 && refused === undefined; attempt++)
      await put().then(
        () => (acknowledged += 500),
        (error: unknown) => (refused = error),
      );
    expect(refused).toMatchObject({
      ...{ code: "resource_exhausted", retryable: true, details: { storageFull: true } },
      message: "The disk of the database is full; make room in its data folder, then try again.",
    });
    empty();
    await put();
    acknowledged += 500;
    expect((await harness.read("shop")).interactions).toHaveLength(acknowledged);
  }, 60_000);

  it("refuses an upload with 507 and the reason, and takes it when there is room", async () => {
    const harness = await datasetsOn(await engineIn(await folder()), {
      PALATE_DATASETS_FOLDER: path.join(disk!.folder, "files"),
    });
    const gateway = await gatewayTo(harness.address);
    const upload = await fetch(`${gateway.url}/uploads?name=a.csv`, { method: "POST", body: "USER_ID\nu\n" });
    expect(upload.status).toBe(507);
    expect(await upload.json()).toMatchObject({
      errors: [
        {
          message: "The disk of the datasets service is full; make room in its data folder, then upload again.",
          extensions: { code: "RESOURCE_EXHAUSTED", retryable: true },
        },
      ],
    });
  }, 60_000);
});

describe("a data folder on a disk that is read-only", () => {
  it("is refused at once: says which folder cannot be written, why, and what would be right", async (test) => {
    const readOnly = mountSmallDisk(1024 * 1024);
    if (readOnly === undefined) return test.skip("a disk cannot be mounted");
    cleanUp.push(() => readOnly.remove());
    readOnly.makeReadOnly();
    for (const dataFolder of [readOnly.folder, path.join(readOnly.folder, "new")])
      await expect(Supervisor.start({ dataFolder, ports: "free" })).rejects.toThrow(
        /^Palate cannot write to its data folder .* \(EROFS: read-only file system.*Make it writable .*--data/,
      );
  });
});
