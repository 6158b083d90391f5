import { Random } from "@palate/numeric";
import type { TrainingData } from "@palate/recipe";

/** Size of a synthetic data set. */
export interface SyntheticSize {
  readonly interactions: number;
  readonly users: number;
  readonly items: number;
  /**
   * Shelves that each user comes back to for a fifth of all interactions, and otherwise stays with the one before: what the
   * whole of a history tells and its end does not. Default 0: no item stands on any.
   */
  readonly shelves?: number;
}

const START = 1_600_000_000;
/** Share of a user's steps that go to an item near the one before: what makes histories sequences. */
const NEAR = 0.5;
const NEIGHBOURHOOD = 50;
/** Share of a user's steps that go to one of its own shelves, where there are shelves; and items of a shelf. */
const OWN = 0.2;
const SHELF = 100;

/** Histories with the shape of real ones: few active users and popular items, many others, and items that follow items. */
export function syntheticData({ interactions, users, items, shelves = 0 }: SyntheticSize, seed = 1): TrainingData {
  const random = new Random(seed);
  const weights = Float64Array.from({ length: users }, () => Math.exp(random.normal()));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const offsets = new Int32Array(users + 1);
  let sum = 0;
  for (let user = 0; user < users; user++) {
    sum += weights[user]!;
    offsets[user + 1] = Math.round((interactions * sum) / total);
  }
  const following = (before: number): number =>
    before >= 0 && random.uniform() < NEAR
      ? Math.min(items - 1, Math.max(0, before + 1 + random.integer(NEIGHBOURHOOD) - NEIGHBOURHOOD / 2))
      : Math.floor(items * random.uniform() ** 3);
  const fromShelves = (before: number, own: readonly number[]): number => {
    const kind = random.uniform();
    if (before < 0 || kind >= NEAR + OWN) return Math.floor(items * random.uniform() ** 3);
    const shelf = Math.floor((kind < NEAR ? before : own[random.integer(shelves)]!) / SHELF);
    // The first of a shelf are the most popular.
    return Math.min(items - 1, SHELF * shelf + Math.floor(SHELF * random.uniform() ** 2));
  };
  const chosen = new Int32Array(interactions);
  const timestamps = new Float64Array(interactions);
  for (let user = 0; user < users; user++) {
    let before = -1;
    let time = START + random.integer(10_000_000);
    const own = Array.from({ length: shelves }, () => Math.floor(items * random.uniform() ** 3));
    for (let i = offsets[user]!; i < offsets[user + 1]!; i++) {
      chosen[i] = before = shelves > 0 ? fromShelves(before, own) : following(before);
      timestamps[i] = time += 1 + random.integer(10_000);
    }
  }
  return {
    userIds: Array.from({ length: users }, (_, user) => `u${user}`),
    itemIds: Array.from({ length: items }, (_, item) => `i${item}`),
    offsets,
    items: chosen,
    timestamps,
    eventTypes: new Uint16Array(interactions),
    eventTypeNames: [""],
    eventValues: new Float32Array(interactions).fill(Number.NaN),
    itemAttributes: {},
    userAttributes: {},
  };
}
