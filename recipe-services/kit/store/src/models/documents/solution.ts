import type { EventWeight, Objective } from "@palate/recipe";

/** How hyperparameters are searched for. */
export interface HpoRecord {
  /** Key of the metric to optimise; empty means the recipe's own. */
  readonly metric: string;
  /** Whether less of it is better. */
  readonly minimize: boolean;
  /** Configurations tried. */
  readonly trials: number;
  /** Trials at the same time; 0 means as many as suit the machine. */
  readonly parallel: number;
  readonly numeric: readonly { readonly name: string; readonly minimum: number; readonly maximum: number }[];
  readonly categorical: readonly { readonly name: string; readonly values: readonly string[] }[];
}

/** What a training searches for before it begins. */
export interface TuningRecord {
  /** How to search for hyperparameters; null when they are given. */
  readonly hpo: HpoRecord | null;
  /** Recipes to choose from and the metric to choose by (empty: their own); null when the recipe is given. */
  readonly autoMl: { readonly metric: string; readonly recipes: readonly string[] } | null;
}

/** What is trained and on which events: a solution says it, and each of its versions keeps it. */
export interface TrainingPlan {
  /** The recipe's name. */
  readonly recipe: string;
  /** Every hyperparameter with the value in force, as text. */
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** Train on events of this type only; empty means all. */
  readonly eventType: string;
  /** Train on events whose EVENT_VALUE is at least this; null means all. */
  readonly eventValueThreshold: number | null;
  /** Event types it trains on, each with a weight; absent: every event that the two fields above let through, with equal weight. */
  readonly events?: readonly EventWeight[];
  /** The optimisation objective, in addition to relevance; absent: none. */
  readonly objective?: Objective;
  /** How each training chooses its recipe and hyperparameters; absent when both are given. */
  readonly tuning?: TuningRecord;
}

/** A recipe with its configuration, as stored. Immutable. */
export interface SolutionDocument extends TrainingPlan {
  /** "datasetGroup|name". */
  readonly _id: string;
  readonly datasetGroup: string;
  readonly name: string;
  /**
   * Uid of the dataset group that it was made for, by which it goes with that group and not with another of the same name; absent
   * when the group did not exist yet or could not be asked for.
   */
  readonly groupUid?: string;
  /** Whether it trains again after data was deleted that its newest version was trained on; absent: no. */
  readonly retrainsAfterDeletion?: boolean;
  /** Milliseconds from one automatic training to the next; absent when it does not train by itself. */
  readonly trainsEvery?: number;
  /** Unix time in milliseconds. */
  readonly createdAt: number;
}
