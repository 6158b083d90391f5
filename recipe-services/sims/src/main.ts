/** Runs the sims service, or with "train GROUP SOLUTION VERSION" one of its trainings. */
import { createLogger, loadConfig } from "@palate/host";
import { runRecipeService } from "@palate/service";
import { ModelFolders } from "./embedding/model-folders.js";
import { embeddingOptions } from "./embedding/options.js";
import { recipesWith } from "./index.js";

const { embeddingModels, embeddingLibraries } = loadConfig(embeddingOptions, process.env);
const logger = createLogger("sims");
const embedders = new ModelFolders({
  models: embeddingModels,
  libraries: embeddingLibraries,
  complain: (problem) => logger.warn({ err: problem }, "texts that came or changed cannot be read; trying again"),
});

await runRecipeService({
  name: "sims",
  recipes: recipesWith(embedders),
  env: process.env,
  args: process.argv.slice(2),
  program: import.meta.url,
});
