/** `palate.recipe.v1`: the contract of every recipe service. */
export * from "./generated/palate/recipe/v1/recipe_service.js";
export * from "./generated/palate/recipe/v1/recommendation_service.js";
export * from "./generated/palate/recipe/v1/resources.js";
export * from "./generated/palate/recipe/v1/tuning.js";
export * from "./generated/palate/recipe/v1/diversity.js";
export * from "./generated/palate/recipe/v1/emphasis.js";
export * from "./generated/palate/recipe/v1/explanation.js";
export * from "./generated/palate/recipe/v1/filter.js";
export * from "./generated/palate/recipe/v1/keyphrase.js";
export * from "./generated/palate/recipe/v1/batch.js";
export * from "./generated/palate/recipe/v1/evaluation.js";
export * from "./generated/palate/recipe/v1/campaign_config.js";
