import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { once } from "node:events";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startPalate, twoCircles, type TestPalate } from "../support/palate.js";
import { palate, palateJson, spawnPalate } from "./palate-command.js";

// Each test starts several processes.
vi.setConfig({ testTimeout: 180_000 });

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

describe("palate events send", () => {
  const event = (step: number) => ({ userId: "piped", itemId: `x${step}`, timestamp: 1_700_000_000 + step });
  const lines = (count: number) =>
    Array.from({ length: count }, (_, step) => `${JSON.stringify(event(step))}\n`).join("");

  it("records what is piped into it in batches, a line for each that is durable; sent again, nothing is recorded twice", async () => {
    const args = ["events", "send", "-g", "by-path", "--batch", "10", "--json"];
    const { code, stdout } = await palate(args, { url, input: lines(25) });
    const told = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(told.map((each) => [each.lines, each.recorded])).toEqual([
      [{ from: 1, to: 10 }, 10],
      [{ from: 11, to: 20 }, 10],
      [{ from: 21, to: 25 }, 5],
      [undefined, 25],
    ]);
    expect(told.at(-1)).toMatchObject({ done: true, acknowledged: 25, recorded: 25, repeated: 0, refused: 0 });
    expect(code).toBe(0);
    const again = await palate(args.slice(0, -1), { url, input: lines(25) });
    expect(again.stdout).toContain("0 events recorded, 25 had been recorded before.");
  });

  it("stops at a line that is wrong, says which, and has recorded those before it", async () => {
    const input = `${lines(2)}{"userId":"piped"}\n${lines(1)}`;
    const { code, stderr } = await palate(["events", "send", "-g", "dry"], { url, input });
    expect(stderr).toMatch(/line 3: An event needs the item[^]*2 events before it are recorded/);
    expect(code).toBe(1);
  });

  it("leaves out with --keep-going what Palate refuses, and records the rest", async () => {
    const input = `${JSON.stringify({ ...event(90), timestamp: "soon" })}\n${JSON.stringify(event(91))}\n`;
    const { code, stdout, stderr } = await palate(["events", "send", "-g", "dry", "--keep-going"], { url, input });
    expect(stderr).toMatch(/line 1, timestamp: DateTime cannot be "soon"/);
    expect(stdout).toContain("1 event recorded, 1 refused.");
    expect(code).toBe(0);
  });

  it("takes a file whose columns are an export's", async () => {
    const file = path.join(services.dataFolder, "events.jsonl");
    await writeFile(file, `{"USER_ID":"filed","ITEM_ID":"x1","TIMESTAMP":1700000000}\n`);
    const { stdout } = await palate(["events", "send", file, "-g", "by-path"], { url });
    expect(stdout).toContain("1 event recorded.");
  });

  it("interrupted, keeps what was acknowledged and ends with 130", async () => {
    const child = spawnPalate(["events", "send", "-g", "dry", "--json"], { url });
    child.stdin.write(lines(3));
    const [first] = (await once(child.stdout, "data")) as [Buffer];
    expect(JSON.parse(String(first).split("\n")[0] ?? "")).toMatchObject({ lines: { from: 1 } });
    child.kill("SIGINT");
    expect(await once(child, "exit")).toEqual([130, null]);
  });
});

describe("palate export", () => {
  it("writes all rows to a file, whole or not at all", async () => {
    const folder = await mkdtemp(path.join(services.dataFolder, "export-"));
    const args = ["export", "-g", "by-upload", "-t", "interactions", "-o", "rows.csv"];
    const { code, stdout } = await palate(args, { url, cwd: folder });
    expect(stdout).toMatch(/50 rows, .* in rows\.csv/);
    expect(code).toBe(0);
    const rows = (await readFile(path.join(folder, "rows.csv"), "utf8")).trim().split("\n");
    expect(rows).toHaveLength(51);
    expect(rows[0]).toMatch(/^USER_ID,ITEM_ID,TIMESTAMP/);
    const again = await palate(args, { url, cwd: folder });
    expect(again.stderr).toContain('There is a file "rows.csv" already');
    expect(again.code).toBe(2);
    expect(await readdir(folder)).toEqual(["rows.csv"]);
  });

  it("writes rows into a pipe, which events send takes", async () => {
    const args = ["export", "-g", "by-upload", "-t", "interactions", "--format", "jsonl", "-o", "-"];
    const { stdout } = await palate(args, { url });
    const sent = await palate(["events", "send", "-g", "dry"], { url, input: stdout });
    expect(sent.stdout).toContain("50 events recorded.");
  });

  it("of a dataset that there is not says so", async () => {
    const { code, stderr } = await palate(["export", "-g", "by-path", "-t", "items"], {
      url,
      cwd: services.dataFolder,
    });
    expect(stderr).toContain("has no Items dataset");
    expect(code).toBe(1);
  });
});

