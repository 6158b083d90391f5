import type { RunningGateway } from "@palate/gateway";
import { createClient, streamCall, unaryCall } from "@palate/host";
import { CreateSolutionRequest, CreateSolutionVersionRequest, RecipeServiceClient } from "@palate/proto/recipe";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { gatewayWith } from "../contract/gateway-client.js";
import { chromiumPath, withoutChromium } from "../support/chromium.js";
import { importInteractions, startPalate, twoCircles, type TestPalate } from "../support/palate.js";

const GROUP = "report-shop";
const SERVICE = "user-personalization";

describe.skipIf(chromiumPath === undefined)(`report of a solution version in a browser${withoutChromium}`, () => {
  let palate: TestPalate;
  let recipes: RecipeServiceClient;
  let gateway: RunningGateway;
  let browser: Browser;
  let url: string;

  beforeAll(async () => {
    palate = await startPalate(["datasets", SERVICE]);
    recipes = createClient(RecipeServiceClient, palate.supervisor.address(SERVICE));
    gateway = await gatewayWith({
      PALATE_DATASETS_ADDRESS: palate.supervisor.address("datasets"),
      PALATE_RECIPE_SERVICES: palate.supervisor.address(SERVICE),
    });
    browser = await chromium.launch({ executablePath: chromiumPath as string, args: ["--no-sandbox"] });
    await importInteractions(palate, GROUP, twoCircles(200, 40, 12));
    const solution = CreateSolutionRequest.fromPartial({
      datasetGroup: GROUP,
      name: "for-you",
      recipe: "aws-user-personalization-v2",
      hyperparameters: { training_seconds: "2" },
    });
    await unaryCall(recipes, recipes.createSolution, solution);
    const training = CreateSolutionVersionRequest.fromPartial({ datasetGroup: GROUP, solution: "for-you", seed: 7 });
    const { solutionVersion } = await unaryCall(recipes, recipes.createSolutionVersion, training);
    const { versionId } = solutionVersion!;
    const watched = { datasetGroup: GROUP, solution: "for-you", versionId };
    for await (const _ of streamCall(recipes, recipes.watchSolutionVersion, watched));
    const query = `{ solutionVersion(datasetGroup: "${GROUP}", solution: "for-you", versionId: "${versionId}") {
      reportUrl checkpoints checkpointHistory { number seconds metrics { name value } }
      evaluation { cases primaryMetric baseline intervals { name low high } quintiles { items truths recallAt25 } }
    } }`;
    const response = await fetch(`${gateway.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query }),
    });
    const { data } = (await response.json()) as { data: { solutionVersion: Version } };
    version = data.solutionVersion;
    url = `${gateway.url}${version.reportUrl}`;
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
    await gateway?.close();
    recipes?.close();
    await palate?.stop();
  });

  interface Version {
    readonly reportUrl: string;
    readonly checkpoints: number;
    readonly checkpointHistory: readonly { number: number; metrics: readonly { name: string; value: number }[] }[];
    readonly evaluation: {
      readonly cases: number;
      readonly primaryMetric: string;
      readonly baseline: string;
      readonly intervals: readonly { name: string; low: number; high: number }[];
      readonly quintiles: readonly { items: number; truths: number; recallAt25: number }[];
    };
  }
  let version: Version;

  /** Opens an address and notes whatever the page asks for besides itself, and what goes wrong. */
  async function open(address: string, colorScheme: "light" | "dark", width = 1200) {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const asked: string[] = [];
    const problems: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    await page.goto(address);
    return { page, others: () => asked.filter((one) => one !== address && !one.startsWith("data:")), problems };
  }

  const background = (page: Page) => page.evaluate("getComputedStyle(document.body).backgroundColor");

  it("is what the API says of the version's quality, to be read and seen", async () => {
    const { page, others, problems } = await open(url, "light");
    const text = (await page.locator("body").innerText()).replaceAll("\u00a0", " ");
    expect(await page.title()).toContain("for-you");
    for (const part of ["aws-user-personalization-v2", GROUP, "NDCG@10", "training_seconds", "the most popular items"])
      expect(text).toContain(part);
    const { metrics } = version.checkpointHistory.at(-1)!;
    const ndcg = metrics.find(({ name }) => name === version.evaluation.primaryMetric)!.value;
    const interval = version.evaluation.intervals.find(({ name }) => name === version.evaluation.primaryMetric)!;
    expect(interval.low).toBeLessThanOrEqual(ndcg);
    expect(interval.high).toBeGreaterThanOrEqual(ndcg);
    await expect(page.locator(".card", { hasText: "NDCG@10" }).locator("strong").innerText()).resolves.toBe(
      ndcg === 1 ? "1" : ndcg.toFixed(4),
    );
    expect(version.checkpointHistory).toHaveLength(version.checkpoints);
    expect(version.evaluation.quintiles.reduce((sum, { truths }) => sum + truths, 0)).toBeGreaterThanOrEqual(
      version.evaluation.cases,
    );
    // Each drawing has something in it and lies within the page.
    const charts = page.locator("svg.chart");
    expect(await charts.count()).toBeGreaterThanOrEqual(2);
    for (const chart of await charts.all()) {
      expect(await chart.locator("rect, circle").count()).toBeGreaterThan(0);
      const box = (await chart.boundingBox())!;
      expect(box.width).toBeGreaterThan(300);
      expect(box.x + box.width).toBeLessThanOrEqual(1200);
    }
    if (process.env["REPORT_SCREENSHOT"])
      await page.screenshot({ path: process.env["REPORT_SCREENSHOT"], fullPage: true });
    expect({ others: others(), problems }).toEqual({ others: [], problems: [] });
    await page.close();
  });

  it("opens from a file without the gateway, follows the choice of dark, and fits a telephone", async () => {
    const html = await (await fetch(url)).text();
    const file = path.join(palate.importFolder, "stored.html");
    await writeFile(file, html);
    expect(await readFile(file, "utf8")).toBe(html);
    const { page, others, problems } = await open(`file://${file}`, "dark", 400);
    const light = await open(`file://${file}`, "light", 400);
    expect(await background(page)).not.toBe(await background(light.page));
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(400);
    expect(await page.locator("svg.chart").first().isVisible()).toBe(true);
    expect({ others: others(), problems }).toEqual({ others: [], problems: [] });
    await page.close();
    await light.page.close();
  });

  it("is only for versions that there are, and says which paths there are", async () => {
    const at = async (address: string) => {
      const response = await fetch(`${gateway.url}/reports/solution-versions/${address}`);
      return [response.status, ((await response.json()) as { errors: { message: string }[] }).errors[0]!.message];
    };
    expect(await at(`${GROUP}/for-you/00000000.html`)).toEqual([404, expect.stringContaining("00000000")]);
    expect(await at(`${GROUP}/none/00000000.html`)).toEqual([404, expect.stringContaining("none")]);
    expect(await at(GROUP)).toEqual([404, expect.stringContaining("GROUP/SOLUTION/VERSION.html")]);
  });
});
