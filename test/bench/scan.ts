import { performance } from "node:perf_hooks";
import process from "node:process";
import { Replica, SnapshotBuffer } from "@palate/kit/data";
import type { Artifact, TrainingData } from "@palate/kit/recipe";
import {
  chooseRidge,
  fitRidge,
  initialParameters,
  logPopularity,
  MixerScorer,
  SequenceModel,
  sequencesOf,
  toSequenceArtifact,
  type MixerShape,
} from "@palate/kit/sequence";
import { ExclusionMask, recommend, type LoadedModel } from "@palate/kit/service";
import { loadTensorBackend, Random } from "@palate/kit/tensor";
import { ChangeBatch, Item, SnapshotStart, type Interaction } from "@palate/proto/dataset";
import { GetRecommendationsRequest } from "@palate/proto/recipe";
import { userPersonalizationV2 } from "@palate/user-personalization";
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
/** Requests between two streamed events: 40 events a second. */
const REQUESTS_PER_EVENT = 5;
const BATCH = 5_000;

/** What a recommendation costs in the service, without gRPC. */
export interface ScanFigures {
  readonly items: number;
  /** Of the closed form, which is fitted on so many interactions. */
  readonly ridge: "dense" | "sparse";
  readonly interactions: number;
  readonly requests: number;
  /** Milliseconds of a request by the clock. */
  readonly service: Spread;
  /** Milliseconds of processor time of a request: what the clock would say on a machine of its own. */
  readonly cpu: Spread;
  /** From arrival to answer on one core where requests arrive at random; infinite where they are more than it can take. */
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
    sharpness: 0.5,
  });
  return { artifact: toSequenceArtifact({ itemIds: data.itemIds, model }), ridge: ridge.kind };
}

/** Times from arrival to answer of requests that arrive at random at one server, one after another (Lindley 1952). */
function waitsOf(serviceMs: readonly number[], perSecond: number, random: Random): Spread {
  const mean = serviceMs.reduce((sum, ms) => sum + ms, 0) / serviceMs.length;
  if ((mean * perSecond) / 1000 >= 1) return { p50: Infinity, p95: Infinity, p99: Infinity };
  const times: number[] = [];
  let wait = 0;
  for (let request = 0; request < 50_000; request++) {
    const service = serviceMs[random.integer(serviceMs.length)]!;
    times.push(wait + service);
    wait = Math.max(0, wait + service + (1000 / perSecond) * Math.log(1 - random.uniform()));
  }
  return spreadOf(times);
}

/** Measures recommendations from a catalogue, for users in turn, whose events arrive between requests. */
export async function measureScan(size: SyntheticSize, requests = REQUESTS): Promise<ScanFigures> {
  const random = new Random(1);
  const data = syntheticData(size);
  const users = Array.from({ length: ASKED }, () => random.integer(size.users));
  const replica = replicaOf(data, users);
  const { artifact, ridge } = await modelOf(data, random);
  const loaded: LoadedModel = {
    ...{ versionId: "v", checkpoint: 0, replica },
    descriptor: userPersonalizationV2.descriptor,
    model: userPersonalizationV2.load(artifact, replica),
  };
  const mask = new ExclusionMask();
  let now = data.timestamps.reduce((latest, time) => Math.max(latest, time), 0);
  const [service, cpu]: [number[], number[]] = [[], []];
  for (let call = 0; call < WARM_UP + requests; call++) {
    const user = data.userIds[users[random.integer(ASKED)]!]!;
    now += 1 / REQUESTS_PER_SECOND;
    if (call % REQUESTS_PER_EVENT === 0) {
      const item = data.itemIds[Math.floor(size.items * random.uniform() ** 3)]!;
      replica.apply(ChangeBatch.create({ interactions: [eventOf(user, item, Math.floor(now))] }));
    }
    const request = GetRecommendationsRequest.create({ userId: user, numResults: RESULTS });
    const before = process.cpuUsage();
    const started = performance.now();
    const { itemIds } = recommend(request, loaded, mask, now);
    const ms = performance.now() - started;
    const spent = process.cpuUsage(before);
    if (itemIds.length !== RESULTS) throw new Error(`${itemIds.length} items instead of ${RESULTS} for ${user}`);
    if (call < WARM_UP) continue;
    service.push(ms);
    cpu.push((spent.user + spent.system) / 1000);
  }
  loaded.model.close?.();
  const busy = cpu.reduce((sum, ms) => sum + ms, 0);
  return {
    ...{ items: size.items, ridge, interactions: size.interactions, requests },
    ...{ service: spreadOf(service), cpu: spreadOf(cpu), waited: waitsOf(cpu, REQUESTS_PER_SECOND, random) },
    mostPerSecond: (1000 * requests) / busy,
  };
}
