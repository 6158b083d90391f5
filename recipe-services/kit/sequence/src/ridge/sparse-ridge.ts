import { type SparseRows, tensorOf, type NamedTensor, type NamedTensors, yieldToEventLoop } from "@palate/numeric";
import { decayWeights } from "../sequences/decay.js";
import type { Sequences } from "../sequences/sequences.js";
import { METADATA_DECAY, type MetadataNeighbours } from "./metadata-neighbours.js";
import { FitPace } from "./fit-pace.js";
import { ActiveRows } from "./active-rows.js";
import { occurrencesByItem, type RidgeOptions } from "./ridge-statistics.js";
import type { Ridge } from "./ridge.js";
import { SparseSolver } from "./sparse-solver.js";
import { SparseCollector } from "./sparse-statistics.js";
import type { LimitedComputation } from "./time-limit.js";

/** Conjugate gradient steps per request: more improve nothing, and stopping early regularises a little. */
const STEPS = 3;
/** Bounds on what is kept and visited of a catalogue's statistics, so that a request costs about the same however large it is. */
interface RidgeLimits {
  /** Entries kept of each row of either matrix: those of the largest magnitude. */
  readonly perRow: number;
  /** Entries of the matrix visited in each conjugate gradient step, rows of the largest weights first. */
  readonly perStep: number;
  /** Entries added to scores, rows of the largest weights first. */
  readonly perScore: number;
}
const LIMITS: RidgeLimits = { perRow: 100, perStep: 3_000, perScore: 10_000 };

/** How a sparse ridge is fitted. Within a time limit it visits only some of the occurrences of frequent items. */
export interface SparseFitOptions extends LimitedComputation {
  /** Conjugate gradient steps per request. Default 3. */
  readonly steps?: number;
  /** Default: what a request visits within some milliseconds. */
  readonly limits?: RidgeLimits;
}

/**
 * The ridge for large or sparse catalogues: keeps `G = Z'Z` and `R = Z'Y` sparse, and solves `(G + lambda I) w = z` per
 * request by a few conjugate gradient steps with a Jacobi preconditioner; the scores are `R' w`. One decay only.
 */
export class SparseRidge implements Ridge {
  readonly kind = "sparse";
  readonly itemCount: number;
  readonly options: RidgeOptions;
  readonly #weights: Float64Array;
  readonly #gram: SparseRows;
  readonly #cross: SparseRows;
  readonly #solver: SparseSolver;
  readonly #active: ActiveRows;
  /** The latest items of a history, latest first: as many as have a decay weight. */
  readonly #newest: Int32Array;
  /** Items with a score, numbered from 1; the score of each; and the number of each item. Scores and numbers are 0 between calls. */
  readonly #scored: Int32Array;
  readonly #scores: Float64Array;
  readonly #numbers: Int32Array;

  private constructor(options: RidgeOptions, gram: SparseRows, cross: SparseRows, steps = STEPS, limits = LIMITS) {
    this.itemCount = gram.offsets.length - 1;
    this.options = options;
    this.#weights = decayWeights(options.decays[0]!, options.window);
    this.#gram = gram;
    this.#cross = cross;
    this.#solver = new SparseSolver({ gram, lambda: options.lambda, steps, perStep: limits.perStep });
    this.#active = new ActiveRows(cross.offsets, limits.perScore);
    this.#newest = new Int32Array(this.#weights.length);
    this.#scored = new Int32Array(this.itemCount + 1);
    this.#scores = new Float64Array(this.itemCount + 1);
    this.#numbers = new Int32Array(this.itemCount);
  }

  /**
   * Accumulates the statistics item by item, so that only the result needs memory. Cost: interactions × window of the decay.
   * @throws the signal's reason when stopped
   */
  static async fit(
    sequences: Sequences,
    options: RidgeOptions,
    { steps = STEPS, limits = LIMITS, seconds = Infinity, ...computation }: SparseFitOptions = {},
  ): Promise<SparseRidge> {
    if (options.decays.length !== 1) {
      throw new RangeError(`A sparse ridge has one decay, ${options.decays.length} were given.`);
    }
    const { itemCount } = sequences;
    const occurrences = occurrencesByItem(sequences);
    const pace = new FitPace(occurrences.starts, seconds, computation.clock ?? (() => performance.now()));
    const collector = new SparseCollector(sequences, occurrences, options, { rows: itemCount, perRow: limits.perRow });
    for (let item = 0; item < itemCount; item++) {
      if (!pace.done(item + 1, collector.collect(item, pace.most))) continue;
      computation.onProgress?.({ phase: "ridge", fraction: occurrences.starts[item + 1]! / sequences.items.length });
      await yieldToEventLoop(computation.signal);
    }
    const { gram, cross } = collector.finish();
    return new SparseRidge(options, gram, cross, steps, limits);
  }

