import type { ComputationOptions } from "../sequences/computation-options.js";

/** Options of a fit with a time limit. */
export interface LimitedComputation extends ComputationOptions {
  /** The limit in seconds. Default: none. */
  readonly seconds?: number | undefined;
}

/** Thrown by a fit as soon as it is clear that it will exceed its time limit. */
export class TooSlow extends Error {
  override readonly name = "TooSlow";

  /** @param seconds estimate of what it would take */
  constructor(seconds: number) {
    super(`The fit would take ${Math.round(seconds)} s, longer than its limit.`);
  }
}
