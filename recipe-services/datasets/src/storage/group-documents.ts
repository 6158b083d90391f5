import type { DatasetType } from "@palate/proto/dataset";

/** A dataset group. What it consists of is in its log, not here. */
export interface GroupDocument {
  /** The group's name. */
  readonly _id: string;
  /** Names its log and its files; random, so that a group made anew under the same name shares nothing. */
  readonly logId: string;
  /** Unix time in milliseconds. */
  readonly createdAtMs: number;
}

/** A schema. */
export interface SchemaDocument {
  /** The schema's name. */
  readonly _id: string;
  /** The dataset type it is for. */
  readonly datasetType: DatasetType;
  /** The Avro record as JSON text. */
  readonly schema: string;
  /** Dataset groups whose callers know it; everybody does unless given. */
  readonly groups?: readonly string[];
  /** Unix time in milliseconds. */
  readonly createdAtMs: number;
}

/** The event tracker of a dataset group. */
export interface TrackerDocument {
  /** Log id of the group, so that there is at most one. */
  readonly _id: string;
  /** The group's name. */
  readonly group: string;
  /** The tracker's name. */
  readonly name: string;
  /** What PutEvents accepts in place of the group's name. */
  readonly trackingId: string;
  /** Unix time in milliseconds. */
  readonly createdAtMs: number;
}

/** A deleted group. */
export interface TrashDocument {
  /** Its log id. */
  readonly _id: string;
  /** Unix time in milliseconds of the deletion. */
  readonly deletedAtMs: number;
  /** Whether its data is gone; the document stays, so that others can tell a deleted group from an unknown one. */
  readonly emptied?: boolean;
}
