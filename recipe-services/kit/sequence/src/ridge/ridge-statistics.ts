import { decayWeights, PairSums, targetSums, type Decay } from "../sequences/decay.js";
import type { Sequences } from "../sequences/sequences.js";

/** Features, targets and regularisation of the ridge regression from the decayed history to the next items. */
export interface RidgeOptions {
  /** One block of features per decay; two (a fast and a slow one) are clearly better than one and cost four times. */
  readonly decays: readonly Decay[];
  /** Length of the history in interactions, at most. */
  readonly window: number;
  /** How many of the following interactions are targets; the j-th one weighs `0.5^(j-1)`. */
  readonly future: number;
  /** The regularisation added to the diagonal of the Gram matrix. */
  readonly lambda: number;
}

/** Interactions processed between two pauses: some milliseconds. */
const PAUSE_EVERY = 10_000;

/** The sums that a dense ridge is solved from; feature `block * itemCount + item` is an item in one block of decays. */
export interface RidgeStatistics {
  /** Blocks times items. */
  readonly size: number;
  /** `Z'Z`, size × size, row-major; only the lower triangle is filled. */
  readonly gram: Float32Array;
  /** `Z'Y`, size × itemCount, row-major. */
  readonly cross: Float32Array;
}

/**
 * Accumulates `Z'Z` and `Z'Y` without building Z: what two interactions contribute, summed over all rows that contain both, depends
 * only on the gap between them and on the distance to the end of the sequence, so it is looked up in a table. Goes item by item, so
 * that the row being added to stays in the processor's cache. Cost: interactions × window × pairs of blocks.
 * @param pause awaited after about every ten thousand interactions; what it throws ends the accumulation
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
  const occurrences = occurrencesByItem(sequences);
  let added = 0;
  /** Whether a pause is due after the row of an item. */
  const pauseIsDue = (item: number): boolean => {
    added += occurrences.starts[item + 1]! - occurrences.starts[item]!;
    if (added < PAUSE_EVERY) return false;
    added = 0;
    return true;
  };
  for (const [block, weights] of blocks.entries()) {
    const targets = targetSums(weights, options.future);
    for (let item = 0; item < itemCount; item++) {
      const row = block * itemCount + item;
      addTargets(sequences, occurrences, item, targets, (target, sum) => (cross[row * itemCount + target]! += sum));
      if (pauseIsDue(item)) await pause();
    }
    for (let other = 0; other <= block; other++) {
      const pairs = new PairSums(weights, blocks[other]!);
      for (let item = 0; item < itemCount; item++) {
        const from = (block * itemCount + item) * size + other * itemCount;
        addPairs(sequences, occurrences, item, pairs, (neighbour, sum) => (gram[from + neighbour]! += sum));
        if (pauseIsDue(item)) await pause();
      }
    }
  }
  return { size, gram, cross };
}

/** An index of `sequences.items` by item: the positions at which item i stands, and the users there, begin at `starts[i]`. */
export interface ItemOccurrences {
  readonly starts: Int32Array;
  readonly positions: Int32Array;
  readonly users: Int32Array;
}

/** Indexes the interactions by item. */
export function occurrencesByItem({ userCount, itemCount, offsets, items }: Sequences): ItemOccurrences {
  const starts = new Int32Array(itemCount + 1);
  for (const item of items) starts[item + 1]!++;
  for (let item = 0; item < itemCount; item++) starts[item + 1]! += starts[item]!;
  const next = starts.slice();
  const positions = new Int32Array(items.length);
  const users = new Int32Array(items.length);
  for (let user = 0; user < userCount; user++) {
    for (let position = offsets[user]!; position < offsets[user + 1]!; position++) {
      const at = next[items[position]!]!++;
      positions[at] = position;
      users[at] = user;
    }
  }
  return { starts, positions, users };
}

/** Calls `add` for each pair of an occurrence of `item` (first block) and an interaction near it (second block), itself included. */
function addPairs(
  { offsets, items }: Sequences,
  { starts, positions, users }: ItemOccurrences,
  item: number,
  pairs: PairSums,
  add: (neighbour: number, sum: number) => void,
): void {
  for (let at = starts[item]!; at < starts[item + 1]!; at++) {
    const position = positions[at]!;
    // The last interaction has nothing after it, so no row ends there.
    const last = offsets[users[at]! + 1]! - 1;
    const first = Math.max(offsets[users[at]!]!, position - pairs.back);
    const end = Math.min(last, position + pairs.ahead + 1);
    for (let other = first; position < last && other < end; other++)
      add(items[other]!, pairs.sum(position, other, last));
  }
}

/** Calls `add` for each interaction soon after an occurrence of `item`, with its weight as a target. */
function addTargets(
  { offsets, items, weights }: Sequences,
  { starts, positions, users }: ItemOccurrences,
  item: number,
  sums: Float64Array,
  add: (target: number, sum: number) => void,
): void {
  for (let at = starts[item]!; at < starts[item + 1]!; at++) {
    const position = positions[at]!;
    const end = Math.min(offsets[users[at]! + 1]!, position + sums.length);
    for (let target = position + 1; target < end; target++) {
      add(items[target]!, weights ? weights[target]! * sums[target - position]! : sums[target - position]!);
    }
  }
}
