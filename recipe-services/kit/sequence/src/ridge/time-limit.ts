import type { Hooks } from "@palate/numeric";

/** How a fit that may not take as long as it likes is done. */
export interface LimitedHooks extends Hooks {
  /** Seconds that it may take. Default: any number. */
  readonly seconds?: number | undefined;
}

/** Thrown by a fit as soon as it is clear that it will take longer than it may. */
export class TooSlow extends Error {
  override readonly name = "TooSlow";

  /** @param seconds what it would take, about */
  constructor(seconds: number) {
    super(`The fit would take ${Math.round(seconds)} s, longer than it may.`);
  }
}
