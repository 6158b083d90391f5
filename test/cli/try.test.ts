import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startPalate, twoCircles, type TestPalate } from "../support/palate.js";
import { palate, palateJson } from "./palate-command.js";

// Each test starts several processes.
vi.setConfig({ testTimeout: 180_000 });

let services: TestPalate;
let url: string;
/** Ratings as MovieLens lays them out: "::" between values, and no header. */
let ratings: string;

interface TryDocument {
  readonly datasetGroup: string;
  readonly seconds: number;
  readonly files: { datasetType: string; mapping: object | null }[];
  readonly importJobs: { status: string; rows: number }[];
  readonly trainings: { solution: string; recipe: string; versionId: string }[];
  readonly answers: { campaign: string; userId?: string; edges: { node: { itemId: string } }[] }[];
}

beforeAll(async () => {
  services = await startPalate(["datasets", "popularity", "sims", "user-personalization", "gateway"]);
  url = services.supervisor.gatewayUrl;
  const rows = twoCircles(60, 40, 12).trim().split("\n").slice(1);
  const lines = rows.map((row) => {
    const [user = "", item = "", time = ""] = row.split(",");
    const id = Number(item.slice(1)) + (item.startsWith("y") ? 100 : 1);
    return `${Number(user.slice(1)) + 1}::${id}::${(id % 5) + 1}::${time}`;
  });
  ratings = path.join(services.dataFolder, "ratings.dat");
  await writeFile(ratings, `${lines.join("\n")}\n`);
}, 200_000);
afterAll(() => services?.stop());

describe("palate infer", () => {
  it("says what a file without a header is, and writes a mapping that palate import takes", async () => {
    const mapping = path.join(services.dataFolder, "mapping.json");
    const { code, stdout, stderr } = await palate(["infer", ratings, "-o", mapping], { url });
    expect(stdout).toMatch(/INTERACTIONS[^]*delimiter "::"[^]*USER_ID ← [^]*in the file[^]*in the dataset[^]*USER_ID/);
    expect(stderr).toContain("Wrote the mapping");
    expect(code).toBe(0);
    const edited = (await readFile(mapping, "utf8")).trimEnd();
    expect(JSON.parse(edited)).toMatchObject({ csv: { delimiter: "::" } });
    const imported = await palate(["import", ratings, "-g", "mapped", "-m", mapping], { url });
    expect(imported.stdout).toContain('720 rows are in "mapped"');
  });

  it("of a mapping that is no JSON says where it stops being some", async () => {
    const mapping = path.join(services.dataFolder, "broken.json");
    await writeFile(mapping, "{ csv: ");
    const { code, stderr } = await palate(["import", ratings, "-g", "mapped", "-m", mapping], { url });
    expect(stderr).toMatch(/broken\.json" is no JSON/);
    expect(code).toBe(2);
  });

  it("of a mapping with a field that there is not names it", async () => {
    const mapping = path.join(services.dataFolder, "typo.json");
    await writeFile(mapping, `{ "csv": { "delimitor": "::" } }`);
    const { code, stderr } = await palate(["infer", ratings, "-m", mapping], { url });
    expect(stderr).toContain("delimitor");
    expect(code).toBe(1);
  });
});

describe("palate try", () => {
  it("asks first; without anybody to ask it imports nothing", async () => {
    const { code, stdout, stderr } = await palate(["try", ratings, "-g", "unasked"], { url });
    expect(stdout).toContain("in the dataset");
    expect(stderr).toContain("--yes");
    expect(code).toBe(2);
    expect((await palate(["status", "-g", "unasked"], { url })).code).toBe(1);
  });

  it(
    "goes from a file to recommendations for three users, and leaves everything running",
    { timeout: 200_000 },
    async () => {
      const answer = await palateJson<TryDocument>(["try", ratings, "--yes"], { url });
      expect(answer.datasetGroup).toBe("ratings");
      expect(answer.importJobs).toMatchObject([{ status: "ACTIVE", rows: 720 }]);
      const personal = answer.answers.filter(({ campaign }) => campaign === "for-you");
      expect(new Set(personal.map(({ userId }) => userId)).size).toBe(3);
      expect(personal.every(({ edges }) => edges.length === 5)).toBe(true);
      expect(answer.answers.map(({ campaign }) => campaign)).toContain("popular");
      expect(answer.trainings.map(({ solution }) => solution)).toEqual(["popular", "for-you", "similar"]);
      const later = await palate(["recommend", "1", "-g", "ratings", "-c", "for-you"], { url });
      expect(later.stdout).toMatch(/for-you for 1/);
    },
  );

  it("of a file that is no data imports nothing and says why", async () => {
    const file = path.join(services.dataFolder, "letter.txt");
    await writeFile(file, "Dear reader,\nthis is no table.\n");
    const { code, stderr } = await palate(["try", file, "--yes", "-g", "letter"], { url });
    expect(stderr).toMatch(/^palate: /m);
    expect(code).toBe(1);
    expect((await palate(["status", "-g", "letter"], { url })).code).toBe(1);
  });
});
