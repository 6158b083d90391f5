import type { ServedService } from "@palate/host";
import { RecipeServiceService, type RecipeServiceServer } from "@palate/proto/recipe";
import { batchHandlers } from "../batch/batch-handlers.js";
import { page } from "../control/paging.js";
import { recipeMessage } from "../control/recipe-message.js";
import { versionReport } from "../reports/version-report.js";
import { exportModel, watchVersion } from "./recipe-streams.js";
import type { ServiceParts } from "./service-parts.js";
import { storedCalls, type StoredCalls } from "./stored-calls.js";

/** The RecipeService of one recipe service: solutions, their versions, campaigns and batch jobs. */
export function recipeService(parts: ServiceParts): ServedService {
  const calls = storedCalls(parts.logger, parts.catalog);
  const implementation: RecipeServiceServer = {
    listRecipes: calls.unary("ListRecipes", () => ({
      recipes: parts.recipes.map((recipe) => recipeMessage(recipe.descriptor, parts.name)),
    })),
    ...solutionHandlers(parts, calls),
    ...versionHandlers(parts, calls),
    ...campaignHandlers(parts, calls),
    exportModel: calls.serverStream("ExportModel", (request) => exportModel(parts, request)),
    ...batchHandlers(parts.batch, calls.stored, calls.serverStream),
  };
  return { name: "palate.recipe.v1.RecipeService", definition: RecipeServiceService, implementation };
}

/** The calls about solutions. */
function solutionHandlers(
  { control }: ServiceParts,
  { stored }: StoredCalls,
): Pick<RecipeServiceServer, "createSolution" | "getSolution" | "listSolutions" | "deleteSolution"> {
  return {
    createSolution: stored("CreateSolution", async (request) => ({ solution: await control.createSolution(request) })),
    getSolution: stored("GetSolution", ({ datasetGroup, name }) => ({
      solution: control.solution(datasetGroup, name),
    })),
    listSolutions: stored("ListSolutions", ({ datasetGroup, pageSize, pageToken }) => {
      const all = control.solutions(datasetGroup);
      const { rows, nextPageToken } = page(all, ({ name }) => name, pageSize, pageToken);
      return { solutions: rows, nextPageToken };
    }),
    deleteSolution: stored("DeleteSolution", async ({ datasetGroup, name }) => {
      await control.deleteSolution(datasetGroup, name);
      return {};
    }),
  };
}

/** The calls about solution versions: trainings and what came of them. */
function versionHandlers(
  parts: ServiceParts,
  { stored, serverStream }: StoredCalls,
): Pick<
  RecipeServiceServer,
  | "createSolutionVersion"
  | "getSolutionVersion"
  | "getSolutionVersionReport"
  | "listSolutionVersions"
  | "stopSolutionVersionCreation"
  | "watchSolutionVersion"
> {
  const { control, recipes } = parts;
  return {
    createSolutionVersion: stored("CreateSolutionVersion", async (request) => ({
      solutionVersion: await control.createVersion(request),
    })),
    getSolutionVersion: stored("GetSolutionVersion", async ({ datasetGroup, solution, versionId }) => ({
      solutionVersion: await control.version(datasetGroup, solution, versionId),
    })),
    getSolutionVersionReport: stored("GetSolutionVersionReport", async ({ datasetGroup, solution, versionId }) => {
      const version = await control.version(datasetGroup, solution, versionId);
      const recipe = recipes.find(({ descriptor }) => descriptor.name === version.recipe);
      return { html: versionReport(version, recipe?.descriptor) };
    }),
    listSolutionVersions: stored("ListSolutionVersions", async ({ datasetGroup, solution, pageSize, pageToken }) => {
      const all = await control.versions(datasetGroup, solution);
      const { rows, nextPageToken } = page(all, ({ versionId }) => versionId, pageSize, pageToken);
      return { solutionVersions: rows, nextPageToken };
    }),
    stopSolutionVersionCreation: stored(
      "StopSolutionVersionCreation",
      async ({ datasetGroup, solution, versionId }) => ({
        solutionVersion: await control.stopVersion(datasetGroup, solution, versionId),
      }),
    ),
    watchSolutionVersion: serverStream("WatchSolutionVersion", (request, context) =>
      watchVersion(parts, request, context),
    ),
  };
}

/** The calls about campaigns. */
function campaignHandlers(
  { control }: ServiceParts,
  { stored }: StoredCalls,
): Pick<RecipeServiceServer, "createCampaign" | "getCampaign" | "listCampaigns" | "updateCampaign" | "deleteCampaign"> {
  return {
    createCampaign: stored("CreateCampaign", async (request) => ({ campaign: await control.createCampaign(request) })),
    getCampaign: stored("GetCampaign", ({ datasetGroup, name }) => ({
      campaign: control.campaign(datasetGroup, name),
    })),
    listCampaigns: stored("ListCampaigns", ({ datasetGroup, pageSize, pageToken }) => {
      const all = control.campaigns(datasetGroup);
      const keyOf = (row: { readonly datasetGroup: string; readonly name: string }) =>
        `${row.datasetGroup}|${row.name}`;
      const { rows, nextPageToken } = page(all, keyOf, pageSize, pageToken);
      return { campaigns: rows, nextPageToken };
    }),
    updateCampaign: stored("UpdateCampaign", async (request) => ({ campaign: await control.updateCampaign(request) })),
    deleteCampaign: stored("DeleteCampaign", async ({ datasetGroup, name }) => {
      await control.deleteCampaign(datasetGroup, name);
      return {};
    }),
  };
}
