import type { NamedTensors } from "@palate/numeric";
import type { Alike } from "./metadata-neighbours.js";
import type { RidgeOptions } from "./ridge-statistics.js";

/** A fitted ridge regression from the decayed history to the next item. */
export interface Ridge {
  readonly kind: "dense" | "sparse";
  readonly itemCount: number;
  /** Rows of its weights that one request adds up, or steps it takes: what a request costs. */
  readonly options: RidgeOptions;
  /** Writes a score for every item into `out`; an empty history gives all zeros. */
  scoreInto(history: Int32Array, out: Float32Array): void;
  /**
   * Adds `weight` times the scores, standardised over `out`, up to a number that is the same for all items; items beyond its own
   * count as scored 0. Only where few items have a score at all.
   * @param also what scores beside the ridge before they are standardised
   */
  readonly addStandardised?:
    ((history: Int32Array, weight: number, out: Float32Array, also?: Alike) => void) | undefined;
  /** Its tensors, under names that start with `ridge.`. */
  toTensors(): NamedTensors;
}

/** A kind of ridge and how it is fitted. */
export interface RidgeForm {
  readonly kind: "dense" | "sparse";
  readonly options: RidgeOptions;
}
