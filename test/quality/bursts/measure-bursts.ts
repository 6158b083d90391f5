import Table from "cli-table3";
import {
  hyperparametersAsText,
  resolveHyperparameters,
  trainingDataOf,
  type Artifact,
  type HyperparameterValues,
  type Recipe,
  type TrainingData,
} from "@palate/kit/recipe";
import type { QualityOptions } from "../options.js";
import type { PlantedRun } from "../planted.js";
import { bestCut, judge, type Judgement } from "./judge.js";
import { FULL_SIZE, plantedStream, type PlantedStream, type StreamSize } from "./stream.js";
import { watchRecipe, watchSimply } from "./watch.js";

/** Streams that figures are averaged over. */
const SEEDS = 3;
/** Most false names that a simple detector's threshold may let through. */
const MOST_FALSE = 0.05;

/** What was measured on one stream. */
interface SeedReport {
  readonly seed: number;
  readonly interactions: number;
  readonly judgements: Readonly<Record<string, Judgement>>;
  readonly eventsPerSecond: number;
  readonly averageMs: number;
  readonly slowestMs: number;
}

/** What is planted, without a data set: everything needed to judge and repeat it. */
export interface BurstsReport {
  readonly recipe: string;
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly intervalSeconds: number;
  readonly size: StreamSize;
  readonly seeds: readonly SeedReport[];
  /** Means over the seeds, by the recipe's and the simple detectors' names. */
  readonly mean: Readonly<Record<string, Judgement>>;
  readonly seconds: number;
  readonly options: QualityOptions;
}

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

async function trained(recipe: Recipe, data: TrainingData, hyperparameters: HyperparameterValues): Promise<Artifact> {
  let artifact: Artifact | undefined;
  await recipe.train({
    everything: data,
    fit: data,
    hyperparameters,
    seed: 1,
    backend: "auto",
    signal: new AbortController().signal,
    report: () => {},
    publish: async ({ deployed }) => {
      artifact = deployed;
    },
  });
  if (artifact === undefined) throw new Error(`${recipe.descriptor.name} published no model.`);
  return artifact;
}

function means(seeds: readonly SeedReport[]): Record<string, Judgement> {
  const mean = (of: (seed: SeedReport) => number): number => seeds.reduce((sum, s) => sum + of(s), 0) / seeds.length;
  const names = Object.keys(seeds[0]?.judgements ?? {});
  return Object.fromEntries(
    names.map((name) => [
      name,
      {
        found: mean(({ judgements }) => judgements[name]!.found),
        false: mean(({ judgements }) => judgements[name]!.false),
        named: mean(({ judgements }) => judgements[name]!.named),
      },
    ]),
  );
}

/**
 * Plants five-fold bursts in streams with daily rhythms, lets a recipe that says what rises watch them live, and holds
 * what it names against simple detectors.
 */
export async function measureBursts(
  recipe: Recipe,
  options: QualityOptions,
  say: (line: string) => void,
  size: StreamSize = FULL_SIZE,
): Promise<BurstsReport> {
  const started = performance.now();
  const { name } = recipe.descriptor;
  const values = resolveHyperparameters(recipe.descriptor.hyperparameters, options.hyperparameters);
  const one = trainingDataOf([{ user: "u", item: "i", timestamp: 0 }]);
  const intervalSeconds = recipe.trendInterval?.(await trained(recipe, one, values));
  if (intervalSeconds === undefined) throw new Error(`${name} does not say what rises.`);
  const seeds: SeedReport[] = [];
  for (let seed = options.seed; seed < options.seed + SEEDS; seed++) {
    say(`Stream ${seed - options.seed + 1} of ${SEEDS}.`);
    const stream = plantedStream(seed, intervalSeconds, size);
    const artifact = await trained(recipe, quietPart(stream), values);
    const { named, ...speed } = watchRecipe(recipe, artifact, stream);
    const simple = [...watchSimply(stream)].map(([detector, scored]) => [
      detector,
      bestCut(stream, scored, MOST_FALSE),
    ]);
    const judgements = { [name]: judge(stream, named), ...Object.fromEntries(simple) };
    seeds.push({ seed, interactions: stream.items.length, judgements, ...speed });
  }
  return {
    recipe: name,
    hyperparameters: hyperparametersAsText(values),
    intervalSeconds,
    size,
    seeds,
    mean: means(seeds),
    seconds: (performance.now() - started) / 1000,
    options,
  };
}

/** The report as a table for a terminal. */
export function renderBursts({ size, seeds, mean, options, ...report }: BurstsReport): string {
  const interactions = Math.round(seeds.reduce((sum, seed) => sum + seed.interactions, 0) / seeds.length);
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const table = new Table({
    head: ["", "found within 2 intervals", "false", "named", ...seeds.map(({ seed }) => `seed ${seed}`)],
    style: { head: [], border: [] },
  });
  for (const [name, judgement] of Object.entries(mean)) {
    const each = seeds.map(
      ({ judgements }) => `${percent(judgements[name]!.found)} / ${percent(judgements[name]!.false)}`,
    );
    table.push([name, percent(judgement.found), percent(judgement.false), judgement.named.toFixed(0), ...each]);
  }
  const speeds = seeds.map((s) => `${Math.round(s.eventsPerSecond / 1000)} k`).join(", ");
  const answers = seeds.map((s) => s.averageMs.toFixed(1)).join(", ");
  return [
    `data       ${size.bursts} five-fold bursts planted in ${size.items} items, ${interactions} interactions: Poisson with a daily ` +
      `rhythm for each item; ${size.quiet} intervals to learn from, ${size.tested} to look in`,
    `protocol   ${options.protocol}: asked at the end of each interval of ${report.intervalSeconds} s; false is the share of what ` +
      `is named; simple detectors get the threshold that is best in hindsight with at most ${percent(MOST_FALSE)} false`,
    `conditions seeds ${seeds.map(({ seed }) => seed).join(", ")}, ${options.cores} cores, ${(report.seconds / 60).toFixed(1)} minutes`,
    `speed      ${speeds} interactions/s taken in; a list made in ${answers} ms on average`,
    `command    ${options.command}`,
    "",
    table.toString(),
  ].join("\n");
}

/** `--protocol planted-bursts`. */
export async function runBursts(
  recipe: Recipe,
  options: QualityOptions,
  say: (line: string) => void,
): Promise<PlantedRun> {
  const report = await measureBursts(recipe, options, say);
  return { report, text: renderBursts(report) };
}
