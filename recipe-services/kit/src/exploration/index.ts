/**
 * Exploration: which new items to show, to learn about them. `Explorer.explore` makes an answer of a model's scores;
 * `ItemAges` says which items are new, `ImpressionCounts` what became of those that were shown.
 */
export { Explorer, type ModelScores } from "./explorer.js";
export { logGamma } from "./gamma.js";
export { ImpressionCounts } from "./impressions.js";
export { ItemAges } from "./item-ages.js";
