import { unaryCall } from "@palate/host";
import { DatasetType, ResourceStatus } from "@palate/proto/dataset";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lookup } from "node:dns/promises";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { breakingOnce, FileServer } from "../support/file-server.js";
import { startTestMongo, type TestMongo } from "../support/mongo.js";
import { startTestS3, type TestS3 } from "../support/s3.js";
import { DATASET_TYPE_INTERACTIONS, Harness } from "./datasets-harness.js";

const HEADER = "USER_ID,ITEM_ID,TIMESTAMP\n";
const ROW = (n: number) => `u${n},i${n},${n}\n`;

let mongo: TestMongo;
let s3: TestS3;
let web: FileServer;
let harness: Harness;
beforeAll(async () => {
  [mongo, s3, web] = await Promise.all([startTestMongo(), startTestS3("shop"), FileServer.start()]);
  harness = await Harness.start(mongo.uri, mongo.databaseName("l"), {
    ...s3.env,
    PALATE_S3_BUCKETS: "shop/open",
    PALATE_IMPORT_ALLOWED_HOSTS: web.host,
    PALATE_IMPORT_IDLE_SECONDS: "5",
  });
  await mkdir(harness.importFolder, { recursive: true });
});
afterAll(async () => {
  await harness?.stop();
  await Promise.all([mongo?.stop(), s3?.stop(), web?.stop()]);
});

/** Imports locations into a new group; the job, and the items it brought in order. */
async function importAll(group: string, ...locations: string[]) {
  await harness.makeGroup(group);
  const job = await harness.runImport(group, "job", DATASET_TYPE_INTERACTIONS, "", { locations });
  const { interactions } = await harness.read(group);
  return { job, items: interactions.map((row) => row["ITEM_ID"]) };
}

/** Why a job at a location is not accepted. */
async function refusal(location: string): Promise<string> {
  const { client } = harness;
  const request = { jobName: "no", datasetType: DATASET_TYPE_INTERACTIONS, location, locations: [], importMode: 0 };
  return unaryCall(client, client.createDatasetImportJob, {
    datasetGroup: "refusals",
    ...request,
    dryRun: false,
    mapping: undefined,
  }).then(
    () => "accepted",
    (error: Error) => error.message,
  );
}

