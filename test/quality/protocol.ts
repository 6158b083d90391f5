import type { Metrics, Recipe } from "@palate/recipe";
import type { Dataset } from "./load-folder.js";
import type { QualityOptions } from "./run-options.js";

/** Quality of one published model. */
interface CurvePoint {
  /** Seconds of training when it was published. */
  readonly seconds: number;
  readonly metrics: Metrics;
}

/** Lower and upper end of a 95 % interval. */
export type Interval = readonly [low: number, high: number];

/** What was measured of one recipe with one seed. */
export interface Outcome {
  readonly recipe: string;
  /** Backend it says it trained with. */
  readonly backend: string;
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** What it was measured on, in one line: "movielens-1m: 999611 interactions of 6040 users with 3416 items". */
  readonly data: string;
  /** How it was asked, in one line. */
  readonly asked: string;
  /** Number of questions. */
  readonly cases: number;
  /** Wall-clock seconds from the start of training to its end. */
  readonly trainingSeconds: number;
  /** Processor seconds of the process in that time, of all threads. */
  readonly trainingCpuSeconds: number;
  readonly evaluationSeconds: number;
  /** Bytes of the model file of the last published model. */
  readonly modelBytes: number;
  /** Metrics of the last published model: what a service would go on serving. */
  readonly metrics: Metrics;
  /** 95 % bootstrap intervals over the cases, of the metrics that are averages over cases. */
  readonly intervals?: Readonly<Record<string, Interval>>;
  /** The same metrics of what one could do instead, asked in the same way, by name: "popularity", "closed form", … */
  readonly references: Readonly<Record<string, Metrics>>;
  /** 95 % intervals of the paired differences to references, by reference and metric. */
  readonly differences?: Readonly<Record<string, Readonly<Record<string, Interval>>>>;
  /** Every published model, oldest first; empty where models are not measured one by one. */
  readonly curve: readonly CurvePoint[];
  /** Further lines for people, such as speeds. */
  readonly remarks?: readonly string[];
}

/** A column of a table of metrics. */
export interface Column {
  /** Heading: "NDCG@10". */
  readonly name: string;
  /** The metric's key. */
  readonly key: string;
}

/** What a protocol works with. */
export interface ProtocolContext {
  readonly options: QualityOptions;
  /** Reads the folder named by `--data`, rare items dropped as the options say; the same object each time. */
  dataset(): Promise<Dataset>;
  /** A recipe by its name, for what is measured beside. Throws when there is none. */
  recipe(name: string): Promise<Recipe>;
  /** Says what is going on to whoever watches. */
  say(line: string): void;
}

/** A way of measuring recipes of one type: what models learn from, and what they are asked. One file of `protocols/` each. */
export interface Protocol<R extends Recipe = Recipe> {
  /** What `--protocol` names it by. */
  readonly name: string;
  /** What is learned from and what is asked for, in a sentence; shown in the help and beside results. */
  readonly description: string;
  /** Whether it needs `--data`; false for protocols that make their own. */
  readonly needsData: boolean;
  /** Options that differ from the general defaults under this protocol. */
  readonly defaults?: Partial<Pick<QualityOptions, "minItemInteractions" | "seen">>;
  /** Metrics that tables show; those without a value are left out. */
  readonly columns: readonly Column[];
  /** Whether it can measure a recipe. */
  fits(recipe: Recipe): recipe is R;
  /** Measures a recipe that fits with one seed, `options.seed`. */
  run(recipe: R, context: ProtocolContext): Promise<Outcome>;
}
