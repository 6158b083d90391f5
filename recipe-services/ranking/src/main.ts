/** Runs the ranking service, or with "train GROUP SOLUTION VERSION" one of its trainings. */
import { runRecipeService } from "@palate/service";
import { recipes } from "./index.js";

await runRecipeService({
  name: "ranking",
  recipes,
  env: process.env,
  args: process.argv.slice(2),
  program: import.meta.url,
});
