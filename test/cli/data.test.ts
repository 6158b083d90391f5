import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startPalate, twoCircles, type TestPalate } from "../support/palate.js";
import { palate, palateJson } from "./palate-command.js";

let services: TestPalate;
let url: string;
/** Lies where imports may read. */
let byPath: string;
/** Lies elsewhere, so that it has to be uploaded. */
let elsewhere: string;

interface ImportDocument {
  readonly datasetGroup: string;
  readonly importJob: { jobName: string; status: string; rows: number; problems: unknown[] };
}

beforeAll(async () => {
  services = await startPalate(["datasets", "popularity", "gateway"]);
  url = services.supervisor.gatewayUrl;
  byPath = path.join(services.importFolder, "interactions.csv");
  elsewhere = path.join(services.dataFolder, "interactions.csv");
  for (const file of [byPath, elsewhere]) await writeFile(file, twoCircles(10, 8, 5));
}, 200_000);
afterAll(() => services?.stop());

describe("palate status", () => {
  it("of an empty Palate says so, and what comes next", async () => {
    const { code, stdout } = await palate(["status"], { url });
    expect(stdout).toContain("There is no data yet: palate try");
    expect(code).toBe(0);
  });

  it("of a group that there is not fails with what to do", async () => {
    const { code, stderr } = await palate(["status", "-g", "nowhere"], { url });
    expect(stderr).toContain('There is no dataset group "nowhere"');
    expect(code).toBe(1);
  });
});

describe("palate import", () => {
  it.each(["by path", "by upload"])("makes group, schema and dataset and imports the file, %s", async (how) => {
    const group = how.replace(" ", "-");
    const file = how === "by path" ? byPath : elsewhere;
    const { code, stdout, stderr } = await palate(["import", file, "-g", group, "-t", "interactions"], { url });
    expect(stdout).toContain(`50 rows are in "${group}"`);
    expect(stderr).toContain(`Made dataset group "${group}"`);
    expect(code).toBe(0);
    const shown = await palate(["status", "-g", group], { url });
    expect(shown.stdout).toMatch(/INTERACTIONS +50 +0/);
  });

  it("with the same --job imports once", async () => {
    const args = ["import", byPath, "-g", "once", "-t", "interactions", "--job", "first"];
    const first = await palateJson<ImportDocument>(args, { url });
    expect(first).toMatchObject({ datasetGroup: "once", importJob: { jobName: "first", status: "ACTIVE", rows: 50 } });
    expect(await palateJson<ImportDocument>(args, { url })).toEqual(first);
  });

  it("of a file with a wrong row names line and column, ends with 1 and changes nothing", async () => {
    const file = path.join(services.importFolder, "wrong.csv");
    await writeFile(file, `${twoCircles(10, 8, 5)}u1,,1600000000\n`);
    const args = ["import", file, "-g", "faulty", "-t", "interactions"];
    const { code, stderr } = await palate(args, { url });
    expect(stderr).toMatch(/line 52, ITEM_ID: is empty/);
    expect(code).toBe(1);
    const document = await palate([...args, "--json"], { url });
    expect(JSON.parse(document.stdout)).toMatchObject({ error: { code: "IMPORT_FAILED" } });
    expect((await palate(["status", "-g", "faulty"], { url })).stdout).toMatch(/INTERACTIONS +0 +0/);
  });

  it("of a file that is not there ends with 2 and says what else can be named", async () => {
    const { code, stderr } = await palate(["import", "nowhere.csv", "-g", "x", "-t", "items"], { url });
    expect(stderr).toContain('There is no file "nowhere.csv" here');
    expect(stderr).toContain("--server-path");
    expect(code).toBe(2);
  });

  it("checks rows only with --dry-run", async () => {
    const args = ["import", byPath, "-g", "dry", "-t", "interactions", "--dry-run"];
    expect((await palate(args, { url })).stdout).toContain("50 rows are right");
    expect((await palate(["status", "-g", "dry"], { url })).stdout).toMatch(/INTERACTIONS +0 +0/);
  });
});

describe("the dataset group", () => {
  it("has to be named where there are several; the message lists them", async () => {
    const { code, stderr } = await palate(["recommend", "u1"], { url });
    expect(stderr).toMatch(/say which with --group[^]*by-path/);
    expect(code).toBe(2);
  });

  it("may come from the environment", async () => {
    const { code, stderr } = await palate(["recommend", "u1"], { url, env: { PALATE_GROUP: "once" } });
    expect(stderr).toContain('Nothing in "once" can answer this');
    expect(code).toBe(2);
  });
});
