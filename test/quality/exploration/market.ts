import { Random } from "@palate/numeric";
import { trainingDataOf, type TrainingData } from "@palate/recipe";

const DAY = 86_400;
/** Moment of the newest interaction. */
export const NOW = 1_700_000_000;

/** How large the market is. */
export interface MarketSize {
  readonly users: number;
  readonly warmItems: number;
  readonly newItems: number;
  readonly categories: number;
  readonly eventsPerUser: number;
}

export const FULL_MARKET: MarketSize = {
  users: 800,
  warmItems: 1500,
  newItems: 300,
  categories: 16,
  eventsPerUser: 40,
};

/**
 * A made-up market in which all is known: who likes which category, and how good every item is. Users have had items in
 * proportion to both. New items have a category, which the data tells, and a quality, which nothing tells but trying.
 */
export interface Market {
  /** Everything that has happened: with warm items only. */
  readonly data: TrainingData;
  readonly itemCount: number;
  /** Whether the item, by its index in the data, is new. */
  isNew(item: number): boolean;
  /** How probable it is that the user chooses the item when it is shown. */
  chance(user: number, item: number): number;
}

/** Makes a market; the same seed makes the same. */
export function makeMarket(size: MarketSize, seed: number): Market {
  const random = new Random(seed);
  const { users, warmItems, newItems, categories, eventsPerUser } = size;
  const itemCount = warmItems + newItems;
  const categoryOf = Int32Array.from({ length: itemCount }, () => random.integer(categories));
  const quality = Float64Array.from({ length: itemCount }, () => Math.exp(random.normal()));
  const tastes = Array.from({ length: users }, () =>
    Float64Array.from({ length: categories }, () => Math.exp(random.normal())),
  );
  const appeal = (user: number, item: number): number => tastes[user]![categoryOf[item]!]! * quality[item]!;
  // So that the best few items of a user are chosen about every third time.
  const chance = (user: number, item: number): number => 1 - Math.exp(-0.03 * appeal(user, item));
  const rows = tastes.flatMap((_, user) => {
    const had = new Set<number>();
    const weights = Float64Array.from({ length: warmItems }, (__, item) => appeal(user, item));
    let total = weights.reduce((sum, weight) => sum + weight, 0);
    while (had.size < Math.min(eventsPerUser, warmItems)) {
      let left = random.uniform() * total;
      let item = 0;
      while (item < warmItems - 1 && (left -= weights[item]!) > 0) item++;
      if (had.has(item)) continue;
      had.add(item);
      total -= weights[item]!;
      weights[item] = 0;
    }
    const times = Array.from(had, () => NOW - Math.floor(180 * DAY * random.uniform())).sort((a, b) => a - b);
    return [...had].map((item, k) => ({ user: `u${user}`, item: `i${item}`, timestamp: times[k]! }));
  });
  const data = trainingDataOf(
    rows,
    Array.from({ length: itemCount }, (_, item) => `i${item}`),
    {
      CATEGORY: Array.from(categoryOf, (category) => `category ${category}`),
      CREATION_TIMESTAMP: Array.from({ length: itemCount }, (_, item) =>
        item < warmItems ? NOW - 400 * DAY : NOW - Math.floor(10 * DAY * random.uniform()),
      ),
    },
  );
  return { data, itemCount, isNew: (item) => item >= warmItems, chance };
}
