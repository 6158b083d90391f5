import type { TensorBackend } from "@palate/tensorflow";
import type { Sequences } from "../sequences/sequences.js";
import { DenseRidge } from "./dense-ridge.js";
import type { RidgeOptions } from "./ridge-statistics.js";
import type { Ridge, RidgeForm } from "./ridge.js";
import { SparseRidge } from "./sparse-ridge.js";
import type { LimitedComputation } from "./time-limit.js";

/** One block with a long window: the first model of a dense catalogue, after about a second. */
export const RIDGE_ONE_BLOCK: RidgeOptions = { decays: [{ rate: 0.5 }], window: 50, future: 2, lambda: 200 };
/** A fast and a slow decay: clearly better at four times the cost. */
export const RIDGE_TWO_BLOCKS: RidgeOptions = {
  decays: [{ base: 0.5 }, { base: 0.93 }],
  window: 40,
  future: 2,
  lambda: 200,
};
/** For sparse data, where longer histories and a smaller lambda only add noise. */
export const RIDGE_SPARSE: RidgeOptions = { decays: [{ base: 0.5 }], window: 40, future: 2, lambda: 300 };

/** Features (blocks times items) up to which a dense solution is worth its time and memory. */
const DENSE_LIMIT = 10_000;
/** Share of all user-item pairs with an interaction above which data counts as dense. */
const DENSE_SHARE = 0.002;

/** The ridge that suits the data: two blocks where they are dense and the catalogue small enough, one block, or sparse. */
export function chooseRidge({ itemCount, userCount, items }: Sequences): RidgeForm {
  const share = items.length / Math.max(1, itemCount * userCount);
  if (share < DENSE_SHARE || itemCount > DENSE_LIMIT) return { kind: "sparse", options: RIDGE_SPARSE };
  return { kind: "dense", options: 2 * itemCount <= DENSE_LIMIT ? RIDGE_TWO_BLOCKS : RIDGE_ONE_BLOCK };
}

/**
 * Fits a ridge regression: a dense one is solved in closed form, a sparse one keeps its statistics and is solved at each request by
 * conjugate gradients.
 * @param backend needed for `dense` only
 * @throws TooSlow when a dense fit would take longer than `computation.seconds` (a sparse one visits less of the data instead); the signal's
 *   reason when stopped
 */
export async function fitRidge(
  sequences: Sequences,
  { kind, options }: RidgeForm,
  backend: TensorBackend,
  computation: LimitedComputation = {},
): Promise<Ridge> {
  return kind === "dense"
    ? DenseRidge.fit(sequences, options, backend, computation)
    : SparseRidge.fit(sequences, options, computation);
}
