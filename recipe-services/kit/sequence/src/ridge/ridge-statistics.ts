import { decayWeights, PairSums, targetSums, type Decay } from "../sequences/decay.js";
import type { Sequences } from "../sequences/sequences.js";

/** What the ridge regression from decayed history to next items looks like. */
export interface RidgeOptions {
  /** One block of features per decay; two (a fast and a slow one) are clearly better than one and cost four times. */
  readonly decays: readonly Decay[];
  /** Interactions looked back, at most. */
  readonly window: number;
  /** How many following interactions are targets; the j-th counts `0.5^(j-1)`. */
  readonly future: number;
  /** The regularisation added to the diagonal of the Gram matrix. */
  readonly lambda: number;
}

/** Interactions whose neighbourhoods are added up before others have the processor: some milliseconds. */
const PAUSE_EVERY = 10_000;

/** The sums a dense ridge needs: features are numbered block * itemCount + item. */
export interface RidgeStatistics {
  /** Blocks times items. */
  readonly size: number;
  /** `Z'Z`, size × size, row-major; only the lower triangle is filled. */
  readonly gram: Float32Array;
  /** `Z'Y`, size × itemCount, row-major. */
  readonly cross: Float32Array;
}

/**
 * Accumulates `Z'Z` and `Z'Y` pair by pair: the sum over all rows that see two interactions depends on their gap only
 * (and on where the sequence ends), so it is looked up, and no feature row is built. Item by item, so that the row being
 * added to stays in the processor's cache. Cost: interactions × window × pairs of blocks.
 * @param pause waited for after every ten thousand interactions or so; what it throws ends the sums
 */
export async function ridgeStatistics(
  sequences: Sequences,
  options: RidgeOptions,
  pause: () => Promise<void> = async () => {},
): Promise<RidgeStatistics> {
  const { itemCount } = sequences;
  const blocks = options.decays.map((decay) => decayWeights(decay, options.window));
  const size = blocks.length * itemCount;
  const gram = new Float32Array(size * size);
  const cross = new Float32Array(size * itemCount);
  const places = placesByItem(sequences);
  let added = 0;
  /** Whether it is time for a pause after the row of an item. */
  const isTime = (item: number): boolean => {
    added += places.starts[item + 1]! - places.starts[item]!;
    if (added < PAUSE_EVERY) return false;
    added = 0;
    return true;
  };
  for (const [block, weights] of blocks.entries()) {
    const targets = targetSums(weights, options.future);
    for (let item = 0; item < itemCount; item++) {
      const row = block * itemCount + item;
      addTargets(sequences, places, item, targets, (target, sum) => (cross[row * itemCount + target]! += sum));
      if (isTime(item)) await pause();
    }
    for (let other = 0; other <= block; other++) {
      const pairs = new PairSums(weights, blocks[other]!);
      for (let item = 0; item < itemCount; item++) {
        const from = (block * itemCount + item) * size + other * itemCount;
        addPairs(sequences, places, item, pairs, (neighbour, sum) => (gram[from + neighbour]! += sum));
        if (isTime(item)) await pause();
      }
    }
  }
  return { size, gram, cross };
}

/** The places of each item in `sequences.items`, with the user at each: item i's are from `starts[i]` on. */
export interface ItemPlaces {
  readonly starts: Int32Array;
  readonly places: Int32Array;
  readonly users: Int32Array;
}

export function placesByItem({ userCount, itemCount, offsets, items }: Sequences): ItemPlaces {
  const starts = new Int32Array(itemCount + 1);
  for (const item of items) starts[item + 1]!++;
  for (let item = 0; item < itemCount; item++) starts[item + 1]! += starts[item]!;
  const next = starts.slice();
  const places = new Int32Array(items.length);
  const users = new Int32Array(items.length);
  for (let user = 0; user < userCount; user++) {
    for (let place = offsets[user]!; place < offsets[user + 1]!; place++) {
      const at = next[items[place]!]!++;
      places[at] = place;
      users[at] = user;
    }
  }
  return { starts, places, users };
}

/** Calls `add` for each pair of a place of `item` (in the first block) and a place near it (in the second), itself included. */
export function addPairs(
  { offsets, items }: Sequences,
  { starts, places, users }: ItemPlaces,
  item: number,
  pairs: PairSums,
  add: (neighbour: number, sum: number) => void,
): void {
  for (let at = starts[item]!; at < starts[item + 1]!; at++) {
    const place = places[at]!;
    // The last interaction has nothing after it, so no row ends there.
    const last = offsets[users[at]! + 1]! - 1;
    const first = Math.max(offsets[users[at]!]!, place - pairs.back);
    const end = Math.min(last, place + pairs.ahead + 1);
    for (let other = first; place < last && other < end; other++) add(items[other]!, pairs.sum(place, other, last));
  }
}

/** Calls `add` for each interaction soon after a place of `item`, with how much it counts. */
export function addTargets(
  { offsets, items, weights }: Sequences,
  { starts, places, users }: ItemPlaces,
  item: number,
  sums: Float64Array,
  add: (target: number, sum: number) => void,
): void {
  for (let at = starts[item]!; at < starts[item + 1]!; at++) {
    const place = places[at]!;
    const end = Math.min(offsets[users[at]! + 1]!, place + sums.length);
    for (let target = place + 1; target < end; target++) {
      add(items[target]!, weights ? weights[target]! * sums[target - place]! : sums[target - place]!);
    }
  }
}
