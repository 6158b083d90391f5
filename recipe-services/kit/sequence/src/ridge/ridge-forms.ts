import type { TensorBackend } from "@palate/tensorflow";
import type { Sequences } from "../sequences/sequences.js";
import type { Ridge, RidgeForm } from "./ridge.js";
import { chooseRidge, fitRidge, RIDGE_ONE_BLOCK, RIDGE_SPARSE } from "./fit-ridge.js";
import { TooSlow, type LimitedComputation } from "./time-limit.js";

/** Features (blocks × items) from which a quicker ridge is published before the best one is ready. */
const QUICK_FROM = 3000;
/** How many times as long a two-block ridge takes as a one-block ridge. */
const TWO_BLOCK_COST = 4.5;
/** Share of the training time that one fit of a dense ridge may take; if it would take longer, a smaller form replaces it. */
const DENSE_SHARE = 0.5;
/** Share of the training time that a sparse fit may take before it visits less of the data; and the seconds it always has. */
const SPARSE_SHARE = 0.15;
const SPARSE_SECONDS = 5;

const ONE_BLOCK: RidgeForm = { kind: "dense", options: RIDGE_ONE_BLOCK };
const SPARSE: RidgeForm = { kind: "sparse", options: RIDGE_SPARSE };

/**
 * Fits the best form of ridge that the data and the training time allow: two blocks, one block, or sparse. The first fit settles the
 * form; without a time limit it depends on the data alone.
 */
export class RidgeForms {
  /** The forms still possible, best first; the last always ends in time. */
  readonly #forms: RidgeForm[];
  readonly #backend: TensorBackend;
  readonly #computation: LimitedComputation;
  readonly #seconds: number;
  readonly #clock: () => number;
  readonly #quick: boolean;

  /** @param trainingSeconds time limit of the whole training; 0: none */
  constructor(sequences: Sequences, trainingSeconds: number, backend: TensorBackend, computation: LimitedComputation) {
    const best = chooseRidge(sequences);
    const blocks = best.options.decays.length;
    this.#forms = best.kind === "sparse" ? [best] : blocks > 1 ? [best, ONE_BLOCK, SPARSE] : [best, SPARSE];
    this.#quick = best.kind === "dense" && blocks * sequences.itemCount >= QUICK_FROM;
    this.#backend = backend;
    this.#computation = computation;
    this.#seconds = trainingSeconds === 0 ? Infinity : trainingSeconds;
    this.#clock = computation.clock ?? (() => performance.now());
  }

  /** The best form still possible. */
  get best(): RidgeForm {
    return this.#forms[0]!;
  }

  /** A ridge to serve while the best one is fitted; undefined where the best one is as quick. */
  async quick(sequences: Sequences): Promise<Ridge | undefined> {
    if (!this.#quick) return undefined;
    const next = this.#forms[1]!;
    if (next.kind === "sparse") return this.#fit(sequences, next);
    const started = this.#clock();
    try {
      const ridge = await this.#fit(sequences, next);
      const bestSeconds = (TWO_BLOCK_COST * (this.#clock() - started)) / 1000;
      // On a slow backend two blocks may not pay within a short budget.
      if (bestSeconds > DENSE_SHARE * this.#seconds) this.#forms.shift();
      return ridge;
    } catch (error) {
      if (!(error instanceof TooSlow)) throw error;
      this.#forms.splice(0, 2);
      return this.#fit(sequences, SPARSE);
    }
  }

  /** Fits the best ridge that there is time for. */
  async fit(sequences: Sequences): Promise<Ridge> {
    for (;;) {
      try {
        return await this.#fit(sequences, this.best);
      } catch (error) {
        if (!(error instanceof TooSlow) || this.#forms.length === 1) throw error;
        this.#forms.shift();
      }
    }
  }

  /** Fits the form of the last `fit` on other data, however long it takes. */
  async refit(sequences: Sequences): Promise<Ridge> {
    const { best } = this;
    if (best.kind === "sparse") return this.#fit(sequences, best);
    return fitRidge(sequences, best, this.#backend, this.#computation);
  }

  #fit(sequences: Sequences, form: RidgeForm): Promise<Ridge> {
    const sparse = Math.max(SPARSE_SECONDS, SPARSE_SHARE * this.#seconds);
    const seconds = form.kind === "sparse" ? sparse : DENSE_SHARE * this.#seconds;
    return fitRidge(sequences, form, this.#backend, { ...this.#computation, seconds });
  }
}
