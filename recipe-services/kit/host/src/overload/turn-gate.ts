import type { PalateError } from "../errors/palate-error.js";
import { AdmissionGate, type Candidate, type GateLimits } from "./admission-gate.js";

/**
 * Lets calls in that are worked on at once: so many in each turn of the event loop, callers in turns, so that what else waits for the
 * loop, another's call above all, waits for a slice of the work and not for all of it.
 */
export class TurnGate {
  readonly #gate: AdmissionGate;
  #held = 0;

  /** @param limits what may be in progress is that of a turn */
  constructor(limits: GateLimits) {
    this.#gate = new AdmissionGate(limits);
  }

  /** See {@link AdmissionGate.enter}; the call leaves when the turn ends. */
  enter(candidate: Candidate): Promise<void> | undefined {
    const { cost } = candidate;
    const later = this.#gate.enter(candidate);
    if (later === undefined) {
      this.#hold(cost);
      return undefined;
    }
    return later.then(() => this.#hold(cost));
  }

  /** See {@link AdmissionGate.refusal}. */
  refusal(caller: string, cost: number): PalateError | undefined {
    return this.#gate.refusal(caller, cost);
  }

  /** See {@link AdmissionGate.charge}. */
  charge(caller: string, cost: number): void {
    this.#gate.charge(caller, cost);
  }

  #hold(cost: number): void {
    if (this.#held === 0) setImmediate(() => this.#endTurn());
    this.#held += cost;
  }

  #endTurn(): void {
    const held = this.#held;
    this.#held = 0;
    this.#gate.leave(held);
  }
}
