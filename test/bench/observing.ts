import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { startOtlpReceiver } from "../support/otlp-receiver.js";
import { loadHttp } from "./http-load.js";
import type { Observation } from "./observed-server.js";
import { median } from "./percentiles.js";

const PROGRAM = fileURLToPath(new URL("observed-server.js", import.meta.url));
const OBSERVATIONS: readonly Observation[] = ["nothing", "metrics", "metrics, 10 % of traces"];
const CONNECTIONS = 16;
/** Requests between two changes of what is observed: few, so that whatever else the machine does meets all alike. */
const REQUESTS = 400;
/** Changes of each kind in one round of the benchmark. */
const TURNS = 10;
const BODY = JSON.stringify({
  query: `{ recommendations(datasetGroup: "bench", campaign: "bench", userId: "u", first: 25) { recommendationId edges { score node { itemId } } } }`,
});

/** What a recommendation costs while it is observed. */
export interface ObservingFigures {
  readonly observation: Observation;
  /** CPU time of a recommendation in gateway and service, in microseconds. */
  readonly cpuMicros: number;
  /** Requests that a core does in a second, as a share of those while nothing is observed. */
  readonly ratio: number;
}

/**
 * Measures what observing costs: recommendations under load, observed in turn in each way. By CPU time, which other work on the
 * machine changes less than answers a second.
 */
export async function measureObserving(rounds: number): Promise<ObservingFigures[]> {
  const receiver = await startOtlpReceiver();
  const server = fork(PROGRAM, [receiver.endpoint]);
  const told = async <T>(): Promise<T> => (await once(server, "message"))[0] as T;
  const cpu = (observation: Observation): Promise<number> => {
    const answered = told<number>();
    server.send(observation);
    return answered;
  };
  try {
    const url = `${await told<string>()}/graphql`;
    const load = async (observation: Observation): Promise<number> => {
      const before = await cpu(observation);
      const loaded = { url, bodies: [BODY], connections: CONNECTIONS, seconds: 60, amount: REQUESTS };
      const { errors } = await loadHttp(loaded);
      if (errors > 0) throw new Error(`${errors} requests failed.`);
      return ((await cpu(observation)) - before) / REQUESTS;
    };
    // Until everything is compiled.
    for (let turn = 0; turn < TURNS; turn++) for (const observation of OBSERVATIONS) await load(observation);
    const costs: number[][] = OBSERVATIONS.map(() => []);
    for (let turn = 0; turn < rounds * TURNS; turn++)
      for (const [index, observation] of OBSERVATIONS.entries()) costs[index]!.push(await load(observation));
    return OBSERVATIONS.map((observation, index) => ({
      observation,
      cpuMicros: median(costs[index]!),
      ratio: median(costs[0]!.map((off, round) => off / costs[index]![round]!)),
    }));
  } finally {
    server.disconnect();
    await receiver.close();
  }
}
