import { PalateError } from "@palate/host";

/** Most callers whose use is remembered; who has used nothing for a while is as good as new. */
const MAX_CALLERS = 10_000;

/** What a caller may still do now: a bucket that fills up by what is allowed in a second, and holds so much. */
interface Bucket {
  requests: number;
  cost: number;
  at: number;
}

/** What each caller may do in a second; 0 means as much as it likes. */
export interface RateLimits {
  /** Requests in a second, and at once. */
  readonly requestsPerSecond: number;
  /** Cost of requests in a second, and at once; see the limit of a query's cost. */
  readonly costPerSecond: number;
}

/** Bounds how much each caller asks, over time (token buckets). */
export class Rates {
  readonly #limits: RateLimits;
  readonly #buckets = new Map<string, Bucket>();

  constructor(limits: RateLimits) {
    this.#limits = limits;
  }

  /** Whether anything is bounded. */
  get on(): boolean {
    return this.#limits.requestsPerSecond > 0 || this.#limits.costPerSecond > 0;
  }

  /**
   * Counts a request.
   * @param now milliseconds of any clock that does not go back
   * @returns why it is refused; undefined when it is not
   */
  refusal(caller: string, now = performance.now()): PalateError | undefined {
    if (!this.on) return undefined;
    const { requestsPerSecond, costPerSecond } = this.#limits;
    const bucket = this.#bucket(caller, now);
    if (requestsPerSecond > 0 && bucket.requests < 1)
      return tooMany(`${requestsPerSecond} requests a second`, (1 - bucket.requests) / requestsPerSecond);
    if (costPerSecond > 0 && bucket.cost <= 0)
      return tooMany(`requests with a cost of ${costPerSecond} a second`, (1 - bucket.cost) / costPerSecond);
    bucket.requests--;
    return undefined;
  }

  /** Counts what a request costs, once that is known; the caller may owe some, and has to wait then. */
  charge(caller: string, cost: number, now = performance.now()): void {
    if (this.#limits.costPerSecond > 0) this.#bucket(caller, now).cost -= cost;
  }

  #bucket(caller: string, now: number): Bucket {
    const { requestsPerSecond, costPerSecond } = this.#limits;
    const known = this.#buckets.get(caller);
    // Moved to the end of the map, whose beginning is so what was used least recently.
    if (known) this.#buckets.delete(caller);
    else if (this.#buckets.size >= MAX_CALLERS) this.#buckets.delete(this.#buckets.keys().next().value as string);
    const bucket = known ?? { requests: requestsPerSecond, cost: costPerSecond, at: now };
    this.#buckets.set(caller, bucket);
    const seconds = (now - bucket.at) / 1_000;
    bucket.requests = Math.min(Math.max(1, requestsPerSecond), bucket.requests + seconds * requestsPerSecond);
    bucket.cost = Math.min(costPerSecond, bucket.cost + seconds * costPerSecond);
    bucket.at = now;
    return bucket;
  }
}

function tooMany(what: string, seconds: number): PalateError {
  const retryAfterSeconds = Math.max(1, Math.ceil(seconds));
  const message = `You may send ${what}; try again in ${retryAfterSeconds} s.`;
  return new PalateError("resource_exhausted", message, { retryAfterSeconds });
}
