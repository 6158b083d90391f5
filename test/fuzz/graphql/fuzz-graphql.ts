import { inProcesses } from "../processes/in-processes.js";
import { noFigures, runRequests, type GraphqlFigures } from "./run-requests.js";

const PROGRAM = { module: new URL("./worker.js", import.meta.url), what: "request", worthwhile: 2_000 };

/**
 * Sends a random request for each seed to a gateway, on all cores where they are many: each is answered or refused in the API's own form
 * and in its budget of time.
 * @throws Error with the `seed` of a request of which that does not hold, or that ends or blocks the process
 */
export async function fuzzGraphql(seed: number, rounds: number): Promise<GraphqlFigures> {
  const parts = await inProcesses<GraphqlFigures>(PROGRAM, seed, rounds);
  if (parts.length === 0) return runRequests(seed, rounds);
  const total = noFigures();
  for (const { outcomes, slowest } of parts) {
    for (const name of Object.keys(total.outcomes) as (keyof typeof outcomes)[]) total.outcomes[name] += outcomes[name];
    if (slowest.share > total.slowest.share) total.slowest = slowest;
  }
  return total;
}
