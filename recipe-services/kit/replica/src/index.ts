/** The readers of a dataset group: a snapshot to train on, and a live replica to serve from. */
export { readSnapshot } from "./read-snapshot.js";
export { ReplicaFeed } from "./replica-feed.js";
export { Replica } from "./replica.js";
export { SnapshotBuffer } from "./rows/snapshot-buffer.js";
