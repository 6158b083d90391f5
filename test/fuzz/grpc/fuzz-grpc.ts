import { inProcesses } from "../processes/in-processes.js";
import { noFigures, runMessages, type GrpcFigures } from "./run-messages.js";

const PROGRAM = { module: new URL("./worker.js", import.meta.url), what: "message", worthwhile: 20_000 };

/**
 * Makes a random call for each seed to real services, on all cores where they are many: each is answered with a status that is no fault of
 * the service's, in its budget of time, and the service goes on.
 * @throws Error with the `seed` of a call of which that does not hold, or that ends or blocks the process
 */
export async function fuzzGrpc(seed: number, rounds: number): Promise<GrpcFigures> {
  const parts = await inProcesses<GrpcFigures>(PROGRAM, seed, rounds);
  if (parts.length === 0) return runMessages(seed, rounds);
  const total = noFigures();
  for (const { statuses, slowest } of parts) {
    for (const [name, count] of Object.entries(statuses)) total.statuses[name] = (total.statuses[name] ?? 0) + count;
    if (slowest.share > total.slowest.share) total.slowest = slowest;
  }
  return total;
}
