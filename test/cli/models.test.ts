import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startPalate, twoCircles, type TestPalate } from "../support/palate.js";
import { palate, palateJson, spawnPalate } from "./palate-command.js";

// Each test starts several processes.
vi.setConfig({ testTimeout: 180_000 });

let services: TestPalate;
let url: string;

/** Items of both circles with what people call them. */
const ITEMS = ["x", "y"].flatMap((circle) =>
  Array.from({ length: 20 }, (_, i) => `${circle}${i},Title of ${circle}${i},${circle}`),
);

interface ItemsDocument {
  readonly campaign: string;
  readonly edges: { rank: number; score: number | null; node: { itemId: string; attributes: unknown[] } }[];
}

beforeAll(async () => {
  services = await startPalate([
    "datasets",
    "popularity",
    "sims",
    "user-personalization",
    "ranking",
    "segments",
    "gateway",
  ]);
  url = services.supervisor.gatewayUrl;
  const file = (name: string) => path.join(services.importFolder, name);
  await writeFile(file("ratings.csv"), twoCircles(60, 40, 12));
  await writeFile(file("films.csv"), `ITEM_ID,TITLE,GENRE\n${ITEMS.join("\n")}\n`);
  for (const [name, type] of [
    ["ratings.csv", "interactions"],
    ["films.csv", "items"],
  ] as const) {
    const { code, stderr } = await palate(["import", file(name), "-g", "films", "-t", type], { url });
    if (code !== 0) throw new Error(stderr);
  }
}, 300_000);
afterAll(() => services?.stop());

describe("palate train", () => {
  it("makes solution and campaign and returns at once", async () => {
    const args = ["train", "similar", "-r", "aws-sims"];
    expect(await palateJson(args, { url })).toMatchObject({
      datasetGroup: "films",
      solution: "similar",
      campaign: "similar",
    });
    expect((await palate(["status"], { url })).stdout).toMatch(/similar +aws-sims/);
  });

  it("with --watch ends when the training does, with its metrics; for programs each step is a line of JSON", async () => {
    const watched = await palate(["train", "similar", "--watch", "--latest"], { url });
    expect(watched.stdout).toMatch(/similar \(aws-sims\), version[^]*hit_rate_at_10[^]*Report: http/);
    expect(watched.stderr).toContain("✓ similar: trained in");
    expect(watched.code).toBe(0);
    const { stdout } = await palate(["train", "popular", "-r", "aws-popularity-count", "--watch", "--json"], { url });
    const steps = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { solution: string; status: string });
    expect(steps.every(({ solution }) => solution === "popular")).toBe(true);
    expect(steps.at(-1)?.status).toBe("ACTIVE");
  });

  it("without a recipe says which there are, and with one that there is not what is wrong", async () => {
    const missing = await palate(["train", "new"], { url });
    expect(missing.stderr).toMatch(/no solution "new"[^]*aws-sims/);
    expect(missing.code).toBe(2);
    const wrong = await palate(["train", "new", "-r", "aws-nothing"], { url });
    expect(wrong.stderr).toMatch(/palate: .*aws-nothing/);
    expect(wrong.code).toBe(1);
    const other = await palate(["train", "similar", "-r", "aws-popularity-count"], { url });
    expect(other.stderr).toContain('"similar" has the recipe aws-sims');
  });

  it("interrupted while watching leaves the training alone and ends with 130", async () => {
    const args = [
      "train",
      "long",
      "-r",
      "aws-user-personalization-v2",
      "-s",
      "training_seconds=600",
      "--no-campaign",
      "--watch",
      "--json",
    ];
    const child = spawnPalate(args, { url });
    const [told] = (await once(child.stdout, "data")) as [Buffer];
    const { versionId } = JSON.parse(String(told).split("\n")[0] ?? "") as { versionId: string };
    child.kill("SIGINT");
    expect(await once(child, "exit")).toEqual([130, null]);
    expect((await palate(["status"], { url })).stdout).toMatch(/long +aws-user-personalization-v2 +CREATE/);
    // Trainings of a service wait for one another, so those to come would wait for this one.
    const key = `datasetGroup: "films", solution: "long", versionId: "${versionId}"`;
    const query = `mutation { stopSolutionVersionCreation(input: { ${key} }) { userErrors { message } } }`;
    const stopped = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query }),
    });
    expect(await stopped.json()).toEqual({ data: { stopSolutionVersionCreation: { userErrors: [] } } });
  });
});