describe("folders and patterns", () => {
  test("bring their files in order of name, in all formats, as one import", async () => {
    const folder = path.join(harness.importFolder, "many");
    await mkdir(path.join(folder, "deeper"), { recursive: true });
    await writeFile(path.join(folder, "part-2.csv"), HEADER + ROW(3));
    await writeFile(path.join(folder, "part-1.csv.gz"), gzipSync(HEADER + ROW(1) + ROW(2)));
    await writeFile(path.join(folder, "part-3.jsonl"), '{"USER_ID":"u","ITEM_ID":"i4","TIMESTAMP":4}\n');
    await writeFile(path.join(folder, "_SUCCESS"), "");
    await writeFile(path.join(folder, "deeper", "part-9.csv"), HEADER + ROW(9));
    const { job, items } = await importAll("folder", folder);
    expect(items).toEqual(["i1", "i2", "i3", "i4"]);
    expect(job).toMatchObject({ rows: 4, fileCount: 3, status: ResourceStatus.RESOURCE_STATUS_ACTIVE });
    expect(job.files.map((file) => [path.basename(file.location), file.rows])).toEqual([
      ["part-1.csv.gz", 2],
      ["part-2.csv", 1],
      ["part-3.jsonl", 1],
    ]);
    expect((await importAll("star", `${folder}/part-*.csv`)).items).toEqual(["i3"]);
    expect((await importAll("stars", `${folder}/**/*.csv`)).items).toEqual(["i9", "i3"]);
    const both = [path.join(folder, "part-2.csv"), path.join(folder, "part-1.csv.gz")];
    expect((await importAll("listed", ...both)).items).toEqual(["i3", "i1", "i2"]);
  });

  test("change nothing when one file is wrong, and every problem says its file", async () => {
    const folder = path.join(harness.importFolder, "mixed");
    await mkdir(folder);
    await writeFile(path.join(folder, "a.csv"), HEADER + ROW(1));
    await writeFile(path.join(folder, "b.csv"), `${HEADER}u,,5\n`);
    await writeFile(path.join(folder, "c.csv"), "USER_ID,ITEM_ID\nu,i\n");
    const { job, items } = await importAll("mixed", folder);
    expect(items).toEqual([]);
    expect(job.failureReason).toMatch(/b\.csv" line 2: ITEM_ID is empty.*\(and 1 more problem\)/);
    expect(job.problems.map(({ file, line, column }) => [path.basename(file), line, column])).toEqual([
      ["b.csv", 2, "ITEM_ID"],
      ["c.csv", 1, "TIMESTAMP"],
    ]);
  });

  test("never lead out of the import folders, and leave nothing out silently", async () => {
    await harness.makeGroup("refusals");
    const folder = path.join(harness.importFolder, "links");
    await mkdir(folder);
    await symlink("/etc/hostname", path.join(folder, "secret.csv"));
    expect(await refusal(folder)).toMatch(/secret\.csv" lies outside the import folders/);
    expect(await refusal(`${folder}/*.csv`)).toMatch(/lies outside the import folders/);
    expect(await refusal("/etc/*")).toMatch(/lies outside the import folders/);
    expect(await refusal(`${harness.importFolder}/../*`)).toMatch(/lies outside the import folders/);
    expect(await refusal(`${harness.importFolder}\0/x.csv`)).toMatch(/NUL/);
    await mkdir(path.join(harness.importFolder, "unknown"));
    await writeFile(path.join(harness.importFolder, "unknown", "orders.xlsx"), "x");
    expect(await refusal(path.join(harness.importFolder, "unknown"))).toMatch(
      /"orders\.xlsx", whose ending is none of/,
    );
    await mkdir(path.join(harness.importFolder, "empty"));
    expect(await refusal(path.join(harness.importFolder, "empty"))).toMatch(/holds no files/);
    expect(await refusal("ftp://example.org/x.csv")).toMatch(/unknown kind/);
    expect(await refusal("")).toMatch(/location is missing/);
  });
});

describe("S3", () => {
  test("objects, prefixes and patterns are imported, and a schema is proposed from them", async () => {
    await s3.put("open/events/part-0.csv.gz", gzipSync(HEADER + ROW(1)));
    await s3.put("open/events/part%201.csv", HEADER + ROW(2));
    await s3.put("open/events/deeper/part-2.csv", HEADER + ROW(3));
    expect((await importAll("prefix", "s3://shop/open/events/")).items).toEqual(["i2", "i1"]);
    expect((await importAll("prefix2", "s3://shop/open/events")).items).toEqual(["i2", "i1"]);
    expect((await importAll("one", "s3://shop/open/events/part 1.csv")).items).toEqual(["i2"]);
    expect((await importAll("deep", "s3://shop/open/events/**/part-*")).items).toEqual(["i3", "i1"]);
    const request = {
      location: "s3://shop/open/events/",
      datasetType: DatasetType.DATASET_TYPE_INTERACTIONS,
      mapping: undefined,
    };
    const proposed = await unaryCall(harness.client, harness.client.inferSchema, request);
    expect(proposed.schema).toContain('"TIMESTAMP"');
    expect(proposed.notes.join()).toContain("Of 2 files only the first");
  });

  test("is read only where that is allowed, and says what is missing", async () => {
    await s3.put("private/a.csv", HEADER);
    expect(await refusal("s3://shop/private/a.csv")).toMatch(/not among the S3 locations/);
    expect(await refusal("s3://shop/open-not/a.csv")).toMatch(/not among the S3 locations/);
    expect(await refusal("s3://other/open/a.csv")).toMatch(/not among the S3 locations/);
    expect(await refusal("s3://Not_A_Bucket!/a.csv")).toMatch(/not of the form/);
    const { job } = await importAll("missing", "s3://shop/open/nothing.csv");
    expect(job.failureReason).toMatch(/There is no S3 object "s3:\/\/shop\/open\/nothing\.csv"/);
  });
});

describe("web addresses", () => {
  test("are fetched, also when the connection breaks in the middle", async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => ROW(i)).join("");
    const content = Buffer.from(HEADER + rows);
    const address = web.on("/broken.csv", breakingOnce(content, ['"v1"']));
    const { job, items } = await importAll("broken", address);
    expect(job.failureReason).toBe("");
    expect(items.length).toBe(20_000);
    expect(job).toMatchObject({ bytesRead: content.length, rows: 20_000 });
    expect(web.requests.filter((request) => request.startsWith("/broken.csv bytes=")).length).toBe(1);
  });

  test("are not mixed of two versions", async () => {
    const content = Buffer.from(HEADER + ROW(1).repeat(20_000));
    const { job, items } = await importAll(
      "versions",
      web.on("/changing.csv", breakingOnce(content, ['"v1"', '"v2"'])),
    );
    expect(job.failureReason).toMatch(/changed while it was being read/);
    expect(items).toEqual([]);
  });

  test("tell their format by address, by name or by type; web pages and errors are refused", async () => {
    const send = (headers: Record<string, string>, body: string | Buffer, status = 200) =>
      web.on(`/x${Math.random()}`, (_request, response) => response.writeHead(status, headers).end(body));
    const typed = send({ "content-type": "text/csv; charset=utf-8" }, HEADER + ROW(1));
    const named = send({ "content-disposition": 'attachment; filename="a.csv.gz"' }, gzipSync(HEADER + ROW(2)));
    expect((await importAll("typed", typed, named)).items).toEqual(["i1", "i2"]);
    const page = send({ "content-type": "text/html" }, "<html>Sign in</html>");
    expect((await importAll("page", page)).job.failureReason).toMatch(/is a web page/);
    expect((await importAll("denied", send({}, "", 403))).job.failureReason).toMatch(/answered 403/);
    expect((await importAll("gone", `http://${web.host}/none.csv?token=secret`)).job.failureReason).toMatch(
      /There is no file "http:\/\/127\.0\.0\.1:\d+\/none\.csv"/,
    );
  });

  test("in private networks are refused, however they are written or reached", async () => {
    const written = [
      "http://127.0.0.1/a.csv",
      "http://2130706433/a.csv",
      "http://0x7f.1/a.csv",
      "http://0/a.csv",
      "http://[::1]/a.csv",
      "http://[::ffff:10.0.0.1]/a.csv",
      "http://[64:ff9b::7f00:1]/a.csv",
      "http://169.254.169.254/latest/meta-data/",
      "http://10.1.2.3/a.csv",
      "https://192.168.1.1/a.csv",
      "http://localhost:4100/a.csv",
    ];
    for (const address of written)
      expect([address, await refusal(address)]).toEqual([
        address,
        expect.stringMatching(/is in a private network or on this machine/) as string,
      ]);
    expect(await refusal("http://user:secret@example.org/a.csv")).toMatch(/user name or password/);

    const inside = web.on("/redirect.csv", (_request, response) =>
      response.writeHead(302, { location: "http://127.0.0.1:9/x.csv" }).end(),
    );
    expect((await importAll("redirected", inside)).job.failureReason).toMatch(
      /"127\.0\.0\.1:9" is in a private network/,
    );
    const loop = web.on("/loop.csv", (_request, response) => response.writeHead(302, { location: "/loop.csv" }).end());
    expect((await importAll("loop", loop)).job.failureReason).toMatch(/redirects more than 5 times/);
    const file = web.on("/file.csv", (_request, response) =>
      response.writeHead(302, { location: "file:///etc/passwd" }).end(),
    );
    expect((await importAll("file", file)).job.failureReason).toMatch(/not an http or https address/);
  });

  test("whose name leads into a private network are refused when it is looked up", async ({ skip }) => {
    const found = await lookup(hostname()).catch(() => undefined);
    if (found === undefined) skip("this machine's name cannot be looked up");
    const { job } = await importAll("name", `http://${hostname()}:4100/a.csv`);
    expect(job.failureReason).toMatch(/is in a private network or on this machine/);
  });
});

