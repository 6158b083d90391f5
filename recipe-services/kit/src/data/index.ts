/** The readers of a dataset group: a snapshot to train on, and a live replica to serve from. */
export { filterSchemaOf } from "./filter-schema.js";
export { readSnapshot, type ReadSnapshotOptions, type Snapshot } from "./read-snapshot.js";
export { Replica } from "./replica.js";
export { ReplicaFeed, type ReplicaFeedOptions } from "./replica-feed.js";
export { SnapshotBuffer, type SnapshotRows } from "./snapshot-buffer.js";
export { hashOfDeletedId } from "./deleted-id.js";