describe("answers", () => {
  beforeAll(async () => {
    const recipes = {
      "for-you": ["-r", "aws-user-personalization-v2", "-s", "training_seconds=1"],
      ranked: ["-r", "aws-personalized-ranking-v2", "-s", "training_seconds=1"],
      fans: ["-r", "aws-item-affinity"],
    };
    const trainings = Object.entries(recipes).map(async ([solution, how]) => {
      const { code, stderr } = await palate(["train", solution, ...how, "--watch"], { url });
      if (code !== 0) throw new Error(stderr);
    });
    await Promise.all(trainings);
  }, 600_000);

  it("palate recommend shows items with their titles, best first", async () => {
    const { code, stdout } = await palate(["recommend", "u0", "-n", "3"], { url });
    expect(stdout).toMatch(/for-you for u0, from 12 interactions of theirs/);
    expect(stdout).toMatch(/^1 +x\d+ +Title of x\d+ +x/m);
    expect(code).toBe(0);
    const answer = await palateJson<ItemsDocument>(["recommend", "u0", "-n", "3"], { url });
    expect(answer.campaign).toBe("for-you");
    expect(answer.edges.map(({ rank }) => rank)).toEqual([1, 2, 3]);
    const filtered = await palateJson<ItemsDocument>(
      ["recommend", "u0", "-n", "3", "--where", "INCLUDE ItemID WHERE Items.GENRE IN ($G)", "--value", "G=y"],
      { url },
    );
    expect(filtered.edges.every(({ node }) => node.itemId.startsWith("y"))).toBe(true);
  });

  it("palate recommend without a user shows what is popular, and refuses a wrong filter with its place", async () => {
    expect((await palateJson<ItemsDocument>(["recommend"], { url })).campaign).toBe("popular");
    const { code, stderr } = await palate(["recommend", "u0", "--where", "EXCLUDE nothing"], { url });
    expect(stderr).toMatch(/palate: [^]*nothing/);
    expect(code).toBe(1);
  });

  it("palate similar shows items of the same circle, and what speaks for them", async () => {
    const { stdout } = await palate(["similar", "x3", "-n", "2", "--reasons"], { url });
    expect(stdout).toMatch(/^1 +x\d+ +Title of x\d+ .*Title of x3 100 %/m);
  });

  it("palate rank orders what is given, by arguments or from a pipe", async () => {
    const given = await palateJson<ItemsDocument>(["rank", "u0", "y1", "x13", "y2"], { url });
    expect(given.edges.map(({ node }) => node.itemId)[0]).toBe("x13");
    const piped = await palateJson<ItemsDocument>(["rank", "u0"], { url, input: "y1\nx13\ny2\n" });
    expect(piped.edges.map(({ node }) => node.itemId)).toEqual(given.edges.map(({ node }) => node.itemId));
    const nothing = await palate(["rank", "u0"], { url });
    expect(nothing.stderr).toContain("There are no items to rank");
    expect(nothing.code).toBe(2);
  });

  it("palate segment shows users who like an item", async () => {
    const { stdout, code } = await palate(["segment", "--item", "x3", "-n", "4"], { url });
    const users = [...stdout.matchAll(/^\d+ +u(\d+) /gm)].map(([, user]) => Number(user));
    expect(users).toHaveLength(4);
    expect(users.every((user) => user % 2 === 0)).toBe(true);
    expect(code).toBe(0);
  });

  it("palate metrics shows them beside the baseline's", async () => {
    const { stdout } = await palate(["metrics", "for-you"], { url });
    expect(stdout).toMatch(/baseline[^]*normalized_discounted_cumulative_gain_at_10 +\d/);
    const { code, stderr } = await palate(["metrics", "nothing"], { url });
    expect(stderr).toContain('no version $LATEST of a solution "nothing"');
    expect(code).toBe(1);
  });

  it("a campaign that there is not is said to be missing, and an unknown user gets an answer", async () => {
    const { code, stderr } = await palate(["recommend", "u0", "-c", "nothing"], { url });
    expect(stderr).toContain('"nothing"');
    expect(code).toBe(1);
    expect((await palateJson<ItemsDocument>(["recommend", "nobody", "-n", "2"], { url })).edges).toHaveLength(2);
  });
});