describe("palate filters check", () => {
  const check = (expression: string, ...more: string[]) =>
    palate(["filters", "check", expression, "-g", "by-path", ...more], { url });

  it("says how a right expression is understood", async () => {
    const { code, stdout } = await check("EXCLUDE ItemID WHERE Interactions.TIMESTAMP > $SINCE");
    expect(stdout).toMatch(/✓ EXCLUDE ItemID WHERE[^]*selects ItemID[^]*\$SINCE/);
    expect(code).toBe(0);
  });

  it("puts a caret where a wrong one is wrong", async () => {
    const { code, stdout, stderr } = await check("EXCLUDE ItemID WHERE Interactions.TIMESTAM > 3");
    const [line, caret] = stderr.split("\n");
    expect(line).toBe("EXCLUDE ItemID WHERE Interactions.TIMESTAM > 3");
    expect(caret).toMatch(/^ {21,34}\^$/);
    expect(stderr).toContain("TIMESTAMP");
    expect([code, stdout]).toEqual([1, ""]);
    const { error } = JSON.parse((await check("nonsense", "--json")).stdout) as {
      error: { problems: { field: string }[] };
    };
    expect(error.problems[0]?.field).toMatch(/^line 1, column \d+$/);
  });
});

describe("palate delete user", () => {
  it("asks first, and without anybody to ask does nothing", async () => {
    const { code, stderr } = await palate(["delete", "user", "u1", "-g", "once"], { url });
    expect(stderr).toMatch(/Delete 1 user of "once"[^]*--yes/);
    expect(code).toBe(2);
    expect((await palate(["status", "-g", "once"], { url })).stdout).toMatch(/INTERACTIONS +50 +0/);
  });

  it("takes a user out of everything that is stored", async () => {
    const { code, stdout } = await palate(["delete", "user", "u1", "-g", "once", "--yes"], { url });
    expect(stdout).toContain("Nothing stored holds 1 user any more");
    expect(code).toBe(0);
    const { stdout: rows } = await palate(["export", "-g", "once", "-t", "interactions", "-o", "-"], { url });
    expect(rows).toContain("u2,");
    expect(rows).not.toContain("u1,");
  });
});

describe("palate open", () => {
  it("prints the address of an import's page, which is there", async () => {
    const { stdout } = await palate(["open", "-g", "by-path", "--print"], { url });
    const page = await fetch(stdout.trim());
    expect(page.status).toBe(200);
    expect(page.headers.get("content-type")).toContain("text/html");
  });

  it("of an import that there is not says so", async () => {
    const { code, stderr } = await palate(["open", "nothing", "-g", "by-path"], { url });
    expect(stderr).toContain("there is no such import");
    expect(code).toBe(1);
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

describe("palate data of", () => {
  it("writes all that is stored of a user to a file", async () => {
    await palate(["import", byPath, "-g", "persons", "-t", "interactions"], { url });
    const file = path.join(services.dataFolder, "person.json");
    const { code, stdout, stderr } = await palate(["data", "of", "u1", "-g", "persons", "-o", file], { url });
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^\d+ rows are stored; they are in /);
    expect(code).toBe(0);
    const { userId, interactions } = JSON.parse(await readFile(file, "utf8")) as {
      userId: string;
      interactions: { USER_ID: string }[];
    };
    expect(userId).toBe("u1");
    expect(new Set(interactions.map((row) => row.USER_ID))).toEqual(new Set(["u1"]));
    const again = await palate(["data", "of", "u1", "-g", "persons", "-o", file], { url });
    expect(again.code).toBe(2);
  });
});

describe("palate audit", () => {
  it("shows, checks, exports and shortens the log", async () => {
    const { code, stdout } = await palate(["audit", "--operation", "createImportJob", "-n", "2"], { url });
    expect(stdout).toMatch(/createImportJob +\S+ +jobName=\S+ .*OK/);
    expect(code).toBe(0);
    const { entries } = await palateJson<{ entries: { operation: string }[] }>(["audit", "-n", "300"], { url });
    expect(entries.some(({ operation }) => operation === "createDataset")).toBe(true);
    const verified = await palate(["audit", "verify"], { url });
    const checkpoint = /Checkpoint: (\d+:[0-9a-f]{64})/.exec(verified.stdout)?.[1] ?? "";
    expect((await palate(["audit", "verify", "--expect", checkpoint], { url })).code).toBe(0);
    const forged = await palate(
      ["audit", "verify", "--expect", checkpoint.replace(/.$/, (last) => (last === "0" ? "1" : "0"))],
      {
        url,
      },
    );
    expect(forged.stderr).toContain("is not the one that was noted");
    expect(forged.code).toBe(1);
    const file = path.join(services.dataFolder, "audit.jsonl");
    expect((await palate(["audit", "export", "-o", file], { url })).code).toBe(0);
    const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
    const { sequence, hash } = JSON.parse(lines[3]!) as { sequence: number; hash: string };
    const trimmed = await palate(["audit", "trim", `${sequence}:${hash}`, "--yes"], { url });
    expect(trimmed.stdout).toMatch(/entries removed; the log begins with entry \d+/);
    expect((await palate(["audit", "verify", "--expect", checkpoint], { url })).code).toBe(0);
  });
});
