import { Random } from "@palate/numeric";
import { ChangeBatch, SnapshotStart, type Interaction } from "@palate/proto/dataset";
import { resolveHyperparameters, trainingDataOf, type Artifact } from "@palate/recipe";
import { Replica, SnapshotBuffer } from "@palate/replica";
import { trendingNow } from "@palate/trending";
import { performance } from "node:perf_hooks";
import { spreadOf } from "./percentiles.js";

const ITEMS = 100_000;
const EVENTS_PER_SECOND = 20_000;
const SECONDS = 30;
const USERS = 1_000_000;
const BATCH = 500;
const START = 1_700_000_000;

/** What a stream costs. */
export interface StreamFigures {
  readonly what: string;
  /** Share of one core that keeping up with the stream takes. */
  readonly coreShare: number;
  /** Interactions that could be taken in per second. */
  readonly mostPerSecond: number;
  /** Milliseconds to make and read a list of 25, asked once a second of the stream. */
  readonly p50: number;
  readonly p99: number;
}

async function settings(): Promise<Artifact> {
  const data = trainingDataOf([{ user: "u", item: "i", timestamp: START }]);
  const artifacts: Artifact[] = [];
  await trendingNow.train({
    everything: data,
    fit: data,
    hyperparameters: resolveHyperparameters(trendingNow.descriptor.hyperparameters, {}),
    seed: 1,
    backend: "auto",
    signal: new AbortController().signal,
    report: () => {},
    publish: async ({ deployed }) => void artifacts.push(deployed),
  });
  return artifacts[0]!;
}

/** One second of interactions in commits; popular items are interacted with far more often than others. */
function commitsOf(second: number, random: Random): Interaction[][] {
  return Array.from({ length: EVENTS_PER_SECOND / BATCH }, () =>
    Array.from({ length: BATCH }, () => ({
      userId: `u${random.integer(USERS)}`,
      itemId: `i${Math.floor(ITEMS * random.uniform() ** 3)}`,
      timestamp: START + second,
      sessionId: "",
      eventType: "",
      eventId: "",
      recommendationId: "",
      impression: [],
      properties: "",
    })),
  );
}

/** A replica that takes in a stream, alone or with a model that is asked what is trending. */
function follow(artifact: Artifact | null): StreamFigures {
  const random = new Random(1);
  const replica = new Replica(new SnapshotBuffer(SnapshotStart.create(), false), 0);
  const model = artifact && trendingNow.load(artifact, replica);
  const answers: number[] = [];
  let busy = 0;
  for (let second = 0; second < SECONDS; second++) {
    const commits = commitsOf(second, random);
    const committedAtMs = (START + second) * 1000;
    const started = performance.now();
    for (const interactions of commits) replica.apply({ ...ChangeBatch.create(), committedAtMs, interactions });
    busy += performance.now() - started;
    if (model === null) continue;
    const asked = performance.now();
    const excluded = new Uint8Array(replica.itemCount);
    model.recommend({ user: -1, item: -1, limit: 25, excluded, timestamp: START + second });
    answers.push(performance.now() - asked);
  }
  model?.close?.();
  const spent = busy + answers.reduce((sum, ms) => sum + ms, 0);
  return {
    what: model === null ? "replica alone" : "replica and trending-now",
    coreShare: spent / 1000 / SECONDS,
    mostPerSecond: (EVENTS_PER_SECOND * SECONDS) / (busy / 1000),
    p50: spreadOf(answers).p50,
    p99: spreadOf(answers).p99,
  };
}

/** Head of the table of {@link measureTrending}. */
export const TRENDING_TITLE = `${EVENTS_PER_SECOND} interactions/s with ${ITEMS} items, ${SECONDS} s of stream`;

/** What counting trends live costs beside the replica that every recipe needs. */
export async function measureTrending(): Promise<StreamFigures[]> {
  const artifact = await settings();
  follow(null); // so that both are measured when compiled
  return [follow(null), follow(artifact)];
}
