/**
 * The client of the event benchmark, run as a program of its own. Its parent sends it one EventLoad and gets one
 * EventLoadResult back.
 */
import { createClient } from "@palate/host";
import { DatasetServiceClient, type Interaction } from "@palate/proto/dataset";
import { performance } from "node:perf_hooks";
import { spreadOf, type Spread } from "./percentiles.js";

/** Events to stream to the datasets service. */
export interface EventLoad {
  /** "host:port" of the service. */
  readonly address: string;
  readonly datasetGroup: string;
  /** Streams at a time. */
  readonly streams: number;
  /** Events in a message. */
  readonly batch: number;
  /** Messages of a stream that are sent before the first of them is answered, at most. */
  readonly ahead: number;
  /** How long. */
  readonly seconds: number;
  /** Beginning of the events' ids, by which retries are recognised. */
  readonly ids: string;
}

/** What came of it; the spread is of the milliseconds from a message to its answer. */
export interface EventLoadResult extends Spread {
  /** Events answered, all of them durable. */
  readonly acknowledged: number;
  /** Seconds from the first message to the last answer. */
  readonly elapsed: number;
  /** Cores that this process used. */
  readonly cores: number;
}

/** One stream, from its first message to its last answer. */
async function stream(load: EventLoad, at: number, end: number): Promise<{ acknowledged: number; times: number[] }> {
  const client = createClient(DatasetServiceClient, load.address);
  const call = client.streamEvents();
  const times: number[] = [];
  const sentAt: number[] = [];
  let acknowledged = 0;
  let answered = 0;
  let wake = (): void => {};
  const ended = new Promise<void>((resolve, reject) => {
    call.on("error", reject);
    call.on("end", resolve);
  });
  call.on("data", ({ recorded, refusal }: { recorded: number; refusal?: { message: string } }) => {
    if (refusal) throw new Error(refusal.message);
    times.push(performance.now() - sentAt[answered++]!);
    acknowledged += recorded;
    wake();
  });
  call.on("drain", () => wake());
  for (let message = 0; performance.now() < end; message++) {
    const interactions: Interaction[] = [];
    for (let k = 0; k < load.batch; k++) {
      const n = message * load.batch + k;
      interactions.push({
        userId: `user-${(n * 7919) % 100_003}`,
        sessionId: "",
        itemId: `item-${(n * 104_729) % 50_021}`,
        timestamp: 1_700_000_000 + message,
        eventType: "click",
        eventValue: undefined,
        eventId: `${load.ids}-${at}-${message}-${k}`,
        recommendationId: "",
        impression: [],
        properties: "",
      });
    }
    sentAt.push(performance.now());
    let more = call.write({
      datasetGroup: message === 0 ? load.datasetGroup : "",
      interactions,
      actionInteractions: [],
    });
    while (!more || sentAt.length - answered >= load.ahead) {
      await new Promise<void>((resolve) => (wake = resolve));
      more = true;
    }
  }
  call.end();
  await ended;
  client.close();
  return { acknowledged, times };
}

async function run(load: EventLoad): Promise<EventLoadResult> {
  const started = performance.now();
  const used = process.cpuUsage();
  const end = started + load.seconds * 1_000;
  const results = await Promise.all(Array.from({ length: load.streams }, (_, at) => stream(load, at, end)));
  const elapsed = (performance.now() - started) / 1_000;
  const acknowledged = results.reduce((sum, result) => sum + result.acknowledged, 0);
  const { user, system } = process.cpuUsage(used);
  const cores = (user + system) / 1e6 / elapsed;
  return { acknowledged, elapsed, cores, ...spreadOf(results.flatMap(({ times }) => times)) };
}

process.once("message", (task: EventLoad) => {
  void run(task).then((result) => process.send?.(result, () => process.disconnect()));
});
