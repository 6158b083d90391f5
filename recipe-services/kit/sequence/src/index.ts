/** The sequence model: who interacted with what, in which order, and what comes next. Mathematics over typed arrays. */
export { TIE_BREAK, standardise } from "./model/blend.js";
export { type NextChoice, fitNeighbours, withNeighbours } from "./model/fit-neighbours.js";
export { trainingReports } from "./model/report-training.js";
export { toSequenceArtifact } from "./model/sequence-artifact.js";
export { SEQUENCE_HYPERPARAMETERS } from "./model/sequence-hyperparameters.js";
export { SequenceModel, type SequenceModelMetadata } from "./model/sequence-model.js";
export { sequencesOf, trainSequenceRecipe } from "./model/train-sequence-recipe.js";
export { crossEntropy, targetTimes } from "./optimisation/cross-entropy.js";
export { type AdamState, FlatAdam } from "./optimisation/flat-adam.js";
export { type MixerShape, type ParameterSlot, initialParameters, logPopularity } from "./network/mixer-parameters.js";
export { MixerScorer } from "./network/mixer-scorer.js";
export { rmsNorm } from "./network/network-parts.js";
export { MIXER_DEFAULTS, trainMixer } from "./network/train-mixer.js";
export {
  CONTINUED_RATE,
  CONTINUED_SHARE,
  type TrainingPlan,
  type TrainingSnapshot,
  type TrainingState,
  type TrainingSteps,
  checkpointShares,
  runTraining,
} from "./optimisation/training-loop.js";
export { fromStateArtifact, toStateArtifact } from "./network/training-state.js";
export { solveRidge } from "./ridge/blocked-cholesky.js";
export type { RidgeOptions } from "./ridge/ridge-statistics.js";
export { type RidgeMetadata, ridgeFromTensors, ridgeMetadata } from "./ridge/ridge-tensors.js";
export type { Ridge } from "./ridge/ridge.js";
export { chooseRidge, fitRidge } from "./ridge/fit-ridge.js";
export { modelHistory } from "./sequences/model-history.js";
export { type Sequences, checkSequences, historyOf, itemCounts } from "./sequences/sequences.js";
export { explainByItems } from "./serving/explain-by-items.js";
export { SequenceServing } from "./serving/sequence-serving.js";
export { softmax } from "./serving/softmax.js";
export type { ComputationOptions } from "./sequences/computation-options.js";