describe("stopping", () => {
  test("ends a running and a waiting job, changes nothing, and lets the next one run", async () => {
    const { client } = harness;
    const group = "stopping";
    await harness.makeGroup(group);
    await harness.putEvents(group, [{ userId: "u", itemId: "streamed" }]);
    const endless = web.on("/endless.csv", (_request, response) => {
      response.write(HEADER);
      const timer = setInterval(() => response.write(ROW(1).repeat(100)), 5);
      response.on("close", () => clearInterval(timer));
    });
    const start = (jobName: string) =>
      unaryCall(client, client.createDatasetImportJob, {
        datasetGroup: group,
        jobName,
        datasetType: DATASET_TYPE_INTERACTIONS,
        location: endless,
        locations: [],
        importMode: 0,
        dryRun: false,
        mapping: undefined,
      });
    const get = async (jobName: string) =>
      (await unaryCall(client, client.getDatasetImportJob, { datasetGroup: group, jobName })).datasetImportJob!;
    await start("running");
    await start("waiting");
    while ((await get("running")).bytesRead === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    for (const jobName of ["waiting", "running"]) {
      const { datasetImportJob } = await unaryCall(client, client.stopDatasetImportJob, {
        datasetGroup: group,
        jobName,
      });
      expect(datasetImportJob?.status).toBe(ResourceStatus.RESOURCE_STATUS_CREATE_STOPPING);
    }
    for (const jobName of ["running", "waiting"]) {
      while ((await get(jobName)).status === ResourceStatus.RESOURCE_STATUS_CREATE_STOPPING) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      expect(await get(jobName)).toMatchObject({
        status: ResourceStatus.RESOURCE_STATUS_CREATE_STOPPED,
        failureReason: "The import was stopped. The dataset is unchanged.",
      });
    }
    const again = unaryCall(client, client.stopDatasetImportJob, { datasetGroup: group, jobName: "running" });
    await expect(again).rejects.toMatchObject({ code: "failed_precondition" });
    await harness.runImport(group, "next", DATASET_TYPE_INTERACTIONS, await harness.upload("a.csv", HEADER + ROW(7)));
    const { interactions } = await harness.read(group);
    expect(interactions.map((row) => row["ITEM_ID"])).toEqual(["streamed", "i7"]);
  });

  test("reaches a job that another process runs", async () => {
    const other = await Harness.start(mongo.uri, mongo.databaseName("l"));
    try {
      const job = { datasetGroup: "elsewhere", jobName: "job" };
      await harness.makeGroup("elsewhere");
      const location = web.on("/forever.csv", (_request, response) => void response.write(HEADER));
      const rest = {
        datasetType: DATASET_TYPE_INTERACTIONS,
        location,
        locations: [],
        importMode: 0,
        dryRun: false,
        mapping: undefined,
      };
      await unaryCall(harness.client, harness.client.createDatasetImportJob, { ...job, ...rest });
      await unaryCall(other.client, other.client.stopDatasetImportJob, job);
      for (;;) {
        const { datasetImportJob } = await unaryCall(other.client, other.client.getDatasetImportJob, job);
        const status = datasetImportJob!.status;
        if (status === ResourceStatus.RESOURCE_STATUS_CREATE_STOPPED) break;
        expect(status).toBe(ResourceStatus.RESOURCE_STATUS_CREATE_STOPPING);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    } finally {
      await other.stop();
    }
  });
});
