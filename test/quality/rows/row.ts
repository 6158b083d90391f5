/** What a row must reach in one metric. Several conditions may stand together. */
export interface Gate {
  /** Key of the metric. */
  readonly metric: string;
  /** The mean over seeds must be at least this. */
  readonly atLeast?: number;
  /** Or at most this, where less is better. */
  readonly atMost?: number;
  /** What one would like it to reach beyond; not needed to pass. */
  readonly aim?: number;
  /** References that the mean must be above (below, with `atMost`). */
  readonly beats?: {
    /** Name of the reference, or "all" for every one. */
    readonly reference: string;
    /** By which factor; default 1. */
    readonly factor?: number;
    /** Whether reaching the same is enough. */
    readonly orEqual?: boolean;
    /** By which factor one would like it to be; not needed to pass. */
    readonly aimFactor?: number;
    /** Whether the 95 % interval of the paired difference must lie above 0 with every seed. */
    readonly beyondInterval?: boolean;
  };
}

/** One line of RESULTS.md: what is measured, how, and what it must reach. It stands for a command line and its gates. */
export interface Row {
  /** Unique; lower-case words and "-". `--only` names it by this or by its beginning. */
  readonly name: string;
  /** The recipe's name. */
  readonly recipe: string;
  /** Folder of the data set below the data root; absent for protocols that make their own data. */
  readonly data?: string;
  /** The protocol's name. */
  readonly protocol: string;
  /** What sets it apart from other rows of the recipe, in a few words: "WebAssembly backend". */
  readonly note?: string;
  /** Minutes of training, for recipes that take a time. */
  readonly minutes?: number;
  /** Further arguments of the command line. */
  readonly options?: readonly string[];
  /** How many seeds are measured. Default 3. */
  readonly seeds?: number;
  /** Most minutes that a training may take to pass; absent for any. */
  readonly withinMinutes?: number;
  /** What it must reach; never empty. The first one's metric is what curves are drawn of. */
  readonly gates: readonly Gate[];
}

/** Key of NDCG@10. */
export const NDCG = "normalized_discounted_cumulative_gain_at_10";
/** Key of HR@10. */
export const HIT_RATE = "hit_rate_at_10";
/** Key of precision at 10. */
export const PRECISION = "precision_at_10";
/** Key of the mean reciprocal rank. */
export const RECIPROCAL_RANK = "mean_reciprocal_rank_at_25";
