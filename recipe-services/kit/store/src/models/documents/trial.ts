/** One configuration tried for a version, as stored. Immutable. */
export interface TrialDocument {
  /** "versionKey|recipe|number|budget in thousandths". */
  readonly _id: string;
  readonly versionKey: string;
  readonly recipe: string;
  /** Counts from 1 over the whole version, in the order in which configurations were proposed. */
  readonly number: number;
  /** Hyperparameters that were varied. */
  readonly values: Readonly<Record<string, string>>;
  /** Share of the full training time, 0 to 1. */
  readonly budget: number;
  /** The objective's value; null when the trial failed. */
  readonly objective: number | null;
  readonly metrics: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** Why it failed; empty otherwise. */
  readonly failureReason: string;
  readonly createdAt: number;
}
