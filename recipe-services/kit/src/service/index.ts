/** The shared body of every recipe service: solutions, trainings, campaigns, serving. */
export { recipeServiceOptions } from "./options.js";
export { runRecipeService, type RecipeServiceDefinition } from "./run.js";
