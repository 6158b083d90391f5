/** Search for hyperparameters: spaces, proposals, successive halving. Knows nothing of how a trial is run. */
export { propose, type Observation } from "./parzen.js";
export {
  searchSpace,
  startOf,
  valuesAt,
  type CategoricalDimension,
  type Dimension,
  type NumericDimension,
  type Point,
  type Ranges,
} from "./search-space.js";
export {
  LEAST_GAIN,
  search,
  type SearchOptions,
  type SearchResult,
  type TrialOutcome,
  type TrialPlan,
} from "./search.js";
export { costOf, roundsOf, type Round } from "./successive-halving.js";