  static fromTensors(tensors: ReadonlyMap<string, NamedTensor>, options: RidgeOptions): SparseRidge {
    const matrix = (name: string): SparseRows => ({
      offsets: tensorOf(tensors, `ridge.${name}.starts`, "I32").data,
      columns: tensorOf(tensors, `ridge.${name}.columns`, "I32").data,
      values: tensorOf(tensors, `ridge.${name}.values`, "F32").data,
    });
    return new SparseRidge(options, matrix("gram"), matrix("cross"));
  }

  scoreInto(history: Int32Array, out: Float32Array): void {
    const count = this.#score(history);
    out.fill(0);
    for (let k = 1; k <= count; k++) out[this.#scored[k]!] = this.#scores[k]!;
    this.#scores.fill(0, 0, count + 1);
  }

  addStandardised(history: Int32Array, weight: number, out: Float32Array, neighbours?: MetadataNeighbours): void {
    const [scored, scores] = [this.#scored, this.#scores];
    const count = this.#score(history, neighbours);
    let [sum, squares] = [0, 0];
    for (let k = 1; k <= count; k++) {
      const score = scores[k]!;
      sum += score;
      squares += score * score;
    }
    const deviation = Math.sqrt(Math.max(0, squares / out.length - (sum / out.length) ** 2));
    const factor = deviation > 0 ? weight / deviation : 0;
    for (let k = 1; k <= count; k++) out[scored[k]!]! += factor * scores[k]!;
    scores.fill(0, 0, count + 1);
  }

  /** Computes the items with a score and their scores; returns their number. */
  #score(history: Int32Array, neighbours?: MetadataNeighbours): number {
    const length = Math.min(this.#weights.length, history.length);
    for (let back = 0; back < length; back++) this.#newest[back] = history[history.length - 1 - back]!;
    const solver = this.#solver;
    solver.solve(this.#newest, this.#weights, length);
    const active = this.#active;
    active.select(solver.rows, solver.solution, solver.count);
    let count = 0;
    for (let at = 0; at < active.count; at++) {
      const k = active.selected[at]!;
      count = this.#addRow(this.#cross, solver.rows[k]!, solver.solution[k]!, count);
    }
    for (let back = 0; neighbours && back < Math.min(METADATA_DECAY.length, history.length); back++) {
      const item = history[history.length - 1 - back]!;
      count = this.#addRow(neighbours.similarities, item, neighbours.weight * METADATA_DECAY[back]!, count);
    }
    for (let k = 1; k <= count; k++) this.#numbers[this.#scored[k]!] = 0;
    return count;
  }

  /**
   * Adds `weight` times a row of a matrix to the scores, of which there are `count` so far.
   * @returns the number of scores afterwards
   */
  #addRow({ offsets, columns, values }: SparseRows, row: number, weight: number, count: number): number {
    const [scored, scores, numbers] = [this.#scored, this.#scores, this.#numbers];
    const end = offsets[row + 1]!;
    for (let at = offsets[row]!; at < end; at++) {
      const item = columns[at]!;
      let number = numbers[item]!;
      // Without a branch, as in `SparseSolver`.
      const isNew = (number - 1) >>> 31;
      count += isNew;
      number += -isNew & count;
      numbers[item] = number;
      scored[number] = item;
      scores[number]! += weight * values[at]!;
    }
    return count;
  }

  toTensors(): NamedTensors {
    const tensors: NamedTensors = new Map();
    for (const [name, matrix] of [
      ["gram", this.#gram],
      ["cross", this.#cross],
    ] as const) {
      const { offsets, columns, values } = matrix;
      tensors.set(`ridge.${name}.starts`, { dtype: "I32", shape: [offsets.length], data: offsets });
      tensors.set(`ridge.${name}.columns`, { dtype: "I32", shape: [columns.length], data: columns });
      tensors.set(`ridge.${name}.values`, { dtype: "F32", shape: [values.length], data: values });
    }
    return tensors;
  }
}
