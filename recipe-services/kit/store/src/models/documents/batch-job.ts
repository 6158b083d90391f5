/** A batch job that was asked for, as stored. Immutable; its input is in GridFS. */
export interface BatchJobDocument {
  /** "datasetGroup|name". */
  readonly _id: string;
  readonly datasetGroup: string;
  readonly name: string;
  readonly solution: string;
  /** Key of the version that answers. */
  readonly versionKey: string;
  readonly versionId: string;
  readonly recipe: string;
  /** The request without its input, as a protobuf message in base64. */
  readonly template: string;
  /** SHA-256 of the request in hexadecimal: tells a retry from another job of the same name. */
  readonly digest: string;
  readonly createdAt: number;
}

/** How far a batch job is. */
interface BatchCounts {
  /** Lines of the input; 0 until they are counted. */
  readonly lines: number;
  /** Lines whose answers are stored. */
  readonly done: number;
  /** Lines among them that could not be answered. */
  readonly failed: number;
  /** Files that the stored answers are in. */
  readonly parts: number;
  readonly outputBytes: number;
  /** Seconds spent on answering. */
  readonly seconds: number;
}

/** A running batch job's counts; overwritten while it runs, which is its heartbeat. */
export interface BatchProgressDocument extends BatchCounts {
  readonly _id: string;
  /** Number of the runner that has it, counted from 1: a runner that takes over from a dead one has the next. */
  readonly epoch: number;
  readonly reportedAt: number;
}

/** How a batch job ended, as stored. Immutable. */
export interface BatchResultDocument extends BatchCounts {
  readonly _id: string;
  readonly outcome: "ACTIVE" | "CREATE FAILED" | "CREATE STOPPED";
  /** Why it failed; empty otherwise. */
  readonly failureReason: string;
  readonly createdAt: number;
}
