/** Batch jobs: the same answers as live requests, by the file, through crashes. */
import { createClient, streamCall, unaryCall } from "@palate/host";
import {
  CreateBatchJobRequest,
  CreateSolutionRequest,
  CreateSolutionVersionRequest,
  GetRecommendationsRequest,
  GetSegmentRequest,
  RecipeServiceClient,
  RecommendationServiceClient,
  ResourceStatus,
  type BatchJob,
} from "@palate/proto/recipe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, importInteractions, startPalate, twoCircles, type TestPalate } from "../support/palate.js";

const GROUP = "circles";

interface OutputLine {
  readonly input: unknown;
  readonly output: { readonly recommendedItems?: string[]; readonly usersList?: string[]; readonly scores?: number[] };
  readonly error: string | null;
}

describe("batch jobs", () => {
  let palate: TestPalate;

  beforeAll(async () => {
    palate = await startPalate(["datasets", "sims", "segments"]);
    await importInteractions(palate, GROUP, twoCircles(80, 40, 12));
  }, 120_000);

  afterAll(() => palate?.stop());

  /** A trained solution and a campaign of the same name, and what to ask its service with. */
  async function served(service: string, recipe: string, name: string) {
    const address = palate.supervisor.address(service);
    const recipes = createClient(RecipeServiceClient, address);
    const live = createClient(RecommendationServiceClient, address);
    const key = { datasetGroup: GROUP, name };
    await unaryCall(recipes, recipes.createSolution, CreateSolutionRequest.fromPartial({ ...key, recipe }));
    await unaryCall(recipes, recipes.createCampaign, {
      ...key,
      solution: name,
      versionId: undefined,
      campaignConfig: undefined,
    });
    const request = CreateSolutionVersionRequest.fromPartial({ datasetGroup: GROUP, solution: name });
    await unaryCall(recipes, recipes.createSolutionVersion, request);
    await eventually(async () => {
      const { campaign } = await unaryCall(recipes, recipes.getCampaign, key);
      return campaign?.status === ResourceStatus.RESOURCE_STATUS_ACTIVE;
    });
    const create = async (jobName: string, lines: readonly unknown[] | "everything", query: object = {}) => {
      const text = lines === "everything" ? undefined : lines.map((line) => `${toLine(line)}\n`).join("");
      const input = text === undefined ? {} : { input: Buffer.from(text) };
      const asked = { datasetGroup: GROUP, jobName, solution: name, ...input, ...query };
      return (await unaryCall(recipes, recipes.createBatchJob, CreateBatchJobRequest.fromPartial(asked))).batchJob!;
    };
    const get = async (jobName: string): Promise<BatchJob> =>
      (await unaryCall(recipes, recipes.getBatchJob, { datasetGroup: GROUP, jobName })).batchJob!;
    const output = async (jobName: string): Promise<OutputLine[]> => {
      const chunks: Buffer[] = [];
      for await (const { data } of streamCall(recipes, recipes.readBatchJobOutput, { datasetGroup: GROUP, jobName }))
        chunks.push(data);
      const text = Buffer.concat(chunks).toString("utf8");
      return text
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as OutputLine);
    };
    const finished = async (jobName: string): Promise<OutputLine[]> => {
      await eventually(async () => (await get(jobName)).status !== ResourceStatus.RESOURCE_STATUS_CREATE_PENDING);
      await eventually(async () => (await get(jobName)).status !== ResourceStatus.RESOURCE_STATUS_CREATE_IN_PROGRESS);
      return output(jobName);
    };
    const close = (): void => {
      recipes.close();
      live.close();
    };
    return { recipes, live, create, get, output, finished, close };
  }
  const toLine = (line: unknown): string => (typeof line === "string" ? line : JSON.stringify(line));

  it("answers each line as the live request is answered, and says what is wrong with those it cannot", async () => {
    const sims = await served("sims", "aws-sims", "related");
    const recommendations = GetRecommendationsRequest.fromPartial({ numResults: 4 });
    await sims.create("some", [{ itemId: "x0" }, { itemId: "y3" }, "{", { itemId: "x1", wish: 1 }, { userId: "u1" }], {
      recommendations,
    });
    const lines = await sims.finished("some");
    for (const [at, itemId] of ["x0", "y3"].entries()) {
      const request = { ...recommendations, datasetGroup: GROUP, campaign: "related", itemId };
      const answer = await unaryCall(sims.live, sims.live.getRecommendations, request);
      expect(lines[at]).toMatchObject({ input: { itemId }, error: null });
      expect(lines[at]!.output.recommendedItems).toEqual(answer.itemIds);
      expect(lines[at]!.output.scores).toEqual(answer.scores);
    }
    expect(lines.slice(2).map(({ output }) => output)).toEqual([null, null, null]);
    expect(lines[2]!.error).toMatch(/not JSON/);
    expect(lines[3]!.error).toMatch(/wish/);
    expect(lines[4]!.error).toMatch(/item_id is required by aws-sims/);
    const job = await sims.get("some");
    expect(job).toMatchObject({ lines: 5, linesDone: 5, linesFailed: 3, recipe: "aws-sims", secondsLeft: 0 });
    sims.close();
  });

  it("fails, with what is wrong, when it can answer nothing at all", async () => {
    const sims = await served("sims", "aws-sims", "garbage");
    await sims.create("garbage", ["{", "not JSON either"], {});
    const lines = await sims.finished("garbage");
    expect(lines.map(({ output }) => output)).toEqual([null, null]);
    const job = await sims.get("garbage");
    expect(job).toMatchObject({ lines: 2, linesFailed: 2, status: ResourceStatus.RESOURCE_STATUS_CREATE_FAILED });
    expect(job!.failureReason).toMatch(/^None of the 2 lines could be answered; the first: .*not JSON/);
    sims.close();
  });

  it("asks about everything when there is no input, and goes on after kill -9 where it was", async () => {
    const sims = await served("sims", "aws-sims", "all");
    await sims.create("every-item", "everything");
    const items = (await sims.finished("every-item")).map(({ input }) => (input as { itemId: string }).itemId);
    expect(new Set(items).size).toBe(40);
    expect(items).toHaveLength(40);

    const many = Array.from({ length: 20_000 }, (_, at) => ({ itemId: `x${at % 20}`, timestamp: 1e9 + at }));
    await sims.create("long", many);
    await eventually(async () => (await sims.get("long")).linesDone > 0);
    process.kill(palate.supervisor.pids().get("sims")!, "SIGKILL");
    await eventually(async () =>
      sims.get("long").then(
        () => true,
        () => false,
      ),
    );
    const lines = await sims.finished("long");
    expect(lines.map(({ input }) => input)).toEqual(many);
    expect(lines.every(({ error }) => error === null)).toBe(true);
    sims.close();
  }, 120_000);

  it("stops, keeps what it has, and deletes", async () => {
    const sims = await served("sims", "aws-sims", "stopped");
    const { recipes } = sims;
    const lines = Array.from({ length: 100_000 }, () => ({ itemId: "x0" }));
    const first = await sims.create("stopped", lines);
    expect((await sims.create("stopped", lines)).createdAtMs).toBe(first.createdAtMs);
    await expect(sims.create("stopped", [{ itemId: "y0" }])).rejects.toMatchObject({ code: "already_exists" });
    await eventually(async () => (await sims.get("stopped")).linesDone > 0);
    const key = { datasetGroup: GROUP, jobName: "stopped" };
    const { batchJob } = await unaryCall(recipes, recipes.stopBatchJob, key);
    expect(batchJob?.status).toBe(ResourceStatus.RESOURCE_STATUS_CREATE_STOPPED);
    expect(await sims.output("stopped")).toHaveLength(batchJob!.linesDone);
    await expect(unaryCall(recipes, recipes.stopBatchJob, key)).rejects.toMatchObject({ code: "failed_precondition" });
    await unaryCall(recipes, recipes.deleteBatchJob, key);
    await expect(sims.get("stopped")).rejects.toMatchObject({ code: "not_found" });
    sims.close();
  });

  it("refuses what cannot be before anything is stored", async () => {
    const sims = await served("sims", "aws-sims", "strict");
    const segment = GetSegmentRequest.fromPartial({ numResults: 3 });
    await expect(sims.create("wrong", "everything", { segment })).rejects.toMatchObject({
      code: "invalid_argument",
      message: "segment is not what aws-sims is asked with; give recommendations.",
    });
    const recommendations = GetRecommendationsRequest.fromPartial({ pageToken: "AAAA.3" });
    await expect(sims.create("wrong", "everything", { recommendations })).rejects.toMatchObject({
      code: "invalid_argument",
      message: expect.stringContaining("recommendations.page_token means nothing in a batch") as string,
    });
    await expect(sims.create("wrong", "everything", { solution: "none" })).rejects.toMatchObject({ code: "not_found" });
    await expect(sims.create("a b", "everything")).rejects.toMatchObject({ code: "invalid_argument" });
    await expect(sims.create("wrong", [])).rejects.toMatchObject({ message: expect.stringMatching(/^input is empty/) });
    const page = { datasetGroup: GROUP, pageSize: 0, pageToken: "" };
    const { batchJobs } = await unaryCall(sims.recipes, sims.recipes.listBatchJobs, page);
    expect(batchJobs.map(({ jobName }) => jobName)).not.toContain("wrong");
    sims.close();
  });

  it("finds users by the file, as live", async () => {
    const segments = await served("segments", "aws-item-affinity", "owners");
    const segment = GetSegmentRequest.fromPartial({ numResults: 7 });
    await segments.create("two", [{ itemId: "x0" }, { itemId: "y1" }], { segment });
    const lines = await segments.finished("two");
    const request = { ...segment, datasetGroup: GROUP, campaign: "owners", itemId: "y1" };
    const users: string[] = [];
    for await (const { userIds } of streamCall(segments.live, segments.live.getSegment, request))
      users.push(...userIds);
    expect(users).toHaveLength(7);
    expect(lines[1]!.output.usersList).toEqual(users);
    segments.close();
  });
});
