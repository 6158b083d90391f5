/** Stored models, and the solutions and versions they belong to. */
export { Catalog } from "./catalog.js";
export { connectMongo, connectWithin } from "./connect.js";
export {
  resourceKey,
  versionIdOf,
  versionKey,
  type BatchCounts,
  type BatchJobDocument,
  type BatchProgressDocument,
  type BatchResultDocument,
  type CampaignDocument,
  type ExplorationRecord,
  type CheckpointDocument,
  type CurvePointRecord,
  type HpoRecord,
  type ProgressDocument,
  type ResultDocument,
  type SeenGroupDocument,
  type SelectionDocument,
  type SolutionDocument,
  type StatisticsRecord,
  type TrialDocument,
  type TuningRecord,
  type VersionDocument,
} from "./documents.js";
export { evaluationRecord, finiteMetrics, type EvaluationRecord } from "./evaluation-record.js";
export { decodeArtifact, encodeArtifact, type ArtifactFormat } from "./artifact-file.js";
export { ModelStore, type RawModel, type StoredModel } from "./model-store.js";
export { decodeSafetensors, encodeSafetensors, type Safetensors } from "./safetensors.js";
export { textsOf, textTensors } from "./text-tensors.js";
