import type { NamedTensors } from "@palate/numeric";
import type { TensorBackend } from "@palate/tensorflow";
import type { Sequences } from "../sequences/sequences.js";
import type { Alike } from "./content-ridge.js";
import { DenseRidge } from "./dense-ridge.js";
import type { RidgeOptions } from "./ridge-statistics.js";
import { SparseRidge } from "./sparse-ridge.js";
import type { LimitedHooks } from "./time-limit.js";

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

/** One block, wide window: the first model of a dense catalogue, after about a second. */
export const RIDGE_ONE_BLOCK: RidgeOptions = { decays: [{ rate: 0.5 }], window: 50, future: 2, lambda: 200 };
/** A fast and a slow block: clearly better, four times the work. */
export const RIDGE_TWO_BLOCKS: RidgeOptions = {
  decays: [{ base: 0.5 }, { base: 0.93 }],
  window: 40,
  future: 2,
  lambda: 200,
};
/** For sparse data, where longer histories and small lambdas only add noise. */
export const RIDGE_SPARSE: RidgeOptions = { decays: [{ base: 0.5 }], window: 40, future: 2, lambda: 300 };

/** Features (blocks times items) up to which a dense solution is worth its time and memory. */
const DENSE_LIMIT = 10_000;
/** Share of all user-item pairs that interacted, above which a catalogue counts as dense. */
const DENSE_SHARE = 0.002;

/** The ridge that suits the data, best first tried: `two` where the catalogue is dense and small enough. */
export function chooseRidge({ itemCount, userCount, items }: Sequences): RidgeForm {
  const share = items.length / Math.max(1, itemCount * userCount);
  if (share < DENSE_SHARE || itemCount > DENSE_LIMIT) return { kind: "sparse", options: RIDGE_SPARSE };
  return { kind: "dense", options: 2 * itemCount <= DENSE_LIMIT ? RIDGE_TWO_BLOCKS : RIDGE_ONE_BLOCK };
}

/**
 * Fits a ridge regression: the closed form `B = (Z'Z + lambda I)^-1 Z'Y` for `dense`, its sparse statistics (solved per
 * request by conjugate gradients) for `sparse`.
 * @param backend needed for `dense` only
 * @throws TooSlow when a dense one would take longer than it may; a sparse one looks at less of the data. The signal's reason when stopped
 */
export async function fitRidge(
  sequences: Sequences,
  { kind, options }: RidgeForm,
  backend: TensorBackend,
  hooks: LimitedHooks = {},
): Promise<Ridge> {
  return kind === "dense"
    ? DenseRidge.fit(sequences, options, backend, hooks)
    : SparseRidge.fit(sequences, options, hooks);
}
