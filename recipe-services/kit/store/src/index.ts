/**
 * What recipe services keep in MongoDB. `gridfs/`: files as GridFS keeps them, written and read by exact `_id` only, so that it
 * is quick and correct on every MongoDB-compatible engine; ordinary GridFS readers can read them. `models/`: trained models, and
 * the solutions and versions they belong to. `keys/`: the wrapped keys of what is encrypted.
 */
export { listFiles, readFile, readFileStream, statFile } from "./gridfs/read-file.js";
export { deleteFile, dropBucket } from "./gridfs/remove.js";
export { isDuplicateKey, toStoreError } from "./gridfs/store-error.js";
export { writeFile } from "./gridfs/write-file.js";
export { MongoKeyDocuments } from "./keys/mongo-key-documents.js";
export { decodeArtifact, encodeArtifact } from "./models/artifact-file.js";
export { Catalog } from "./models/catalog.js";
export { connectMongo, connectWithin } from "./models/connect.js";
export type { BatchJobDocument, BatchProgressDocument } from "./models/documents/batch-job.js";
export type { CampaignDocument, ExplorationRecord } from "./models/documents/campaign.js";
export type { CheckpointDocument } from "./models/documents/checkpoint.js";
export { resourceKey, versionIdOf, versionKey } from "./models/documents/keys.js";
export type { CurvePointRecord, ProgressDocument } from "./models/documents/progress.js";
export type { ResultDocument, StatisticsRecord } from "./models/documents/result.js";
export type { LastDeletion, SeenGroupDocument } from "./models/documents/seen-group.js";
export type { SelectionDocument } from "./models/documents/selection.js";
export type { HpoRecord, SolutionDocument, TuningRecord } from "./models/documents/solution.js";
export type { TrialDocument } from "./models/documents/trial.js";
export type { VersionDocument } from "./models/documents/version.js";
export { evaluationRecord, finiteMetrics } from "./models/evaluation-record.js";
export { ModelStore } from "./models/model-store.js";
export { StoreWatch } from "./models/store-watch.js";
