/** The configuration that a version was trained with, where it was searched for. Immutable. */
export interface SelectionDocument {
  /** Key of the version: `versionKey` in `keys.ts`. */
  readonly _id: string;
  readonly recipe: string;
  /** Every hyperparameter with the value in force. */
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** Those that were searched for. */
  readonly tuned: Readonly<Record<string, string>>;
  /** Number of the trial that won. */
  readonly trial: number;
  readonly createdAt: number;
}
