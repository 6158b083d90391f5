import { Random } from "@palate/numeric";
import { ChangeBatch, Item, SnapshotStart, type Interaction } from "@palate/proto/dataset";
import { GetRecommendationsRequest } from "@palate/proto/recipe";
import type { Artifact, QueryContext, ServingModel, TrainingData } from "@palate/recipe";
import { Replica, SnapshotBuffer } from "@palate/replica";
import {
  chooseRidge,
  fitRidge,
  initialParameters,
  logPopularity,
  MixerScorer,
  SequenceModel,
  SequenceServing,
  sequencesOf,
  toSequenceArtifact,
  type MixerShape,
} from "@palate/sequence";
import { ExclusionMask, queryContextOf, recommend, type LoadedModel } from "@palate/service";
import { loadTensorBackend } from "@palate/tensorflow";
import { userPersonalizationV2 } from "@palate/user-personalization";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { spreadOf, type Spread } from "./percentiles.js";
import { syntheticData, type SyntheticSize } from "./synthetic.js";

/** Catalogues that are measured; the smallest is the size of MovieLens-1M. */
export const SCAN_SIZES: readonly SyntheticSize[] = [
  { items: 3_706, users: 6_040, interactions: 1_000_000 },
  { items: 100_000, users: 150_000, interactions: 10_000_000 },
  { items: 1_000_000, users: 150_000, interactions: 10_000_000 },
];
/** Requests per second that waiting is worked out for. */
export const REQUESTS_PER_SECOND = 200;
/** Users of the measured replica: one in so many is asked for. */
const ASKED = 2_000;
const RESULTS = 25;
const REQUESTS = 1_000;
const WARM_UP = 50;
/** Requests answered in one way before the other has its turn: both see the same state of the machine. */
const TURN = 50;
/** Requests between two streamed events: 40 events a second. */
const REQUESTS_PER_EVENT = 5;
const BATCH = 5_000;
/** Share of the time that may be left over when requests of a while are answered, before they count as too many. */
const BACKLOG = 0.1;

/** How lists are made: from exact scores of all items, or of those that a coarse scan leaves. */
type Way = "all exactly" | "coarsely first";

/** What a recommendation costs in the service, without gRPC. */
export interface ScanFigures {
  readonly items: number;
  readonly way: Way;
  /** Of the closed form, which is fitted on so many interactions. */
  readonly ridge: "dense" | "sparse";
  readonly interactions: number;
  readonly requests: number;
  /** Milliseconds of a request by the clock. */
  readonly service: Spread;
  /** Milliseconds of processor time of a request: what the clock would say on a machine of its own. */
  readonly cpu: Spread;
  /**
   * From arrival to answer on one core where requests arrive at random, those that wait together sharing scans; infinite where
   * they are more than it can take.
   */
  readonly waited: Spread;
  /** Requests per second that keep one core busy. */
  readonly mostPerSecond: number;
}

const eventOf = (userId: string, itemId: string, timestamp: number): Interaction => ({
  ...{ userId, itemId, timestamp },
  ...{ sessionId: "", eventType: "", eventId: "", recommendationId: "", impression: [], properties: "" },
});

/** A replica of the whole catalogue and of some of the users. */
function replicaOf(data: TrainingData, users: readonly number[]): Replica {
  const replica = new Replica(new SnapshotBuffer(SnapshotStart.create(), false), 0);
  for (let from = 0; from < data.itemIds.length; from += BATCH) {
    const items = data.itemIds.slice(from, from + BATCH).map((itemId) => Item.create({ itemId, properties: "{}" }));
    replica.apply(ChangeBatch.create({ items }));
  }
  for (const user of users) {
    const interactions: Interaction[] = [];
    for (let at = data.offsets[user]!; at < data.offsets[user + 1]!; at++) {
      interactions.push(eventOf(data.userIds[user]!, data.itemIds[data.items[at]!]!, data.timestamps[at]!));
    }
    replica.apply(ChangeBatch.create({ interactions }));
  }
  return replica;
}

/** A model such as a training on this data would give, but for what its network has learned, which costs nothing in serving. */
async function modelOf(data: TrainingData, random: Random): Promise<{ artifact: Artifact; ridge: "dense" | "sparse" }> {
  const sequences = sequencesOf(data);
  const { itemCount, items } = sequences;
  const context = { longestGap: 20 };
  const shape: MixerShape = { itemCount, width: 64, layers: 2, kernels: 4, length: 100, context };
  const parameters = initialParameters(shape, sequences, random);
  // Vectors as long as trained ones.
  for (let at = 0; at < itemCount * shape.width; at++) parameters[at]! *= 10;
  const ridge = await fitRidge(sequences, chooseRidge(sequences), await loadTensorBackend({ prefer: "auto" }));
  const model = new SequenceModel({
    ridge,
    popularity: logPopularity(items, itemCount),
    mixer: new MixerScorer(shape, parameters),
    blend: { network: 1, ridge: 0.4 },
    inverseTemperature: 0.5,
  });
  return { artifact: toSequenceArtifact({ itemIds: data.itemIds, model }), ridge: ridge.kind };
}

/** Users of a replica who ask, and whose events arrive between requests. */
class Askers {
  readonly #random = new Random(2);
  readonly #users: readonly string[];
  readonly #replica: Replica;
  readonly #itemIds: readonly string[];
  #requests = 0;
  /** Unix time in seconds. */
  now: number;

