import { createClient, unaryCall } from "@palate/host";
import {
  CreateSolutionRequest,
  CreateSolutionVersionRequest,
  RecipeServiceClient,
  ResourceStatus,
} from "@palate/proto/recipe";
import { afterAll, beforeAll, describe, it } from "vitest";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { eventually, importInteractions, startPalate, twoCircles, type TestPalate } from "../support/palate.js";

const GROUP = "survivors";
const SERVICE = "user-personalization";

describe("a trainer that is killed while its network learns", () => {
  let palate: TestPalate;
  let recipes: RecipeServiceClient;

  beforeAll(async () => {
    palate = await startPalate(["datasets", SERVICE], { PALATE_LOG_LEVEL: "debug" });
    recipes = createClient(RecipeServiceClient, palate.supervisor.address(SERVICE));
    await importInteractions(palate, GROUP, twoCircles(60, 40, 12));
  });
  afterAll(async () => {
    recipes.close();
    await palate.stop();
  });

  it("is started again and goes on with what it had learned", async () => {
    const hyperparameters = { training_seconds: "40", hidden_dimension: "32", item_dimension: "16", bptt: "8" };
    const solution = { datasetGroup: GROUP, name: "hrnn", recipe: "aws-hrnn", hyperparameters };
    await unaryCall(recipes, recipes.createSolution, CreateSolutionRequest.fromPartial(solution));
    const request = CreateSolutionVersionRequest.fromPartial({ datasetGroup: GROUP, solution: "hrnn", seed: 1 });
    const { solutionVersion } = await unaryCall(recipes, recipes.createSolutionVersion, request);
    const key = { datasetGroup: GROUP, solution: "hrnn", versionId: solutionVersion!.versionId };
    const now = async () => (await unaryCall(recipes, recipes.getSolutionVersion, key)).solutionVersion!;
    const log = path.join(palate.dataFolder, "logs", `${SERVICE}.log`);
    const logged = (text: string) => eventually(async () => (await readFile(log, "utf8")).includes(text), 120_000);

    await logged("training state stored");
    const { progress: kept } = await now();
    const parent = String(palate.supervisor.pids().get(SERVICE));
    const { stdout } = await promisify(execFile)("pgrep", ["-P", parent, "-f", " train "]);
    for (const trainer of stdout.trim().split("\n")) process.kill(Number(trainer), "SIGKILL");

    await logged("training resumes where an earlier attempt ended");
    await eventually(async () => (await now()).progress!.fraction > kept!.fraction, 120_000);
    await unaryCall(recipes, recipes.stopSolutionVersionCreation, key);
    await eventually(async () => (await now()).status === ResourceStatus.RESOURCE_STATUS_CREATE_STOPPED);
  }, 300_000);
});
