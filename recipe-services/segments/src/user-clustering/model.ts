import { Random } from "@palate/numeric";
import type { TrainingData } from "@palate/recipe";
import { itemVectors } from "./item-vectors.js";
import { assign, kMeans, normalize, refine, silhouette, type Vectors } from "./k-means.js";

/** Most users that the number of clusters and the initial centres are chosen with. */
const SAMPLE = 2_000;
/** Most users that centres are refined with; more would hardly move them. */
const MAX_USERS = 100_000;
/** Most clusters that are tried when their number is not given. */
const MAX_CLUSTERS = 16;
const STARTS = 6;
const ROUNDS = 30;

/** How users are clustered; see the hyperparameters of the recipe for meanings and ranges. */
export interface ClusteringOptions {
  /** Number of clusters; 0 to choose it by the silhouette. */
  readonly clusters: number;
  readonly dimensions: number;
}

/** Clusters of users: centres in the space of the item embeddings. */
export interface Clusters {
  readonly dimensions: number;
  /** Items × dimensions. */
  readonly itemVectors: Float32Array;
  /** Clusters × dimensions, unit vectors; the cluster with most users first. */
  readonly centers: Float32Array;
}

/** Writes a user's vector, the normalized sum of the vectors of the history's items, to row `row` of `into`. */
export function addUser(
  { itemVectors: vectors, dimensions }: Pick<Clusters, "itemVectors" | "dimensions">,
  items: Iterable<number>,
  into: Float32Array,
  row: number,
): void {
  const at = row * dimensions;
  into.fill(0, at, at + dimensions);
  for (const item of items)
    if (item >= 0) for (let d = 0; d < dimensions; d++) into[at + d]! += vectors[item * dimensions + d]!;
  normalize(into, at, dimensions);
}

/** Vectors of the chosen users. */
export function userVectors(
  model: Pick<Clusters, "itemVectors" | "dimensions">,
  data: Pick<TrainingData, "offsets" | "items">,
  users: Int32Array,
): Vectors {
  const values = new Float32Array(users.length * model.dimensions);
  users.forEach((user, row) =>
    addUser(model, data.items.subarray(data.offsets[user], data.offsets[user + 1]), values, row),
  );
  return { values, dimensions: model.dimensions, count: users.length };
}

function head({ values, dimensions, count }: Vectors, most: number): Vectors {
  return { values: values.subarray(0, Math.min(count, most) * dimensions), dimensions, count: Math.min(count, most) };
}

/** The centres with the highest silhouette over all numbers of clusters. */
function* bestCenters(sample: Vectors, random: Random): Generator<void, Float32Array> {
  let best = kMeans(sample, 1, 1, ROUNDS, random);
  let highest = 0;
  for (let k = 2; k <= Math.min(MAX_CLUSTERS, sample.count - 1); k++) {
    const centers = kMeans(sample, k, STARTS, ROUNDS, random);
    const found = silhouette(assign(sample, centers));
    if (found > highest) [best, highest] = [centers, found];
    yield;
  }
  return best;
}

/** Centres by descending number of vectors, without empty ones. */
function bySize(vectors: Vectors, centers: Float32Array): Float32Array {
  const { dimensions } = vectors;
  const sizes = new Int32Array(centers.length / dimensions);
  for (const center of assign(vectors, centers).centers) sizes[center]!++;
  const order = [...sizes.keys()].filter((center) => sizes[center]! > 0).sort((a, b) => sizes[b]! - sizes[a]! || a - b);
  const sorted = new Float32Array(order.length * dimensions);
  order.forEach((center, position) =>
    sorted.set(centers.subarray(center * dimensions, (center + 1) * dimensions), position * dimensions),
  );
  return sorted;
}

/**
 * Clusters users: item embeddings by a truncated singular value decomposition, a user's vector as the sum over the history,
 * spherical k-means over the users. Where the number of clusters is not given, it is the number from 2 to 16 with the highest
 * silhouette on a sample.
 * @returns at least one cluster when anybody has a history. Yields the share done.
 */
export function* clusterUsers(
  data: Pick<TrainingData, "itemIds" | "offsets" | "items">,
  options: ClusteringOptions,
  seed: number,
): Generator<number, Clusters> {
  const dimensions = Math.min(options.dimensions, Math.max(1, data.itemIds.length - 1));
  const learning = itemVectors(data, dimensions, seed);
  let step = learning.next();
  for (; step.done !== true; step = learning.next()) yield 0.6 * step.value;
  const model = { dimensions, itemVectors: step.value };

  const random = new Random(seed);
  const active = Int32Array.from({ length: data.offsets.length - 1 }, (_, user) =>
    data.offsets[user + 1]! > data.offsets[user]! ? user : -1,
  ).filter((user) => user >= 0);
  const vectors = userVectors(model, data, random.shuffle(active).subarray(0, MAX_USERS));
  const sample = head(vectors, SAMPLE);
  yield 0.6;
  let start: Float32Array;
  if (options.clusters === 0) {
    const finding = bestCenters(sample, random);
    let found = finding.next();
    for (let tried = 1; found.done !== true; found = finding.next()) yield 0.6 + (0.35 * tried++) / MAX_CLUSTERS;
    start = found.value;
  } else {
    start = kMeans(sample, Math.min(options.clusters, Math.max(1, sample.count)), STARTS, ROUNDS, random);
  }
  yield 0.95;
  return { ...model, centers: bySize(vectors, refine(vectors, start, ROUNDS).centers) };
}