  constructor(data: TrainingData, replica: Replica, users: readonly number[]) {
    this.#users = users.map((user) => data.userIds[user]!);
    this.#replica = replica;
    this.#itemIds = data.itemIds;
    this.now = data.timestamps.reduce((latest, time) => Math.max(latest, time), 0);
  }

  /** The next request. */
  next(): GetRecommendationsRequest {
    const random = this.#random;
    const userId = this.#users[random.integer(this.#users.length)]!;
    this.now += 1 / REQUESTS_PER_SECOND;
    if (this.#requests++ % REQUESTS_PER_EVENT === 0) {
      const item = this.#itemIds[Math.floor(this.#itemIds.length * random.uniform() ** 3)]!;
      this.#replica.apply(ChangeBatch.create({ interactions: [eventOf(userId, item, Math.floor(this.now))] }));
    }
    return GetRecommendationsRequest.create({ userId, numResults: RESULTS });
  }
}

/** Answers requests with one model, as many at a time as it is ready for, and measures. */
class Server {
  readonly #mask = new ExclusionMask();

  constructor(
    readonly loaded: LoadedModel,
    readonly askers: Askers,
  ) {}

  /** Answers the first few requests: how many, and the milliseconds that took. */
  answer(requests: readonly GetRecommendationsRequest[]): { answered: number; clock: number; cpu: number } {
    const { loaded, askers } = this;
    const before = process.cpuUsage();
    const started = performance.now();
    const moments = requests.map((request) => queryContextOf(request, loaded, askers.now));
    const answered = requests.length > 1 ? (loaded.model.prepare?.(moments) ?? 1) : 1;
    for (const request of requests.slice(0, answered)) {
      const { itemIds } = recommend(request, loaded, this.#mask, askers.now);
      if (itemIds.length !== RESULTS) throw new Error(`${itemIds.length} items, not ${RESULTS}, for ${request.userId}`);
    }
    const clock = performance.now() - started;
    const spent = process.cpuUsage(before);
    return { answered, clock, cpu: (spent.user + spent.system) / 1000 };
  }

  /**
   * Times from arrival to answer of requests that arrive at random, on one core of which nothing else takes any time: they wait
   * for one another by how much of the processor each takes.
   */
  waits(perSecond: number, count: number, random: Random): Spread {
    const arrivals: number[] = [];
    for (let at = 0; arrivals.length < count; arrivals.push(at))
      at -= (1000 / perSecond) * Math.log(1 - random.uniform());
    const times: number[] = [];
    const asked: GetRecommendationsRequest[] = [];
    let free = 0;
    while (times.length < count) {
      free = Math.max(free, arrivals[times.length]!);
      while (asked.length < count && arrivals[asked.length]! <= free) asked.push(this.askers.next());
      const { answered, cpu } = this.answer(asked.slice(times.length));
      free += cpu;
      for (let k = 0; k < answered; k++) times.push(free - arrivals[times.length]!);
    }
    const last = arrivals[count - 1]!;
    return free - last > BACKLOG * last ? { p50: Infinity, p95: Infinity, p99: Infinity } : spreadOf(times);
  }
}

/** Measures recommendations from a catalogue, for users in turn, whose events arrive between requests: one row for each way. */
export async function measureScan(size: SyntheticSize, requests = REQUESTS): Promise<ScanFigures[]> {
  const random = new Random(1);
  const data = syntheticData(size);
  const users = Array.from({ length: ASKED }, () => random.integer(size.users));
  const replica = replicaOf(data, users);
  const { artifact, ridge } = await modelOf(data, random);
  const askers = new Askers(data, replica, users);
  const ways = (
    [
      ["all exactly", Infinity],
      ["coarsely first", 1],
    ] as const
  ).map(([way, coarseFrom]) => {
    const serving = new SequenceServing(artifact, replica, { coarseFrom });
    const model: ServingModel = {
      recommend: (query) => serving.recommend(query),
      ...(serving.sharesScans && { prepare: (moments: readonly QueryContext[]) => serving.prepare(moments) }),
      close: () => serving.close(),
    };
    const { descriptor } = userPersonalizationV2;
    const loaded: LoadedModel = { versionId: "v", checkpoint: 0, replica, descriptor, model };
    return { way, server: new Server(loaded, askers), clock: [] as number[], cpu: [] as number[] };
  });
  for (let from = -WARM_UP; from < requests; from += TURN) {
    for (const { server, clock, cpu } of ways) {
      for (let call = from; call < Math.min(requests, from + TURN); call++) {
        const spent = server.answer([askers.next()]);
        if (call < 0) continue;
        clock.push(spent.clock);
        cpu.push(spent.cpu);
      }
    }
  }
  return ways.map(({ way, server, clock, cpu }) => {
    const waited = server.waits(REQUESTS_PER_SECOND, requests, new Random(3));
    server.loaded.model.close?.();
    const busy = cpu.reduce((sum, ms) => sum + ms, 0);
    return {
      ...{ items: size.items, way, ridge, interactions: size.interactions, requests },
      ...{ service: spreadOf(clock), cpu: spreadOf(cpu), waited, mostPerSecond: (1000 * requests) / busy },
    };
  });
}
