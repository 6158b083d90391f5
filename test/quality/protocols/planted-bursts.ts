import { isItemRecipe, trainingDataOf, type ItemRecipe, type TrainingData } from "@palate/recipe";
import { bestCut, judge, type Judgement } from "../bursts/judge.js";
import { FULL_SIZE, plantedStream, type PlantedStream, type StreamSize } from "../bursts/stream.js";
import { watchRecipe, watchSimply } from "../bursts/watch.js";
import type { QualityOptions } from "../run-options.js";
import type { Outcome, Protocol } from "../protocol.js";
import { stored, train } from "../train.js";

/** Most false names that a simple detector's threshold may let through. */
const MAX_FALSE = 0.05;

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** The interactions before anything is planted, as if one user had made them all. */
function quietPart(stream: PlantedStream): TrainingData {
  const end = stream.start + stream.firstTested * stream.intervalSeconds;
  const first = stream.timestamps.findIndex((time) => time >= end);
  const count = first < 0 ? stream.items.length : first;
  return {
    ...trainingDataOf([]),
    userIds: ["everybody"],
    itemIds: Array.from({ length: stream.itemCount }, (_, item) => `i${item}`),
    offsets: Int32Array.of(0, count),
    items: stream.items.subarray(0, count),
    timestamps: stream.timestamps.subarray(0, count),
    eventTypes: new Uint16Array(count),
    eventTypeNames: [""],
    eventValues: new Float32Array(count).fill(Number.NaN),
  };
}

function metricsOf({ found, false: wrong, named }: Judgement): Record<string, number> {
  return { found_share: found, false_share: wrong, named };
}

/**
 * Plants five-fold bursts in a stream with daily rhythms, lets a recipe that says what rises watch it live, and holds
 * what it names against simple detectors.
 * @param size how large the stream is
 */
export async function measureBursts(
  recipe: ItemRecipe,
  options: QualityOptions,
  say: (line: string) => void,
  size: StreamSize = FULL_SIZE,
): Promise<Outcome> {
  const one = trainingDataOf([{ user: "u", item: "i", timestamp: 0 }]);
  const probe = await train(recipe, { fit: one, held: one }, options, () => {});
  const intervalSeconds = recipe.trendInterval?.(probe.published.at(-1)!.artifact);
  if (intervalSeconds === undefined) throw new Error(`${recipe.descriptor.name} does not say what rises.`);
  const stream = plantedStream(options.seed, intervalSeconds, size);
  const quiet = quietPart(stream);
  const { published, ...training } = await train(recipe, { fit: quiet, held: quiet }, options, say);
  const { artifact, bytes } = stored(recipe, published.at(-1)!.artifact);
  const started = performance.now();
  const { named, eventsPerSecond, averageMs } = watchRecipe(recipe, artifact, stream);
  const detectors = [...watchSimply(stream)].map(
    ([name, scored]) => [name, bestCut(stream, scored, MAX_FALSE)] as const,
  );
  return {
    ...training,
    evaluationSeconds: (performance.now() - started) / 1000,
    modelBytes: bytes,
    data:
      `${size.bursts} five-fold bursts planted in ${size.items} items, about ${Math.round(stream.items.length / 1000)} thousand interactions: ` +
      `Poisson with a daily rhythm for each item; ${size.quiet} intervals to learn from, ${size.tested} to look in`,
    asked:
      `at the end of each interval of ${intervalSeconds} s; false is the share of what is named; simple detectors get ` +
      `the threshold that is best in hindsight with at most ${percent(MAX_FALSE)} false`,
    cases: stream.bursts.length,
    metrics: metricsOf(judge(stream, named)),
    references: Object.fromEntries(detectors.map(([name, judgement]) => [name, metricsOf(judgement)])),
    curve: [],
    remarks: [
      `${Math.round(eventsPerSecond / 1000)} k interactions/s taken in; a list made in ${averageMs.toFixed(1)} ms on average`,
    ],
  };
}

/** Streams in which items get five times their usual interactions for six intervals. */
export const plantedBursts: Protocol<ItemRecipe> = {
  name: "planted-bursts",
  description:
    "makes streams in which items, each with a daily rhythm, get five times their usual interactions for six intervals; recipes that say what rises are asked at the end of each interval",
  needsData: false,
  columns: [
    { name: "found within 2 intervals", key: "found_share" },
    { name: "false", key: "false_share" },
    { name: "named", key: "named" },
  ],
  fits: (recipe): recipe is ItemRecipe => isItemRecipe(recipe) && recipe.trendInterval !== undefined,
  run: (recipe, { options, say }) => measureBursts(recipe, options, say),
};
