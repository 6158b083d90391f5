/** What a recipe is, and what it is measured by. No input or output here. */
export { type ActionQuery, type RankedActions, actionsOnly } from "./contract/action-query.js";
export { type Cause, type Explanation, MOST_CAUSES, causesOf } from "./contract/explanation.js";
export {
  type Hyperparameter,
  type HyperparameterValues,
  allowedValues,
  hyperparametersAsText,
  resolveHyperparameters,
} from "./contract/hyperparameters.js";
export type { Keyphrase } from "./contract/keyphrase.js";
export { type ItemScores, type RankingQuery, orderList } from "./contract/ranking.js";
export type {
  Artifact,
  Checkpoint,
  Exploration,
  ItemVectors,
  Moment,
  Progress,
  Query,
  RankedItems,
  Reason,
  Recipe,
  RecipeDescriptor,
  RecipeType,
  ServingModel,
  TrainingInput,
  TrainingResult,
} from "./contract/recipe.js";
export {
  type RankedUsers,
  type SegmentKey,
  type SegmentQuery,
  type SegmentSummary,
  type SegmentTrait,
  noRecommendations,
} from "./contract/segment.js";
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
export { emptyReplica, noActions } from "./data/empty-replica.js";
export { type EventWeight, type Objective, type ObjectiveSensitivity, weighEvents } from "./data/emphasis.js";
export {
  HIDING_EVENT_TYPES,
  isNegativeEvent,
  isTakenBack,
  takingBack,
  withNegativeEvents,
} from "./data/negative-events.js";
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
export {
  type AttributeColumn,
  type InteractionColumn,
  type TrainingData,
  contextAt,
  filterInteractions,
  pickColumns,
} from "./data/training-data.js";
export { type InteractionRow, trainingDataOf } from "./data/training-rows.js";
export { type CandidateList, type ListSource, candidateLists } from "./evaluation/candidate-lists.js";
export { CaseTable, type Interval } from "./evaluation/case-table.js";
export { dataWarnings } from "./evaluation/data-warnings.js";
export {
  type CalibrationBin,
  type Evaluated,
  type EvaluationDetails,
  evaluateInDetail,
} from "./evaluation/evaluate-in-detail.js";
export { rankByPopularity, rankingEvaluation } from "./evaluation/evaluate-rankings.js";
export {
  type FindUsers,
  type SegmentCase,
  evaluateSegments,
  finished,
  mostActiveUsers,
} from "./evaluation/evaluate-segments.js";
export { type EvaluationOptions, type Recommend, answersOf, evaluate, popularAnswers } from "./evaluation/evaluate.js";
export {
  type Evaluation,
  type HeldOut,
  type Measured,
  compared,
  recommendationEvaluation,
} from "./evaluation/evaluation.js";
export { metricMeaning, metricOrder } from "./evaluation/metric-meanings.js";
export { MetricAverages, type Metrics, furtherListMetrics } from "./evaluation/metrics.js";
export type { PopularityQuintile } from "./evaluation/popularity-quintiles.js";
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
export { likenessOf } from "./parts/likeness.js";
export { PopularFiller } from "./parts/popular-filler.js";
export { LivePopularity, type PopularityOrder, orderByPopularity } from "./parts/popular-items.js";
