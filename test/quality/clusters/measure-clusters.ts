import Table from "cli-table3";
import {
  finished,
  replicaViewOf,
  resolveHyperparameters,
  segmentSplit,
  type Artifact,
  type Recipe,
  type ServingModel,
} from "@palate/kit/recipe";
import type { QualityOptions } from "../options.js";
import { adjustedRandIndex } from "./adjusted-rand-index.js";
import { plantClusters, type PlantedClusters } from "./planted.js";

const USERS = 3_000;
const ITEMS = 600;
const NOISE = [0.3, 0.5, 0.6, 0.7];
/** Draws of each amount of noise. */
const SEEDS = 3;

/** What was found of one planting. */
interface Found {
  readonly noise: number;
  readonly seed: number;
  readonly clusters: number;
  readonly adjustedRandIndex: number;
  /** Share of the planted groups whose kind is the first word of the label of the cluster that most of them are in. */
  readonly labelsRight: number;
  readonly labels: readonly string[];
  readonly trainingSeconds: number;
}

async function trained(recipe: Recipe, { data }: PlantedClusters, options: QualityOptions): Promise<Artifact> {
  const published: Artifact[] = [];
  await recipe.train({
    everything: data,
    fit: segmentSplit(data).fit,
    hyperparameters: resolveHyperparameters(recipe.descriptor.hyperparameters, options.hyperparameters),
    seed: options.seed,
    backend: options.backend,
    signal: new AbortController().signal,
    report: () => {},
    publish: async ({ deployed }) => {
      published.push(deployed);
    },
  });
  return published.at(-1)!;
}

/** The segment of each user, as whoever asks the API sees it; -1 for users in none. */
function membersOf(model: ServingModel, ids: readonly string[], users: number): Int32Array {
  const members = new Int32Array(users).fill(-1);
  const all = { item: -1, attributes: "", limit: users, excludeOwners: false, timestamp: 0 };
  ids.forEach((segment, place) => {
    for (const user of finished(model.segment!({ ...all, segment })).users) members[user] = place;
  });
  return members;
}

/** Share of the groups whose kind begins the label of the segment that holds most of their users. */
function labelsRight({ groups, kinds }: PlantedClusters, members: Int32Array, labels: readonly string[]): number {
  const right = kinds.filter((kind, group) => {
    const sizes = labels.map((_, place) => members.filter((at, user) => at === place && groups[user] === group).length);
    return labels[sizes.indexOf(Math.max(...sizes))]?.split(", ")[0] === kind;
  });
  return right.length / kinds.length;
}

async function find(recipe: Recipe, noise: number, seed: number, options: QualityOptions): Promise<Found> {
  const planted = plantClusters({ users: USERS, items: ITEMS, noise, seed });
  const started = performance.now();
  const artifact = await trained(recipe, planted, options);
  const trainingSeconds = (performance.now() - started) / 1000;
  const model = recipe.load(artifact, replicaViewOf(planted.data));
  const segments = finished(model.segments!());
  const labels = segments.map(({ label }) => label);
  const members = membersOf(
    model,
    segments.map(({ id }) => id),
    USERS,
  );
  return {
    noise,
    seed,
    clusters: segments.length,
    adjustedRandIndex: adjustedRandIndex(members, planted.groups),
    labelsRight: labelsRight(planted, members, labels),
    labels,
    trainingSeconds,
  };
}

/**
 * Plants groups of users and looks whether a recipe finds them, how many there are included, and whether its labels name
 * what each group was planted with.
 */
export async function runClusters(
  recipe: Recipe,
  options: QualityOptions,
  say: (line: string) => void,
): Promise<{ report: object; text: string }> {
  const found: Found[] = [];
  for (const noise of NOISE)
    for (let seed = options.seed; seed < options.seed + SEEDS; seed++) {
      say(`Noise ${noise}, seed ${seed}.`);
      found.push(await find(recipe, noise, seed, options));
    }
  const table = new Table({
    head: ["noise", "clusters", "adjusted Rand index", "lowest", "labels right", "training s"],
    style: { head: [], border: [] },
  });
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  for (const noise of NOISE) {
    const of = found.filter((one) => one.noise === noise);
    const indices = of.map((one) => one.adjustedRandIndex);
    table.push([
      noise,
      of.map(({ clusters }) => clusters).join(" "),
      mean(indices).toFixed(4),
      Math.min(...indices).toFixed(4),
      mean(of.map((one) => one.labelsRight)).toFixed(2),
      mean(of.map((one) => one.trainingSeconds)).toFixed(1),
    ]);
  }
  const conditions = [
    `recipe     ${recipe.descriptor.name}`,
    `data       planted: 6 groups among ${USERS} users with 10 to 40 interactions each and ${ITEMS} items`,
    `protocol   planted-clusters, noise: share of interactions that have nothing to do with the group; chance is 0`,
    `conditions seeds ${options.seed} to ${options.seed + SEEDS - 1}, ${options.cores} cores`,
    `command    ${options.command}`,
  ];
  return { report: { recipe: recipe.descriptor.name, options, found }, text: `${conditions.join("\n")}\n\n${table}` };
}
