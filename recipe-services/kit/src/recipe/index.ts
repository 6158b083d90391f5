/** What a recipe is, and what it is measured by. No input or output here. */
export {
  allowedValues,
  hyperparametersAsText,
  resolveHyperparameters,
  type BooleanHyperparameter,
  type CategoricalHyperparameter,
  type Hyperparameter,
  type HyperparameterValues,
  type NumericHyperparameter,
  type TextHyperparameter,
} from "./hyperparameters.js";
export type {
  History,
  HistoryRows,
  ImpressionEvent,
  ImpressionTotals,
  InteractionListener,
  ReplicaView,
} from "./replica-view.js";
export {
  contextAt,
  filterInteractions,
  pickColumns,
  type AttributeColumn,
  type InteractionColumn,
  type TrainingData,
} from "./training-data.js";
export type {
  Artifact,
  Checkpoint,
  Exploration,
  ItemVectors,
  Progress,
  Moment,
  Query,
  RankedItems,
  Reason,
  Recipe,
  RecipeDescriptor,
  RecipeType,
  ServingModel,
  TrainingInput,
  TrainingResult,
} from "./recipe.js";
export {
  actionEvent,
  actionOf,
  actionsViewOf,
  countOccurrences,
  countUntil,
  filterActionEvents,
  Outcome,
  OUTCOME_NAMES,
  outcomeNamed,
  outcomeOf,
  type ActionData,
  type ActionHistory,
  type ActionsView,
} from "./actions.js";
export { ActionRules, EXPIRATION_COLUMNS } from "./action-rules.js";
export { actionDataOf, type ActionRow } from "./action-rows.js";
export { actionsOnly, type ActionQuery, type RankedActions } from "./action-query.js";
export {
  answersOf,
  evaluate,
  evaluateArtifact,
  popularAnswers,
  popularityMetrics,
  type EvaluationOptions,
  type Recommend,
} from "./evaluate.js";
export {
  evaluateRankings,
  rankByPopularity,
  rankingEvaluation,
  type RankingProtocol,
  type RankItems,
} from "./evaluate-rankings.js";
export { evaluateInDetail, type CalibrationBin, type Evaluated, type EvaluationDetails } from "./evaluate-in-detail.js";
export { metricMeaning, metricOrder, type MetricMeaning } from "./metric-meanings.js";
export { CaseTable, type Interval } from "./case-table.js";
export { gini, intraListDiversity, novelty } from "./list-quality.js";
export { popularityGroups, type PopularityQuintile } from "./popularity-quintiles.js";
export { evaluateSegments, finished, mostActiveUsers, type FindUsers, type SegmentCase } from "./evaluate-segments.js";
export {
  compared,
  recommendationEvaluation,
  type Evaluation,
  type HeldOut,
  type HoldOutOptions,
  type Measured,
} from "./evaluation.js";
export { candidateLists, type CandidateList, type ListSource } from "./candidate-lists.js";
export { CoOccurrenceVectors } from "./co-occurrence-vectors.js";
export { dataWarnings } from "./data-warnings.js";
export { diversify, type Diversified, type DiversityOptions, type Likeness } from "./diversity.js";
export { causesOf, MOST_CAUSES, type Cause, type Contribution, type Explanation } from "./explanation.js";
export { weighEvents, type EventWeight, type Objective, type ObjectiveSensitivity } from "./emphasis.js";
export { ItemBinding } from "./item-binding.js";
export { likenessOf } from "./likeness.js";
export {
  averagePrecision,
  earnedShare,
  furtherListMetrics,
  MetricAverages,
  normalizedDiscountedCumulativeGain,
  precision,
  recall,
  reciprocalRank,
  weightedGain,
  type Metrics,
} from "./metrics.js";
export { LivePopularity, orderByPopularity, type PopularityOrder } from "./popular-items.js";
export { PopularFiller } from "./popular-filler.js";
export { orderList, type ItemScores, type RankedList, type RankingQuery } from "./ranking.js";
export { replayOf, type ReplayReplica } from "./replay-replica.js";
export { sample } from "./sample.js";
export {
  noRecommendations,
  type RankedUsers,
  type SegmentKey,
  type SegmentQuery,
  type SegmentSummary,
  type SegmentTrait,
} from "./segment.js";
export { onePercentOf, SegmentAverages } from "./segment-metrics.js";
export { segmentSplit, type SegmentSplit } from "./segment-split.js";
export {
  amazonSplit,
  leaveOneOut,
  temporalSplit,
  weighed,
  type EvaluationCase,
  type EvaluationSplit,
} from "./splits.js";
export {
  HIDING_EVENT_TYPES,
  isNegativeEvent,
  isTakenBack,
  NEGATIVE_EVENT_TYPES,
  takingBack,
  withNegativeEvents,
} from "./negative-events.js";
export { countUsersPerItem, replicaViewOf } from "./static-replica.js";
export { popularityTrendAccuracy, trendPredictionAccuracy, type RecommendAt } from "./trend-accuracy.js";
export { trendMetrics } from "./trend-metrics.js";
export { tuningHoldOut } from "./tuning-hold-out.js";
export { trainingDataOf, type InteractionRow } from "./training-rows.js";
