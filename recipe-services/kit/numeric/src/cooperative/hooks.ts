/** How a long computation stays polite: it can be stopped, and says what it does. */
export interface Hooks {
  /** Checked between steps; the computation then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told what is being done, for progress displays; called at most a few times a second. */
  readonly onProgress?: (progress: Progress) => void;
  /** Milliseconds on a clock that never goes back; default `performance.now`. */
  readonly clock?: () => number;
}

export type Progress =
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

/** Milliseconds of work after which others have the processor. */
const SLICE = 20;

/** Runs a computation that yields its progress, letting timers, messages and the abort signal in now and then. */
export async function politely<T>(steps: Generator<number, T>, signal?: AbortSignal): Promise<T> {
  let last = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() - last < SLICE) continue;
    await breathe(signal);
    last = performance.now();
  }
}

/** Lets timers, messages and the abort signal in, then throws if the computation was stopped. */
export async function breathe(signal?: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}
