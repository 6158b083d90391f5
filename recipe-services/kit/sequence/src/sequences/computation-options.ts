/** How a long computation is told to stop, and how it tells how far it is. */
export interface ComputationOptions {
  /** Checked between steps; the computation then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told what is being done, for progress displays; called at most a few times a second. */
  readonly onProgress?: (progress: ComputationProgress) => void;
  /** Milliseconds on a clock that never goes back; default `performance.now`. */
  readonly clock?: () => number;
}

/** How far a computation is, and in which phase. */
export type ComputationProgress =
  | { readonly phase: "ridge"; readonly fraction: number }
  | {
      readonly phase: "network";
      /** Optimiser steps done. */
      readonly step: number;
      /** Mean cross-entropy of the last steps, in nats per interaction. */
      readonly loss: number;
      /** Interactions trained on per second. */
      readonly tokensPerSecond: number;
      /** Of the time budget. */
      readonly fraction: number;
    };
