import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningGateway } from "@palate/gateway";
import { gatewayWith } from "../contract/gateway-client.js";
import { MemoryDatasets } from "../contract/gateway-datasets.js";
import { MemoryRecipeService } from "../contract/gateway-recipes.js";
import { chromiumPath, withoutChromium } from "../support/chromium.js";

/** The text of the answer that is shown; the editor draws spaces as no-break spaces. */
async function shown(page: Page): Promise<string> {
  return (await page.locator(".result-window").innerText()).replaceAll("\u00a0", " ");
}

describe.skipIf(chromiumPath === undefined)(`explorer in a browser${withoutChromium}`, () => {
  let browser: Browser;
  let gateway: RunningGateway;
  let services: { stop(): Promise<unknown> }[];
  let sims: MemoryRecipeService;

  beforeAll(async () => {
    const datasets = await new MemoryDatasets().start();
    sims = await new MemoryRecipeService("sims", "aws-sims").start();
    for (const campaign of ["for-you", "similar", "popular"]) sims.addCampaign("online-retail", campaign);
    services = [datasets, sims];
    gateway = await gatewayWith({
      PALATE_DATASETS_ADDRESS: datasets.address,
      PALATE_RECIPE_SERVICES: sims.address,
    });
    browser = await chromium.launch({ executablePath: chromiumPath as string, args: ["--no-sandbox"] });
  });
  afterAll(async () => {
    await browser?.close();
    await gateway?.close();
    await Promise.all((services ?? []).map((service) => service.stop()));
  });

  /** Opens the explorer and notes every request that would leave the host. */
  async function open(): Promise<{ page: Page; outside: string[]; problems: string[] }> {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    const outside: string[] = [];
    const problems: string[] = [];
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith("http") && url.origin !== gateway.url) outside.push(request.url());
    });
    page.on("pageerror", (error) => problems.push(error.message));
    // What the page's policy forbids it to do, the browser tells on its console.
    page.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) problems.push(message.text());
    });
    await page.goto(gateway.url);
    await page.locator(".graphiql-execute-button").waitFor();
    return { page, outside, problems };
  }

  it("shows the first example, runs it and shows the answer, without leaving the host", async () => {
    const { page, outside, problems } = await open();
    expect(await page.title()).toBe("Palate");
    await page.locator(".graphiql-editor").first().getByText("ForYou").first().waitFor();
    await page.locator(".graphiql-execute-button").click();
    await page.locator(".result-window").getByText("item-1", { exact: false }).first().waitFor();
    const answer = await shown(page);
    expect(answer).toContain("recommendations");
    expect(answer).toContain("DESCRIPTION of item-1");
    if (process.env["EXPLORER_SCREENSHOT"]) await page.screenshot({ path: process.env["EXPLORER_SCREENSHOT"] });
    expect({ outside, problems }).toEqual({ outside: [], problems: [] });
    await page.close();
  });

  it("has the examples in tabs, each of which is valid", async () => {
    const { page, problems } = await open();
    const tabs = page.locator(".graphiql-tab-button");
    const names = await tabs.allInnerTexts();
    expect(names).toEqual([
      "ForYou",
      "Similar",
      "Home",
      "Filtered",
      "Why",
      "Buy",
      "Actions",
      "NextBestAction",
      "Overview",
      "Recipes",
    ]);
    for (const name of names) {
      await tabs.getByText(name, { exact: true }).click();
      // The editor learns the operation's name a moment after the tab is shown; a person is slower than that.
      for (let attempt = 0; attempt < 20 && !(await shown(page)).includes('"data"'); attempt++) {
        await page.locator(".graphiql-execute-button").click();
        await page.waitForTimeout(250);
      }
      const answer = await shown(page);
      expect([name, answer]).toEqual([name, expect.stringContaining('"data"')]);
    }
    expect(problems).toEqual([]);
    await page.close();
  });

  it("knows the schema, with its descriptions", async () => {
    const { page } = await open();
    await page
      .getByRole("button", { name: /documentation explorer/i })
      .first()
      .click();
    await page.locator(".graphiql-doc-explorer").getByText("Query", { exact: true }).first().click();
    await page.locator(".graphiql-doc-explorer").getByText("recommendations", { exact: true }).first().waitFor();
    await page.close();
  });

  it("completes what is being written", async () => {
    const { page, problems } = await open();
    await page.locator(".graphiql-editor .view-lines").first().click();
    await page.keyboard.press("Control+A");
    await page.keyboard.type("{ recipes { nodes { na");
    const suggested = page.locator(".suggest-widget .monaco-list-row").first();
    for (let attempt = 0; attempt < 20 && !(await suggested.isVisible()); attempt++) {
      await page.keyboard.press("Control+Space");
      await page.waitForTimeout(250);
    }
    expect(await suggested.innerText()).toContain("name");
    expect(problems).toEqual([]);
    await page.close();
  });
});
