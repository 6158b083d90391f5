import autocannon from "autocannon";
import { spreadOf, type Spread } from "./percentiles.js";

/** What a load came to; times in milliseconds. */
export interface LoadResult extends Spread {
  /** Answers a second. */
  readonly perSecond: number;
  /** Requests that failed or were answered with an error. */
  readonly errors: number;
}

/** A load to put on an HTTP server. */
export interface HttpLoad {
  /** Where the POSTs go. */
  readonly url: string;
  /** JSON bodies, sent in turn on every connection. */
  readonly bodies: readonly string[];
  /** Connections, each with one request under way at a time. */
  readonly connections: number;
  /** How long. */
  readonly seconds: number;
  /** Requests after which it ends, however long they take; in place of `seconds`. */
  readonly amount?: number;
  /** Requests a second over all connections; as fast as answers come back when absent. */
  readonly rate?: number;
}

/** Puts the load on. An answer that has GraphQL errors counts as one. */
export async function loadHttp({ url, bodies, connections, seconds, amount, rate }: HttpLoad): Promise<LoadResult> {
  const times: number[] = [];
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const running = autocannon(
      {
        url,
        connections,
        duration: seconds,
        ...(amount !== undefined && { amount }),
        ...(rate === undefined ? {} : { overallRate: rate }),
        requests: bodies.map((body) => ({ method: "POST", headers: { "content-type": "application/json" }, body })),
        verifyBody: (body) => body !== undefined && !body.includes('"errors"'),
      },
      (error: Error | null, done) => (error ? reject(error) : resolve(done)),
    );
    // autocannon's own histogram knows whole milliseconds only.
    running.on("response", (_client, _status, _bytes, time) => times.push(time));
  });
  return {
    perSecond: result.requests.total / result.duration,
    errors: result.errors + result.non2xx + result.mismatches,
    ...spreadOf(times),
  };
}
