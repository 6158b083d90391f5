/** The sequence model: who interacted with what, in which order, and what comes next. Mathematics over typed arrays. */
export { RIDGE_ONLY, type Blend, type Validation } from "./blend.js";
export type { Decay } from "./decay.js";
export type { Hooks, Progress } from "./hooks.js";
export type { MixerShape } from "./mixer-parameters.js";
export { chooseRidge, fitRidge, RIDGE_ONE_BLOCK, RIDGE_SPARSE, RIDGE_TWO_BLOCKS, type Ridge } from "./ridge.js";
export type { RidgeOptions } from "./ridge-statistics.js";
export { ridgeFromTensors, ridgeMetadata, type RidgeMetadata } from "./ridge-tensors.js";
export { fromSequenceArtifact, toSequenceArtifact, type IdentifiedSequenceModel } from "./sequence-artifact.js";
export { itemContentOf, type ItemContent } from "./item-content.js";
export { mixerOptionsOf, SEQUENCE_HYPERPARAMETERS } from "./sequence-hyperparameters.js";
export { SequenceModel, type SequenceModelMetadata } from "./sequence-model.js";
export { ContextRows, NO_CONTEXT, type ContextLayout, type UserHistory } from "./position-context.js";
export { contextLayoutOf, contextOfData, type ContextWishes } from "./context-of-data.js";
export type { ColumnCode } from "./coded-column.js";
export { explainByItems, type ItemEffects } from "./explain-by-items.js";
export { knownHistory, type KnownHistory } from "./known-history.js";
export { favourRecent } from "./recency.js";
export { trainingReports } from "./report-training.js";
export { SequenceServing, sharesOf } from "./sequence-serving.js";
export { checkSequences, historyOf, holdOutLast, itemCounts, type HeldOut, type Sequences } from "./sequences.js";
export { MIXER_DEFAULTS, trainMixer, type MixerOptions, type MixerSnapshot } from "./train-mixer.js";
export {
  trainSequenceModel,
  type SequenceCheckpoint,
  type SequenceTrainingHooks,
  type SequenceTrainingOptions,
} from "./train-sequence-model.js";
export { sequencesOf, trainSequenceRecipe } from "./train-sequence-recipe.js";
export {
  checkpointShares,
  CONTINUED_RATE,
  CONTINUED_SHARE,
  runTraining,
  type TrainingPlan,
  type TrainingSnapshot,
  type TrainingState,
  type TrainingSteps,
} from "./training-loop.js";
export { fromStateArtifact, toStateArtifact } from "./training-state.js";
export { UserStateCache } from "./user-state-cache.js";
/** The parts that other networks over the same sequences are made of. */
export { crossEntropy, type CrossEntropy, type CrossEntropyInputs } from "./cross-entropy.js";
export { FlatAdam, type AdamState } from "./flat-adam.js";
export { epochBatches, type BatchOptions } from "./mixer-batches.js";
export type { LossOptions, MixerBatch } from "./mixer-network.js";
export { initialParameters, logPopularity, type ParameterSlot } from "./mixer-parameters.js";
export { MixerScorer } from "./mixer-scorer.js";
export type { NetworkScorer, StoredNetwork } from "./network-scorer.js";
export { gatedLayer, rmsNorm, type Part } from "./network-parts.js";
export { breathe, politely } from "./hooks.js";
export type { Alike } from "./content-ridge.js";
export { fitContent, withContent, type NextChoice } from "./fit-content.js";
export { solveRidge } from "./cholesky.js";
export { BlendValidation, standardise, TIE_BREAK } from "./blend.js";
