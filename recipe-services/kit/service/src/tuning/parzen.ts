import type { Random } from "@palate/numeric";
import type { Dimension, Point } from "./search-space.js";

/** A configuration that was tried, and what it reached; higher is better. */
export interface Observation {
  readonly point: Point;
  readonly objective: number;
}

/** Configurations drawn from the good ones' density, of which the most promising is proposed. */
const CANDIDATES = 24;
/** Share of the observations that count as good. */
const GOOD_SHARE = 0.25;
/** Width of the density around the default, in shares of a range: proposals go from the defaults outward. */
const PRIOR_WIDTH = 0.35;
const MIN_WIDTH = 0.05;
/** Observations from which on proposals are modelled rather than drawn around the default. */
const MIN_OBSERVATIONS = 4;

/** A one-dimensional density over a range or a set of choices. */
interface Density {
  draw(random: Random): number;
  at(place: number): number;
}

const normal = (z: number): number => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);

/** The normal distribution function, by the approximation of Abramowitz and Stegun 7.1.26 (error below 1.5e-7). */
function cumulative(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const tail = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  const erf = 1 - tail * Math.exp(-x * x);
  return z < 0 ? (1 - erf) / 2 : (1 + erf) / 2;
}

/** Equal mixture of normal densities, each cut off at the ends of [0, 1]. */
function mixture(centres: readonly { readonly centre: number; readonly width: number }[]): Density {
  const masses = centres.map(({ centre, width }) => cumulative((1 - centre) / width) - cumulative(-centre / width));
  return {
    draw(random) {
      const { centre, width } = centres[random.integer(centres.length)]!;
      for (let attempt = 0; attempt < 100; attempt++) {
        const place = centre + width * random.normal();
        if (place >= 0 && place <= 1) return place;
      }
      return Math.min(1, Math.max(0, centre));
    },
    at(place) {
      let sum = 0;
      centres.forEach(({ centre, width }, k) => (sum += normal((place - centre) / width) / (width * masses[k]!)));
      return sum / centres.length;
    },
  };
}

/** Choices by how often they were taken; each counts as seen once before, the default as seen twice. */
function choices(count: number, start: number, taken: readonly number[]): Density {
  const weights = new Array<number>(count).fill(1);
  if (start >= 0) weights[start]!++;
  for (const choice of taken) weights[choice]!++;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    draw(random) {
      let left = random.uniform() * total;
      for (let choice = 0; choice < count; choice++) if ((left -= weights[choice]!) < 0) return choice;
      return count - 1;
    },
    at: (choice) => weights[choice]! / total,
  };
}

/** Places with the distance to their farther neighbour as width, and the prior around the default beside them. */
function densityOf(dimension: Dimension, places: readonly number[]): Density {
  if (dimension.kind === "categorical") return choices(dimension.values.length, dimension.start, places);
  const prior = { centre: dimension.start, width: PRIOR_WIDTH };
  const sorted = [...places, dimension.start].sort((a, b) => a - b);
  const least = Math.max(MIN_WIDTH, 1 / (2 + 2 * places.length));
  const centres = places.map((centre) => {
    const at = sorted.indexOf(centre);
    const below = centre - (sorted[at - 1] ?? 0);
    const above = (sorted[sorted.lastIndexOf(centre) + 1] ?? 1) - centre;
    return { centre, width: Math.min(PRIOR_WIDTH, Math.max(least, below, above)) };
  });
  return mixture([...centres, prior]);
}

/**
 * The next configuration to try, by tree-structured Parzen estimators (Bergstra et al. 2011): one density of the good
 * configurations and one of the others, dimension by dimension; of some drawn from the first, the one whose ratio of
 * both is largest. With few observations, a draw around the default.
 */
export function propose(space: readonly Dimension[], observations: readonly Observation[], random: Random): Point {
  const drawn = (densities: readonly Density[]): number[] => densities.map((density) => density.draw(random));
  if (observations.length < MIN_OBSERVATIONS) return drawn(space.map((dimension) => densityOf(dimension, [])));
  const ranked = [...observations].sort((a, b) => b.objective - a.objective);
  const good = Math.max(1, Math.ceil(GOOD_SHARE * ranked.length));
  const densities = (from: number, to: number): Density[] =>
    space.map((dimension, at) =>
      densityOf(
        dimension,
        ranked.slice(from, to).map(({ point }) => point[at]!),
      ),
    );
  const better = densities(0, good);
  const worse = densities(good, ranked.length);
  let best: number[] = [];
  let bestRatio = -Infinity;
  for (let candidate = 0; candidate < CANDIDATES; candidate++) {
    const point = drawn(better);
    let ratio = 0;
    point.forEach((place, at) => (ratio += Math.log(better[at]!.at(place)) - Math.log(worse[at]!.at(place))));
    if (ratio > bestRatio) [best, bestRatio] = [point, ratio];
  }
  return best;
}
