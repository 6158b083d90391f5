import type { Evaluation } from "./evaluation.js";

/** Tells which values of one column meet a test. Values are numbers, or codes of the column's dictionary. */
export interface Matcher {
  /** Whether the answer changes with the time of the request. */
  readonly usesNow: boolean;
  /** Whether the answer changes with the item that the request is about. */
  readonly usesCurrentItem: boolean;
  /** Reads what the request is about; comes before the other two. */
  prepare(evaluation: Evaluation): void;
  /** Whether one value meets the test; no value (NaN or -1) never does. */
  matches(value: number): boolean;
  /** Writes 1 for each of the first `count` values that meets the test, else 0. */
  fill(values: Float64Array | Int32Array, mask: Uint8Array, count: number): void;
}
