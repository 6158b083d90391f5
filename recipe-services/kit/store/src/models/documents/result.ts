/** What a model was trained on. */
export interface StatisticsRecord {
  readonly users: number;
  readonly items: number;
  readonly interactions: number;
  /** Cursor up to which data was read. */
  readonly cursor: string;
  /** Warnings about data that is too little or too odd for the model or its metrics to mean much; absent in old documents. */
  readonly warnings?: readonly string[];
}

/** How a training ended, as stored. Immutable. */
export interface ResultDocument {
  /** Key of the version: `versionKey` in `keys.ts`. */
  readonly _id: string;
  readonly outcome: "ACTIVE" | "CREATE FAILED" | "CREATE STOPPED";
  /** Why it failed; empty otherwise. */
  readonly failureReason: string;
  /** Tensor backend used; empty when the training ended before it used one. */
  readonly backend: string;
  /** Seconds from start to end. */
  readonly seconds: number;
  readonly statistics: StatisticsRecord;
  readonly createdAt: number;
}
