/** Checks of the filter language on random texts, filters and data. */
export { fuzzFilterEvaluation } from "./fuzz-evaluation.js";
export { fuzzFilterText } from "./fuzz-text.js";
