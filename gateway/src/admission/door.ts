import { TurnGate } from "@palate/host";
import { Places } from "./places.js";
import { Rates, type RateLimits } from "./rates.js";

/** Requests that are begun in a turn of the event loop: two to four milliseconds' work when they are usual ones. */
const REQUESTS_OF_TURN = 8;
/** Characters of a body, and cost of a query, that count as a request more. */
const CHARACTERS_OF_REQUEST = 16 * 1024;
const COST_OF_REQUEST = 200;

/** Limits of the door. */
export interface DoorLimits extends RateLimits {
  /** Most requests in progress. */
  readonly maxRequests: number;
  /** Most requests that wait. */
  readonly maxWaiting: number;
}

/**
 * Where GraphQL requests are let in: a few in each turn of the event loop, callers in turns by what they ask for, and none when there is
 * too much to do already. What is refused has cost the reading of its head.
 */
export class Door {
  readonly #gate: TurnGate;
  readonly #rates: Rates;
  readonly #inProgress: Places;

  constructor({ maxRequests, maxWaiting, ...rates }: DoorLimits) {
    this.#inProgress = new Places("requests", maxRequests);
    this.#gate = new TurnGate({ what: () => "The gateway", atOnce: REQUESTS_OF_TURN, maxWaiting });
    this.#rates = new Rates(rates);
  }

  /**
   * Looks at a request before its body is read, and counts it.
   * @returns says that it is done with
   * @throws PalateError with `retryAfterSeconds` when it is refused
   */
  begin(lane: string): () => void {
    const refusal = this.#rates.refusal(lane) ?? this.#gate.refusal(lane, 1);
    if (refusal) throw refusal;
    return this.#inProgress.take(lane);
  }

  /**
   * Lets a request in whose body has been read.
   * @param characters of the body
   * @param left makes a signal that is aborted when the client goes away
   * @returns undefined when it is let in at once
   * @throws PalateError, or rejects, as `AdmissionGate.enter` does
   */
  enter(lane: string, characters: number, left: () => AbortSignal): Promise<void> | undefined {
    const cost = 1 + characters / CHARACTERS_OF_REQUEST;
    return this.#gate.enter({
      caller: lane,
      cost,
      // Made for those that have to wait only.
      get signal() {
        return left();
      },
    });
  }

  /** Counts the cost of a query, known once it has been checked. */
  charge(lane: string, cost: number): void {
    this.#gate.charge(lane, cost / COST_OF_REQUEST);
    this.#rates.charge(lane, cost);
  }
}
