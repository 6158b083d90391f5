import type { Random } from "@palate/numeric";

/** Unit vectors, or zeros, one after the other. */
export interface Vectors {
  /** Row-major. */
  readonly values: Float32Array;
  readonly dimensions: number;
  readonly count: number;
}

/** Which centre each vector is nearest to. */
export interface Assignment {
  readonly centers: Int32Array;
  /** Cosine of each vector and its centre. */
  readonly nearest: Float32Array;
  /** Cosine of each vector and the centre that is second nearest; -1 where there is only one. */
  readonly second: Float32Array;
}

function dot(a: Float32Array, atA: number, b: Float32Array, atB: number, dimensions: number): number {
  let sum = 0;
  for (let d = 0; d < dimensions; d++) sum += a[atA + d]! * b[atB + d]!;
  return sum;
}

/** Makes a row a unit vector, in place; zeros stay. */
export function normalize(values: Float32Array, at: number, dimensions: number): void {
  const length = Math.sqrt(dot(values, at, values, at, dimensions));
  if (length > 0) for (let d = 0; d < dimensions; d++) values[at + d]! /= length;
}

/** Assigns every vector to the centre of the highest cosine; of equal ones to the first. */
export function assign({ values, dimensions, count }: Vectors, centers: Float32Array): Assignment {
  const k = centers.length / dimensions;
  const assignment = {
    centers: new Int32Array(count),
    nearest: new Float32Array(count).fill(-1),
    second: new Float32Array(count).fill(-1),
  };
  for (let row = 0; row < count; row++) {
    let [best, at, second] = [-Infinity, 0, -1];
    for (let center = 0; center < k; center++) {
      const cosine = dot(values, row * dimensions, centers, center * dimensions, dimensions);
      if (cosine > best) [second, best, at] = [best === -Infinity ? -1 : best, cosine, center];
      else if (cosine > second) second = cosine;
    }
    assignment.centers[row] = at;
    assignment.nearest[row] = best;
    assignment.second[row] = second;
  }
  return assignment;
}

/** Initial centres by k-means++ (Arthur and Vassilvitskii 2007), with the cosine distance. */
function firstCenters({ values, dimensions, count }: Vectors, k: number, random: Random): Float32Array {
  const centers = new Float32Array(k * dimensions);
  const distances = new Float64Array(count).fill(1);
  for (let center = 0; center < k; center++) {
    const total = distances.reduce((sum, distance) => sum + distance, 0);
    let left = random.uniform() * total;
    let chosen = 0;
    while (chosen < count - 1 && (left -= distances[chosen]!) >= 0) chosen++;
    centers.set(values.subarray(chosen * dimensions, (chosen + 1) * dimensions), center * dimensions);
    for (let row = 0; row < count; row++) {
      const distance = 1 - dot(values, row * dimensions, centers, center * dimensions, dimensions);
      distances[row] = Math.max(0, Math.min(center === 0 ? Infinity : distances[row]!, distance));
    }
  }
  return centers;
}

/**
 * Spherical k-means (Dhillon and Modha 2001): moves centres until no vector changes its centre, at most for the given number of
 * rounds. A centre that loses all its vectors stays where it is.
 */
export function refine(vectors: Vectors, start: Float32Array, rounds: number): { centers: Float32Array; fit: number } {
  const { values, dimensions, count } = vectors;
  let centers = start;
  let before: Int32Array | undefined;
  for (let round = 0; ; round++) {
    const { centers: of, nearest } = assign(vectors, centers);
    const fit = nearest.reduce((sum, cosine) => sum + cosine, 0) / Math.max(1, count);
    if (round >= rounds || (before !== undefined && of.every((center, row) => center === before![row]))) {
      return { centers, fit };
    }
    before = of;
    const sums = new Float32Array(centers.length);
    const sizes = new Int32Array(centers.length / dimensions);
    for (let row = 0; row < count; row++) {
      sizes[of[row]!]!++;
      for (let d = 0; d < dimensions; d++) sums[of[row]! * dimensions + d]! += values[row * dimensions + d]!;
    }
    sizes.forEach((size, center) => {
      const at = center * dimensions;
      if (size === 0) sums.set(centers.subarray(at, at + dimensions), at);
      normalize(sums, at, dimensions);
    });
    centers = sums;
  }
}

/** Spherical k-means from several initialisations; returns the centres of the best fit. */
export function kMeans(vectors: Vectors, k: number, starts: number, rounds: number, random: Random): Float32Array {
  let best: { centers: Float32Array; fit: number } | undefined;
  for (let start = 0; start < starts; start++) {
    const found = refine(vectors, firstCenters(vectors, k, random), rounds);
    if (best === undefined || found.fit > best.fit) best = found;
  }
  return best!.centers;
}

/**
 * The simplified silhouette (Hruschka et al. 2004), 0 to 1: the mean over vectors of (b - a) / max(a, b), with the cosine
 * distances a to the nearest and b to the second nearest centre.
 */
export function silhouette({ nearest, second }: Assignment): number {
  let sum = 0;
  for (let row = 0; row < nearest.length; row++) {
    const [a, b] = [1 - nearest[row]!, 1 - second[row]!];
    sum += b > 0 ? (b - a) / b : 0;
  }
  return nearest.length === 0 ? 0 : sum / nearest.length;
}
