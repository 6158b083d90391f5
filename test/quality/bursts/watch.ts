import { ChangeBatch, SnapshotStart, type Interaction } from "@palate/proto/dataset";
import type { Artifact, ItemRecipe } from "@palate/recipe";
import { Replica, SnapshotBuffer } from "@palate/replica";
import { simpleDetectors } from "./detectors.js";
import type { Named } from "./judge.js";
import type { PlantedStream } from "./stream.js";

/** Users among whom interactions are shared out. */
const USERS = 20_000;
/** Events of one commit. */
const BATCH = 500;
/** Asked for at the end of each interval. */
const LIMIT = 200;
/** Fewest interactions in an interval with which a simple detector may name an item, as the recipe has it. */
const SUPPORT = 5;

/** What a recipe named, and what it took. */
export interface Watched {
  readonly named: readonly Named[];
  /** Interactions taken in per second, replica included. */
  readonly eventsPerSecond: number;
  /** Milliseconds of the slowest and of an average answer. */
  readonly slowestMs: number;
  readonly averageMs: number;
}

function emptyReplica(): Replica {
  return new Replica(new SnapshotBuffer(SnapshotStart.create(), false), 0);
}

function batchesOf({ items, timestamps }: PlantedStream, from: number, to: number): Interaction[][] {
  const batches: Interaction[][] = [];
  for (let begin = from; begin < to; begin += BATCH) {
    const length = Math.min(BATCH, to - begin);
    batches.push(
      Array.from({ length }, (_, k) => ({
        userId: `u${((begin + k) * 7919) % USERS}`,
        itemId: `i${items[begin + k]}`,
        timestamp: timestamps[begin + k]!,
        sessionId: "",
        eventType: "",
        eventId: "",
        recommendationId: "",
        impression: [],
        properties: "",
      })),
    );
  }
  return batches;
}

/** Interval ends with the number of interactions up to each. */
function* moments(stream: PlantedStream): Generator<{ interval: number; moment: number; from: number; to: number }> {
  let to = 0;
  for (let interval = 0; interval < stream.intervals; interval++) {
    const moment = stream.start + (interval + 1) * stream.intervalSeconds;
    const from = to;
    while (to < stream.items.length && stream.timestamps[to]! < moment) to++;
    yield { interval, moment, from, to };
  }
}

/** Lets the stream flow into a replica that a recipe serves from, and asks what is trending at the end of each interval. */
export function watchRecipe(recipe: ItemRecipe, artifact: Artifact, stream: PlantedStream): Watched {
  const replica = emptyReplica();
  const model = recipe.load(artifact, replica);
  const named: Named[] = [];
  let taking = 0;
  let asking = 0;
  let slowestMs = 0;
  for (const { interval, moment, from, to } of moments(stream)) {
    const batches = batchesOf(stream, from, to);
    const started = performance.now();
    for (const interactions of batches)
      replica.apply({ ...ChangeBatch.create(), committedAtMs: moment * 1000, interactions });
    const taken = performance.now();
    const excluded = new Uint8Array(replica.itemCount);
    const answer = model.recommend({ user: -1, item: -1, limit: LIMIT, excluded, timestamp: moment });
    const answered = performance.now() - taken;
    taking += taken - started;
    asking += answered;
    slowestMs = Math.max(slowestMs, answered);
    if (interval < stream.firstTested) continue;
    answer.items.forEach((index, rank) => {
      if ((answer.reasons?.[rank] ?? "model") !== "model") return;
      named.push({ interval, item: Number(replica.itemId(index).slice(1)), score: answer.scores?.[rank] ?? -rank });
    });
  }
  model.close?.();
  const eventsPerSecond = stream.items.length / (taking / 1000);
  return { named, eventsPerSecond, slowestMs, averageMs: asking / stream.intervals };
}

/** What each simple detector says of each item with enough interactions at the end of each tested interval. */
export function watchSimply(stream: PlantedStream): Map<string, Named[]> {
  const detectors = simpleDetectors(stream.itemCount);
  const scored = new Map(detectors.map(({ name }) => [name, [] as Named[]]));
  for (const { interval, from, to } of moments(stream)) {
    const counts = new Int32Array(stream.itemCount);
    for (let k = from; k < to; k++) counts[stream.items[k]!]!++;
    for (const detector of detectors) {
      const scores = detector.next(counts);
      if (interval < stream.firstTested) continue;
      for (let item = 0; item < scores.length; item++)
        if (counts[item]! >= SUPPORT) scored.get(detector.name)!.push({ interval, item, score: scores[item]! });
    }
  }
  return scored;
}
