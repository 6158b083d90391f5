import { chromium, type Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningGateway } from "@palate/gateway";
import { DATASET_TYPE_INTERACTIONS, DATASET_TYPE_ITEMS, Harness } from "../contract/datasets-harness.js";
import { ask, gatewayWith } from "../contract/gateway-client.js";
import { chromiumPath, withoutChromium } from "../support/chromium.js";
import { startTestMongo, type TestMongo } from "../support/mongo.js";

const GROUP = "analysed";
const DAY = 86_400;
const START = 1_600_000_000;

/** What `dataAnalysis` is asked for here. */
interface Finding {
  readonly severity: string;
  readonly column: string;
  readonly message: string;
  readonly suggestion: string;
}

/**
 * Interactions of 300 users with 50 items: 20 of the users come once only, ten rows come twice, one value is a typing error
 * and 30 events lie in the future.
 * @param cheap whether values are small, as they were before
 */
function interactions(cheap: boolean): string {
  const lines = ["USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,EVENT_VALUE,QUANTITY"];
  for (let user = 0; user < 300; user++) {
    const length = user < 20 ? 1 : 8;
    for (let step = 0; step < length; step++) {
      const value = (cheap ? 10 : 500) + ((user * 7 + step * 3) % 20);
      lines.push(`u${user},i${(user + step * step) % 50},${START + ((user + step * 11) % 90) * DAY},view,${value},`);
    }
  }
  lines.push(...lines.slice(1, 11));
  lines.push(`u1,i1,${START},view,999999,`);
  for (let k = 0; k < 30; k++) lines.push(`u${k},i${k},4000000000,buy,${cheap ? 11 : 505},`);
  return `${lines.join("\n")}\n`;
}

const ITEMS = ["ITEM_ID,GENRES,NUMBER_OF_RATINGS"]
  .concat(Array.from({ length: 40 }, (_, i) => `i${i},${i % 3 === 0 ? "<script>alert(1)</script>|b" : ""},${i}`))
  .concat("i0,c,1")
  .join("\n");

