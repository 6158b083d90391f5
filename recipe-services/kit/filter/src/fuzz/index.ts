/** Checks of the filter language on random texts, filters and data. */
export { fuzzFilterEvaluation, type EvaluationFigures } from "./fuzz-evaluation.js";
export { fuzzFilterText, type TextFigures } from "./fuzz-text.js";
