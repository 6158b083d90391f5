/** The shared body of every recipe service: solutions, trainings, campaigns, serving. */
export { recipeServiceOptions } from "./options.js";
export { runRecipeService, type RecipeServiceDefinition } from "./run.js";
/** What answers a query, for measuring it by itself. */
export { ExclusionMask } from "./exclusion-mask.js";
export { momentOf, recommend } from "./recommend.js";
export type { LoadedModel } from "./serving-hub.js";
