/** What one run measures. */
export interface QualityOptions {
  /** Folder with interactions.csv.gz; empty for a protocol that makes its own data. */
  readonly data: string;
  /** Names of recipes, or "all". */
  readonly recipes: readonly string[];
  /** Name of the protocol. */
  readonly protocol: string;
  /** Training time for recipes that take one; absent: their default. */
  readonly minutes: number | undefined;
  readonly seed: number;
  readonly backend: "auto" | "native" | "wasm";
  /** Items with fewer interactions are dropped before anything else; 0 keeps all. */
  readonly minItemInteractions: number;
  /** Whether items of the user's history are left out of answers; "recipe" as each recipe does by itself. */
  readonly seen: "filter" | "keep" | "recipe";
  /** Which time a query carries: of the user's last known interaction, or of the true one. */
  readonly requestTime: "history" | "truth";
  /** Whether the closed form alone is measured beside, on the same cases. */
  readonly closedForm: boolean;
  /** Whether the same recipe without any metadata is measured beside, on the same cases. */
  readonly withoutMetadata: boolean;
  /** Of every user only so many interactions are kept, the newest, before anything else; undefined keeps all. */
  readonly latest: number | undefined;
  /** Configurations that protocols which tune hyperparameters try. */
  readonly trials: number;
  /** Metadata columns of items and users that models may see; undefined for all. */
  readonly columns: readonly string[] | undefined;
  /** Values of hyperparameters by name. */
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** File for the results, or undefined. */
  readonly json: string | undefined;
  /** The command line that repeats this run. */
  readonly command: string;
}

/** What a run of all rows does. */
export interface AllOptions {
  /** Folder that holds the data sets' folders; empty where none was given. */
  readonly dataRoot: string;
  /** Names, or beginnings of names, of the rows to measure; empty means all. */
  readonly only: readonly string[];
  /** Seeds 1 to this are measured; undefined as each row says. */
  readonly seeds: number | undefined;
  /** Factor on the training time of every row. */
  readonly minutesScale: number;
  /** Whether what was measured before, with the same options, is left as it is. */
  readonly missing: boolean;
  /** Whether only the page is written again from what was measured before. */
  readonly renderOnly: boolean;
}
