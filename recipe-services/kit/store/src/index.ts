/**
 * What recipe services keep in MongoDB. `gridfs/`: files as GridFS keeps them, written and read by exact `_id` only, so that it
 * is quick and correct on every MongoDB-compatible engine; ordinary GridFS readers can read them. `models/`: trained models, and
 * the solutions and versions they belong to.
 */
export { listFiles, readFile, readFileStream, statFile } from "./gridfs/read-file.js";
export { deleteFile, dropBucket } from "./gridfs/remove.js";
export { isDuplicateKey, toStoreError } from "./gridfs/store-error.js";
export { writeFile } from "./gridfs/write-file.js";
export { decodeArtifact, encodeArtifact } from "./models/artifact-file.js";
export { Catalog } from "./models/catalog.js";
export { connectMongo, connectWithin } from "./models/connect.js";
export {
  type BatchJobDocument,
  type BatchProgressDocument,
  type CampaignDocument,
  type CheckpointDocument,
  type CurvePointRecord,
  type ExplorationRecord,
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
  resourceKey,
  versionIdOf,
  versionKey,
} from "./models/documents.js";
export { evaluationRecord, finiteMetrics } from "./models/evaluation-record.js";
export { ModelStore } from "./models/model-store.js";
