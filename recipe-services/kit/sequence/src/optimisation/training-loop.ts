import { yieldToEventLoop } from "@palate/numeric";
import type { AdamState } from "./flat-adam.js";
import type { ComputationOptions } from "../sequences/computation-options.js";

/** Makes the steps of a network's training, and holds its weights meanwhile. */
export interface TrainingSteps<Batch> {
  /** Steps made, those of an attempt before included. */
  readonly steps: number;
  /**
   * One step.
   * @returns the summed cross-entropy of the batch, before it
   */
  step(batch: Batch, rate: number): number;
  /** The averaged weights, flat; a copy. */
  average(): Float32Array;
  /** A copy of everything that is needed to go on from here. */
  state(): AdamState;
  dispose(): void;
}

/** Where the training of a network is: enough to go on with it in another process. */
export interface TrainingState<Shape> {
  readonly shape: Shape;
  readonly adam: AdamState;
  /** Milliseconds of the time budget used. */
  readonly used: number;
  /** The time budget. */
  readonly seconds: number;
}

/** How long a training takes, where it goes on and what becomes of it on the way. */
export interface TrainingPlan<Shape> {
  /** The time budget. */
  readonly seconds: number;
  /** Ascending shares of the budget, in (0, 1], at which a snapshot is wanted. */
  readonly checkpoints: readonly number[];
  readonly seed: number;
  /** Where an attempt before was ended; its shape must be the training's. */
  readonly resume?: TrainingState<Shape> | undefined;
  /** Milliseconds between two calls of `keep`, at least. Default a tenth of the budget, from 2,000 to 30,000. */
  readonly keepEvery?: number;
  /** Given the training's state now and then; the training waits for it. */
  readonly keep?: ((state: TrainingState<Shape>) => Promise<void>) | undefined;
}

/** How fast a network learns. */
interface LearningRate {
  /** The highest rate. */
  readonly peak: number;
  /** Steps in which it rises from zero. */
  readonly warmUpSteps: number;
}

/** The network, its data and its learning rate. */
export interface TrainingParts<Shape, Batch> {
  readonly shape: Shape;
  readonly training: TrainingSteps<Batch>;
  /** Endless, or the training ends with them. */
  readonly batches: Iterable<Batch>;
  readonly rate: LearningRate;
}

/** A network in training, between two steps: what a checkpoint is made from. */
export interface TrainingSnapshot<Shape> {
  readonly steps: number;
  /** Share of the time budget used. */
  readonly fraction: number;
  /** The training's own shape. */
  readonly shape: Shape;
  /** The averaged weights, flat. */
  parameters(): Float32Array;
}

/** Share of the time that a training takes that continues an earlier network. */
export const CONTINUED_SHARE = 0.35;
/** Peak learning rate of a network that continues an earlier one, as a share of the usual one. */
export const CONTINUED_RATE = 0.4;

/** Share of the time at the full rate; from there it falls in a line to `LAST_RATE` of it. */
const CONSTANT_SHARE = 0.6;
const LAST_RATE = 0.02;
/** Milliseconds between two states that are kept: a share of the budget within bounds. */
const KEEP_SHARE = 0.1;
const [KEEP_MIN, KEEP_MAX] = [2_000, 30_000];
/** Milliseconds between two reports of progress. */
const REPORT_EVERY = 500;
/** One checkpoint per so many seconds, and at most so many. */
const CHECKPOINT_SECONDS = 25;
const MAX_CHECKPOINTS = 8;

/** Shares of a time budget in seconds at which checkpoints are worth their cost; at least its end. */
export function checkpointShares(seconds: number): number[] {
  const count = Math.max(1, Math.min(MAX_CHECKPOINTS, Math.floor(seconds / CHECKPOINT_SECONDS)));
  return Array.from({ length: count }, (_, at) => (at + 1) / count);
}

/**
 * Trains a network for `plan.seconds`, the learning rate falling with the time used. Yields snapshots at the given shares of
 * the time, the last one at the end; what the caller does with them counts as time used. Disposes the steps.
 */
export async function* runTraining<Shape, Batch extends { readonly weights: Float32Array }>(
  { shape, training, batches, rate }: TrainingParts<Shape, Batch>,
  plan: TrainingPlan<Shape>,
  computation: ComputationOptions = {},
): AsyncGenerator<TrainingSnapshot<Shape>, void, void> {
  const clock = computation.clock ?? (() => performance.now());
  const { resume, seconds } = plan;
  const budget = seconds * 1000;
  const keepEvery = plan.keepEvery ?? Math.min(KEEP_MAX, Math.max(KEEP_MIN, KEEP_SHARE * budget));
  const start = clock() - (resume?.used ?? 0);
  let used = resume?.used ?? 0;
  let reported = { at: used, loss: 0, tokens: 0 };
  let keepAt = used + keepEvery;
  const pending = plan.checkpoints.filter((share) => share === 1 || share * budget > used);
  try {
    for (const batch of batches) {
      reported.loss += training.step(batch, rate.peak * rateAt(training.steps, rate.warmUpSteps, used / budget));
      reported.tokens += batch.weights.reduce((sum, weight) => sum + weight, 0);
      await yieldToEventLoop(computation.signal);
      used = clock() - start;

      const now = used / budget;
      if (used - reported.at > REPORT_EVERY) {
        computation.onProgress?.({
          phase: "network",
          step: training.steps,
          loss: reported.loss / reported.tokens,
          tokensPerSecond: reported.tokens / ((used - reported.at) / 1000),
          fraction: Math.min(1, now),
        });
        reported = { at: used, loss: 0, tokens: 0 };
      }
      if (now >= (pending[0] ?? 1)) {
        while (now >= (pending[0] ?? Infinity)) pending.shift();
        yield { steps: training.steps, fraction: Math.min(1, now), shape, parameters: () => training.average() };
      }
      if (now >= 1) return;
      if (plan.keep && used >= keepAt) {
        await plan.keep({ shape, adam: training.state(), used, seconds });
        // Large states take long to keep: never more than a twentieth of the time.
        keepAt = clock() - start + Math.max(keepEvery, 20 * (clock() - start - used));
      }
    }
  } finally {
    training.dispose();
  }
}

/** The learning rate's share of its highest value. */
function rateAt(step: number, warmUpSteps: number, fraction: number): number {
  const warmUp = Math.min(1, (step + 1) / warmUpSteps);
  const fall = Math.max(0, (fraction - CONSTANT_SHARE) / (1 - CONSTANT_SHARE));
  return warmUp * (1 - (1 - LAST_RATE) * Math.min(1, fall));
}
