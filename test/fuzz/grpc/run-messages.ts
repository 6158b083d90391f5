import { status } from "@grpc/grpc-js";
import { many } from "../dialects/draw.js";
import { allMethods } from "./contracts.js";
import { drawCall, type DrawnCall } from "./draw-call.js";
import { ServicesUnderTest } from "./services-under-test.js";

/** What came of some calls. */
export interface GrpcFigures {
  /** Calls by the name of their status. */
  readonly statuses: Record<string, number>;
  /** The call that took the longest of its budget alone; only those are looked at whose batch took long. */
  slowest: { readonly seed: number; readonly method: string; readonly milliseconds: number; readonly share: number };
}

/** No calls. */
export function noFigures(): GrpcFigures {
  return { statuses: {}, slowest: { seed: 0, method: "none", milliseconds: 0, share: 0 } };
}

/** What a service must not answer, whatever it is asked. */
const FAULTS: ReadonlySet<number> = new Set([
  status.INTERNAL,
  status.UNKNOWN,
  status.DATA_LOSS,
  status.DEADLINE_EXCEEDED,
]);

/** Calls that are made at a time. */
const BATCH = 16;

/** Milliseconds of the main threads' that a call may take: so many, and more for each KB that it sends. */
const BUDGET_MS = 50;
const BUDGET_MS_PER_KB = 1;

/** Times that a call over its budget is made again: others work in the background, collect garbage and compile. */
const TRIES = 4;

/** Batches after which the services are asked what they should be able to answer. */
const CHECK_EVERY = 20;

/**
 * Makes one call for each seed to real services.
 * @param begin is told a seed of each batch before anything is done with it
 * @throws Error with the `seed` of a call of which something does not hold
 */
export async function runMessages(
  seed: number,
  rounds: number,
  begin: (seed: number) => void = () => {},
): Promise<GrpcFigures> {
  const methods = allMethods();
  const figures = noFigures();
  const services = await ServicesUnderTest.start();
  try {
    for (let batch = 0; batch * BATCH < rounds; batch++) {
      const from = seed + batch * BATCH;
      begin(from);
      const calls = many(Math.min(BATCH, seed + rounds - from), (at) => drawCall(methods, from + at));
      await runBatch(services, calls, figures);
      if (batch % CHECK_EVERY === 0) await about(calls[0]!, "and those before it: ", () => services.checkUsable());
    }
    await services.checkUsable();
    return figures;
  } finally {
    await services.stop();
  }
}

async function runBatch(services: ServicesUnderTest, calls: readonly DrawnCall[], figures: GrpcFigures): Promise<void> {
  const began = services.processorTime();
  await Promise.all(
    calls.map(async (call) => {
      const { code, details } = await services.call(call);
      const name = status[code] ?? String(code);
      figures.statuses[name] = (figures.statuses[name] ?? 0) + 1;
      if (!FAULTS.has(code)) return;
      await about(call, "", () => Promise.reject(new Error(`is answered with ${name}: ${details.slice(0, 500)}`)));
    }),
  );
  if (services.processorTime() - began <= BUDGET_MS) return;
  for (const call of calls) await about(call, "", () => withinBudget(services, call, figures));
}

/** Makes a call alone until it takes no longer than its budget; throws Error when it never does. */
async function withinBudget(services: ServicesUnderTest, call: DrawnCall, figures: GrpcFigures): Promise<void> {
  const bytes = call.messages.reduce((sum, { length }) => sum + length, 0);
  const budget = BUDGET_MS + (bytes / 1024) * BUDGET_MS_PER_KB;
  let milliseconds = Infinity;
  for (let tries = 0; milliseconds > budget; tries++) {
    if (tries > TRIES) throw new Error(`takes ${milliseconds.toFixed(0)} ms; ${budget.toFixed(0)} are its budget`);
    const began = services.processorTime();
    await services.call(call);
    milliseconds = Math.min(milliseconds, services.processorTime() - began);
  }
  const share = milliseconds / budget;
  if (share <= figures.slowest.share) return;
  figures.slowest = { seed: call.seed, method: call.method.descriptor.name, milliseconds, share };
}

async function about({ seed, method }: DrawnCall, more: string, check: () => Promise<unknown>): Promise<void> {
  try {
    await check();
  } catch (thrown) {
    const message = `Seed ${seed}: ${more}${method.path} ${(thrown as Error).message}`;
    throw Object.assign(new Error(message, { cause: thrown }), { seed });
  }
}
