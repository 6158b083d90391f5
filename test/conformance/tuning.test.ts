/** Trainings that look for their configuration, that come by themselves, and that begin from the version before. */
import { createClient, streamCall, unaryCall } from "@palate/host";
import {
  CreateSolutionRequest,
  CreateSolutionVersionRequest,
  RecipeServiceClient,
  ResourceStatus,
  TrainingMode,
  TrainingType,
  type SolutionVersion,
} from "@palate/proto/recipe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { eventually, importInteractions, startPalate, twoCircles, type TestPalate } from "../support/palate.js";

const GROUP = "circles";

describe("tuning", () => {
  let palate: TestPalate;
  let recipes: RecipeServiceClient;

  beforeAll(async () => {
    palate = await startPalate(["datasets", "sims"], { PALATE_MAX_TRAININGS: "2" });
    recipes = createClient(RecipeServiceClient, palate.supervisor.address("sims"));
    await importInteractions(palate, GROUP, twoCircles(80, 40, 12));
  }, 120_000);

  afterAll(async () => {
    recipes?.close();
    await palate?.stop();
  });

  const create = (request: Partial<CreateSolutionRequest>) =>
    unaryCall(
      recipes,
      recipes.createSolution,
      CreateSolutionRequest.fromPartial({ datasetGroup: GROUP, recipe: "aws-sims", ...request }),
    );
  const begin = async (solution: string, trainingMode = TrainingMode.TRAINING_MODE_FULL) => {
    const request = CreateSolutionVersionRequest.fromPartial({ datasetGroup: GROUP, solution, trainingMode });
    const { solutionVersion } = await unaryCall(recipes, recipes.createSolutionVersion, request);
    return { datasetGroup: GROUP, solution, versionId: solutionVersion!.versionId };
  };
  const ended = async (key: { datasetGroup: string; solution: string; versionId: string }) => {
    let last: SolutionVersion | undefined;
    for await (const message of streamCall(recipes, recipes.watchSolutionVersion, key)) last = message.solutionVersion;
    return last!;
  };

  it("tries configurations, shows every one, and trains with the best", async () => {
    const hpoConfig = {
      objectiveMetric: "mean_reciprocal_rank_at_25",
      minimize: false,
      maxNumberOfTrainingJobs: 5,
      maxParallelTrainingJobs: 2,
      numericRanges: [{ name: "max_gap", minValue: 1, maxValue: 10 }],
      categoricalRanges: [],
    };
    const { solution } = await create({ name: "searched", performHpo: true, hpoConfig });
    expect(solution?.hpoConfig).toEqual(hpoConfig);
    const version = await ended(await begin("searched"));
    expect(version.failureReason).toBe("");
    expect(version.status).toBe(ResourceStatus.RESOURCE_STATUS_ACTIVE);
    expect(version.trials.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
    const chosen = version.trials.filter((trial) => trial.chosen);
    expect(chosen).toHaveLength(1);
    expect(version.tunedHyperparameters).toEqual(chosen[0]!.hyperparameters);
    expect(version.hyperparameters).toMatchObject(chosen[0]!.hyperparameters);
    for (const trial of version.trials) {
      expect(trial.objective).toBe(trial.metrics["mean_reciprocal_rank_at_25"]);
      expect(Number(trial.hyperparameters["max_gap"])).toBeGreaterThanOrEqual(1);
      expect(Number(trial.hyperparameters["max_gap"])).toBeLessThanOrEqual(10);
    }
    expect(version.metrics["mean_reciprocal_rank_at_25"]).toBeGreaterThan(0);
  });

  it("says which metrics there are when the one to optimise is not among them", async () => {
    const hpoConfig = CreateSolutionRequest.fromPartial({
      hpoConfig: { objectiveMetric: "happiness", maxNumberOfTrainingJobs: 1 },
    }).hpoConfig!;
    await create({ name: "unknown-metric", performHpo: true, hpoConfig });
    const version = await ended(await begin("unknown-metric"));
    expect(version.status).toBe(ResourceStatus.RESOURCE_STATUS_CREATE_FAILED);
    expect(version.failureReason).toMatch(/no metric "happiness"; there are .*mean_reciprocal_rank_at_25/);
  });

  it("refuses ranges, candidates and schedules that cannot be, before anything is stored", async () => {
    const hpoConfig = CreateSolutionRequest.fromPartial({
      hpoConfig: { numericRanges: [{ name: "max_gap", minValue: 0, maxValue: 1e6 }] },
    }).hpoConfig!;
    const wrong: [Partial<CreateSolutionRequest>, RegExp][] = [
      [{ performHpo: true, hpoConfig }, /max_gap: range 0 to 1000000 must lie within/],
      [{ hpoConfig }, /hpo_config has no effect without perform_hpo/],
      [{ performAutoMl: true }, /recipe is chosen by trial/],
      [{ performAutoMl: true, recipe: "" }, /nothing to choose from here/],
      [{ performAutoTraining: true, schedulingExpression: "hourly" }, /"hourly" must be "rate\(7 days\)"/],
      [{ performAutoTraining: true, schedulingExpression: "rate(1 minute)" }, /from 1 hour to 365 days/],
    ];
    for (const [request, message] of wrong)
      await expect(create({ name: "wrong", ...request })).rejects.toMatchObject({
        code: "invalid_argument",
        message: expect.stringMatching(message),
      });
    const key = { datasetGroup: GROUP, name: "wrong" };
    await expect(unaryCall(recipes, recipes.getSolution, key)).rejects.toMatchObject({ code: "not_found" });
  });

  it("chooses the recipe by trial", async () => {
    const { recipes: offered } = await unaryCall(recipes, recipes.listRecipes, {});
    const recipeList = offered.filter(({ type }) => type === offered[0]!.type).map(({ name }) => name);
    await create({ name: "open", recipe: "", performAutoMl: true, autoMlConfig: { recipeList } });
    const version = await ended(await begin("open"));
    expect(version.status).toBe(ResourceStatus.RESOURCE_STATUS_ACTIVE);
    expect(version.trials.map(({ recipe }) => recipe)).toEqual(recipeList);
    const best = version.trials.reduce((a, b) => (b.objective > a.objective ? b : a));
    expect(version.recipe).toBe(best.recipe);
    const campaign = { datasetGroup: GROUP, name: "open", solution: "open", campaignConfig: undefined };
    await unaryCall(recipes, recipes.createCampaign, campaign);
    await eventually(async () => {
      const answer = await unaryCall(recipes, recipes.getCampaign, { datasetGroup: GROUP, name: "open" });
      return answer.campaign?.servingVersionId === version.versionId && answer.campaign.recipe === best.recipe;
    });
  });

  it("goes on with the search after its trainer was killed, without repeating trials", async () => {
    const hpoConfig = CreateSolutionRequest.fromPartial({
      hpoConfig: { maxNumberOfTrainingJobs: 4, maxParallelTrainingJobs: 1 },
    }).hpoConfig!;
    await create({ name: "killed", performHpo: true, hpoConfig });
    const key = await begin("killed");
    const now = async () => (await unaryCall(recipes, recipes.getSolutionVersion, key)).solutionVersion!;
    await eventually(async () => (await now()).trials.length > 0);
    const before = (await now()).trials;
    const parent = String(palate.supervisor.pids().get("sims"));
    const { stdout } = await promisify(execFile)("pgrep", ["-P", parent, "-f", " train "]);
    for (const trainer of stdout.trim().split("\n")) process.kill(Number(trainer), "SIGKILL");
    const version = await ended(key);
    expect(version.status).toBe(ResourceStatus.RESOURCE_STATUS_ACTIVE);
    expect(version.trials).toHaveLength(4);
    const timeless = ({ number, seconds, objective }: (typeof before)[number]) => ({ number, seconds, objective });
    expect(version.trials.slice(0, before.length).map(timeless)).toEqual(before.map(timeless));
  });

  it("trains by itself", async () => {
    const { solution } = await create({
      name: "scheduled",
      performAutoTraining: true,
      schedulingExpression: "rate(48 hours)",
    });
    expect(solution?.schedulingExpression).toBe("rate(2 days)");
    const request = { datasetGroup: GROUP, solution: "scheduled", pageSize: 0, pageToken: "" };
    const versions = async () =>
      (await unaryCall(recipes, recipes.listSolutionVersions, request)).solutionVersions.filter(
        ({ status }) => status === ResourceStatus.RESOURCE_STATUS_ACTIVE,
      );
    await eventually(async () => (await versions()).length > 0);
    expect((await versions()).map(({ trainingType }) => trainingType)).toEqual([TrainingType.TRAINING_TYPE_AUTOMATIC]);
  });

  it("takes training mode UPDATE also where there is nothing to begin from", async () => {
    await create({ name: "updated" });
    const version = await ended(await begin("updated", TrainingMode.TRAINING_MODE_UPDATE));
    expect(version.status).toBe(ResourceStatus.RESOURCE_STATUS_ACTIVE);
    expect(version.trainingMode).toBe(TrainingMode.TRAINING_MODE_UPDATE);
  });
});
