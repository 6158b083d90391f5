/** The sequence model: who interacted with what, in which order, and what comes next. Mathematics over typed arrays. */
export { RIDGE_ONLY, type Blend, type Validation } from "./blend.js";
export type { Decay } from "./decay.js";
export type { Hooks, Progress } from "./hooks.js";
export type { MixerShape } from "./mixer-parameters.js";
export { chooseRidge, fitRidge, RIDGE_ONE_BLOCK, RIDGE_SPARSE, RIDGE_TWO_BLOCKS, type Ridge } from "./ridge.js";
export type { RidgeOptions } from "./ridge-statistics.js";
export { SequenceModel, type SequenceModelMetadata } from "./sequence-model.js";
export { checkSequences, historyOf, holdOutLast, type HeldOut, type Sequences } from "./sequences.js";
export { MIXER_DEFAULTS, trainMixer, type MixerOptions, type MixerSnapshot } from "./train-mixer.js";
export {
  trainSequenceModel,
  type SequenceCheckpoint,
  type SequenceTrainingHooks,
  type SequenceTrainingOptions,
} from "./train-sequence-model.js";