describe("analysis of imports", () => {
  let mongo: TestMongo;
  let harness: Harness;
  let gateway: RunningGateway;

  beforeAll(async () => {
    mongo = await startTestMongo();
    harness = await Harness.start(mongo.uri, mongo.databaseName("a"));
    gateway = await gatewayWith({ PALATE_DATASETS_ADDRESS: harness.address, PALATE_RECIPE_SERVICES: "" });
    await harness.makeGroup(GROUP, ["interactions", "items"]);
    await harness.runImport(GROUP, "items", DATASET_TYPE_ITEMS, await harness.upload("items.csv", ITEMS));
    for (const [jobName, cheap] of [
      ["first", true],
      ["second", false],
    ] as const) {
      const location = await harness.upload("interactions.csv", interactions(cheap));
      await harness.runImport(GROUP, jobName, DATASET_TYPE_INTERACTIONS, location, { dryRun: jobName === "second" });
    }
  });
  afterAll(async () => {
    await gateway?.close();
    await harness?.stop();
    await mongo?.stop();
  });

  const analysis = async (jobName: string, fields: string) => {
    const { data, errors } = await ask(
      gateway,
      `{ dataAnalysis(datasetGroup: "${GROUP}", jobName: "${jobName}") { ${fields} } }`,
    );
    expect(errors).toEqual([]);
    return data.dataAnalysis;
  };

  it("counts rows, users, items and what is wrong with them", async () => {
    const found = await analysis(
      "first",
      `rows duplicateRows comparedWith columns { name filled missing numbers { min max outliers } topValues { value count } drift { stabilityIndex } }
       interactions { users items usersWithOne inFuture unknownItems unknownUsers perUser { max } overTime { count } eventTypes { value count } }`,
    );
    const rows = 20 + 280 * 8 + 10 + 1 + 30;
    expect(found).toMatchObject({ rows, duplicateRows: 10, comparedWith: null });
    expect(found.interactions).toMatchObject({ users: 300, items: 50, inFuture: 30, unknownUsers: null });
    // Ten of the first twenty users come twice because of the repeated rows, all thirty of the first because of the future.
    expect(found.interactions.usersWithOne).toBe(0);
    expect(found.interactions.eventTypes).toEqual([
      { value: "view", count: rows - 30 },
      { value: "buy", count: 30 },
    ]);
    expect(found.interactions.unknownItems).toBeGreaterThan(rows / 10);
    const counted = found.interactions.overTime.reduce((sum: number, bin: { count: number }) => sum + bin.count, 0);
    expect(counted).toBe(rows);
    const column = (name: string) => found.columns.find((one: { name: string }) => one.name === name);
    expect(column("QUANTITY")).toMatchObject({ filled: 0, missing: rows, numbers: null, drift: null });
    expect(column("EVENT_VALUE").numbers).toEqual({ min: 10, max: 999_999, outliers: 1 });
  });

  it("says in plain words what to do, and what moved since the last import", async () => {
    const { findings, comparedWith } = (await analysis(
      "second",
      "comparedWith findings { severity column message suggestion }",
    )) as { findings: Finding[]; comparedWith: string };
    expect(comparedWith).toBe("first");
    const about = (severity: string, column: string, text: string) =>
      findings.filter((one) => one.severity === severity && one.column === column && one.message.includes(text)).length;
    expect(about("WARNING", "EVENT_VALUE", "distributed differently")).toBe(1);
    expect(about("INFO", "EVENT_VALUE", "1 value is")).toBe(1);
    expect(about("WARNING", "TIMESTAMP", "lie in the future")).toBe(1);
    expect(about("WARNING", "QUANTITY", "empty in every row")).toBe(1);
    expect(about("INFO", "", "10 rows")).toBe(1);
    expect(about("WARNING", "ITEM_ID", "missing from the Items dataset")).toBe(1);
    expect(about("WARNING", "EVENT_TYPE", "distributed")).toBe(0);
    expect(findings.every((one) => one.suggestion.length > 10)).toBe(true);
    // A dry run is no import: the next one is still compared with the first.
    const again = await harness.upload("interactions.csv", interactions(true));
    await harness.runImport(GROUP, "third", DATASET_TYPE_INTERACTIONS, again);
    const third = await analysis("third", "comparedWith columns { name drift { stabilityIndex } }");
    expect(third.comparedWith).toBe("first");
    for (const { drift } of third.columns) expect(drift.stabilityIndex).toBeLessThan(0.001);
  });

  it("is not there for imports that failed before their rows were read", async () => {
    await harness.runImport(GROUP, "broken", DATASET_TYPE_ITEMS, await harness.upload("a.csv", "NONSENSE\n1\n"));
    const { data, errors } = await ask(
      gateway,
      `{ importJob(datasetGroup: "${GROUP}", jobName: "broken") { status reportUrl } dataAnalysis(datasetGroup: "${GROUP}", jobName: "broken") { rows } }`,
    );
    expect({ data, errors }).toEqual({
      data: { importJob: { status: "CREATE FAILED", reportUrl: null }, dataAnalysis: null },
      errors: [],
    });
    const page = await fetch(`${gateway.url}/reports/imports/${GROUP}/broken.html`);
    expect(page.status).toBe(404);
  });

  describe.skipIf(chromiumPath === undefined)(`as a page in a browser${withoutChromium}`, () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: chromiumPath as string, args: ["--no-sandbox"] });
    });
    afterAll(() => browser?.close());

    async function open(jobName: string, colorScheme: "light" | "dark") {
      const { data } = await ask(
        gateway,
        `{ importJob(datasetGroup: "${GROUP}", jobName: "${jobName}") { reportUrl } }`,
      );
      const address = `${gateway.url}${data.importJob.reportUrl}`;
      const page = await browser.newPage({ viewport: { width: 1200, height: 900 }, colorScheme });
      const noted: string[] = [];
      page.on("request", (request) => {
        if (request.url() !== address && !request.url().startsWith("data:")) noted.push(request.url());
      });
      page.on("pageerror", (error) => noted.push(error.message));
      page.on("console", (message) => message.type() === "error" && noted.push(message.text()));
      page.on("dialog", (dialog) => noted.push(dialog.message()));
      await page.goto(address);
      return { page, noted };
    }

    it("shows findings, figures and plots, light and dark, and asks for nothing else", async () => {
      const grounds: unknown[] = [];
      for (const scheme of ["light", "dark"] as const) {
        const { page, noted } = await open("second", scheme);
        expect(await page.title()).toBe("Import second");
        expect(await page.locator("#findings").innerText()).toContain("distributed differently");
        expect(await page.locator("#interactions svg polyline").count()).toBe(1);
        expect(await page.locator("#values svg rect").count()).toBeGreaterThan(20);
        expect(await page.locator("#columns tbody tr").count()).toBe(6);
        const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
        expect(overflow).toBeLessThanOrEqual(0);
        grounds.push(await page.evaluate("getComputedStyle(document.body).backgroundColor"));
        if (process.env["REPORT_SCREENSHOT"]) {
          await page.screenshot({ path: `${process.env["REPORT_SCREENSHOT"]}-${scheme}.png`, fullPage: true });
        }
        expect(noted).toEqual([]);
        await page.close();
      }
      expect(grounds[0]).not.toBe(grounds[1]);
    });

    it("shows values that look like markup as text", async () => {
      const { page, noted } = await open("items", "light");
      expect(await page.locator("#values").innerText()).toContain("<script>alert(1)</script>");
      expect(await page.locator("script").count()).toBe(0);
      expect(noted).toEqual([]);
      await page.close();
    });
  });
});
