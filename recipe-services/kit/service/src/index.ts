/**
 * The shared body of every recipe service: solutions, trainings in processes of their own, searches for hyperparameters,
 * campaigns, serving, batch jobs, reports.
 */
export { recipeServiceOptions } from "./options.js";
export { runRecipeService } from "./run.js";
export { ExclusionMask } from "./serving/exclusion-mask.js";
export { queryContextOf, recommend } from "./answers/recommend.js";
export type { LoadedModel } from "./serving/serving-hub.js";
export { trainingSecondsOf, tryConfiguration, withBudget } from "./training/trial.js";
export { searchSpace } from "./tuning/search-space.js";
export { MIN_GAIN, type SearchResult, type TrialOutcome, search } from "./tuning/search.js";
