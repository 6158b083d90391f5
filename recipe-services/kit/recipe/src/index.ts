/** What a recipe is, and what it is measured by. No input or output here. */
export type { ActionQuery, RankedActions } from "./contract/action-query.js";
export type { Artifact } from "./contract/artifact.js";
export {
  type ActionDescriptor,
  type ItemDescriptor,
  type RankingDescriptor,
  type RecipeDescriptor,
  type RecipeType,
  type SegmentDescriptor,
  recommendsItems,
  requirementsOf,
} from "./contract/descriptor.js";
export type {
  CalibrationBin,
  Evaluation,
  EvaluationDetails,
  HeldOut,
  Measured,
  PopularityQuintile,
} from "./contract/evaluation.js";
export { type Attribution, type Explanation, MAX_ATTRIBUTIONS, attributionsOf } from "./contract/explanation.js";
export {
  type Hyperparameter,
  type HyperparameterValues,
  allowedValues,
  hyperparametersAsText,
  resolveHyperparameters,
} from "./contract/hyperparameters.js";
export type { ItemVectors } from "./contract/item-vectors.js";
export type { Keyphrase } from "./contract/keyphrase.js";
export type { Interval, Metrics } from "./contract/metrics.js";
export { type Answering, loadedFor } from "./contract/loaded-for.js";
export type { ActionModel, ItemModel, RankingModel, SegmentModel, ServingModel } from "./contract/model.js";
export type { Exploration, Query, QueryContext } from "./contract/query.js";
export type { ItemSource, RankedItems } from "./contract/ranked-items.js";
export { type ItemScores, type RankingQuery, orderList } from "./contract/ranking.js";
export {
  type ActionRecipe,
  type ItemRecipe,
  type RankingRecipe,
  type Recipe,
  type SegmentRecipe,
  isItemRecipe,
  isSegmentRecipe,
} from "./contract/recipe.js";
export type { RankedUsers, SegmentKey, SegmentQuery, SegmentSummary, SegmentTrait } from "./contract/segment.js";
export type { Checkpoint, Progress, TrainingInput, TrainingResult } from "./contract/training.js";
export { type ActionRow, actionDataOf } from "./data/action-rows.js";
export { ActionRules } from "./data/action-rules.js";
export {
  type ActionData,
  type ActionHistory,
  type ActionsView,
  OUTCOME_NAMES,
  Outcome,
  actionEvent,
  actionOf,
  countOccurrences,
  countUntil,
  filterActionEvents,
  outcomeNamed,
  outcomeOf,
} from "./data/actions.js";
export { type EventWeight, weighEvents } from "./data/event-weights.js";
export {
  HIDING_EVENT_TYPES,
  isNegativeEvent,
  isTakenBack,
  takingBack,
  withNegativeEvents,
} from "./data/negative-events.js";
export type { Objective, ObjectiveSensitivity } from "./data/objective.js";
export { replayOf } from "./data/replay-replica.js";
export type {
  History,
  HistoryRows,
  ImpressionEvent,
  ImpressionTotals,
  InteractionListener,
  ReplicaView,
} from "./data/replica-view.js";
export { countUsersPerItem, replicaViewOf } from "./data/static-replica.js";
export type { AttributeColumn } from "./data/attribute-column.js";
export {
  type InteractionColumn,
  type TrainingData,
  contextAt,
  filterInteractions,
  pickColumns,
} from "./data/training-data.js";
export { type InteractionRow, trainingDataOf } from "./data/training-rows.js";
export { type CandidateList, type ListSource, candidateLists } from "./evaluation/candidate-lists.js";
export { CaseTable } from "./evaluation/case-table.js";
export { dataWarnings } from "./evaluation/data-warnings.js";
export { evaluateInDetail } from "./evaluation/evaluate-in-detail.js";
export { rankByPopularity, rankingEvaluation } from "./evaluation/evaluate-rankings.js";
export {
  type FindUsers,
  type SegmentCase,
  evaluateSegments,
  finished,
  mostActiveUsers,
} from "./evaluation/evaluate-segments.js";
export { type EvaluationOptions, type Recommend, answersOf, evaluate, popularAnswers } from "./evaluation/evaluate.js";
export { type Evaluated, compared } from "./evaluation/evaluated.js";
export { metricMeaning, metricOrder } from "./evaluation/metric-meanings.js";
export {
  MetricAverages,
  discountedGain,
  furtherListMetrics,
  normalizedDiscountedCumulativeGain,
} from "./evaluation/metrics.js";
export { itemRecipe } from "./evaluation/recommendation-evaluation.js";
export { sample } from "./evaluation/sample.js";
export { SegmentAverages } from "./evaluation/segment-metrics.js";
export { segmentSplit } from "./evaluation/segment-split.js";
export {
  type EvaluationCase,
  type EvaluationSplit,
  amazonSplit,
  leaveOneOut,
  temporalSplit,
} from "./evaluation/splits.js";
export { trendMetrics } from "./evaluation/trend-metrics.js";
export { tuningHoldOut } from "./evaluation/tuning-hold-out.js";
export { CoOccurrenceVectors } from "./parts/co-occurrence-vectors.js";
export { diversify } from "./parts/diversity.js";
export { ItemBinding } from "./parts/item-binding.js";
export { itemSimilarityOf } from "./parts/item-similarity.js";
export { PopularityFallback } from "./parts/popularity-fallback.js";
export { LivePopularity, type PopularityOrder, orderByPopularity } from "./parts/popular-items.js";
