import { BATCH, countingWork, DONE, listsOf, sharedInts, sharedNumbers, type CountingWork } from "./counting-work.js";
import { countBatches } from "./pair-counter.js";
import type { Interactions, SimilarItems, SimilarityOptions } from "./similarity.js";

/** Longest wait, in milliseconds, while other threads count their last batches. */
const MAX_WAIT_MS = 20;

/**
 * Which counts lie between two percentiles, both included. Percentiles are of the counts above 0, rounded outwards, so
 * that equal counts and small data lose nothing.
 */
export function betweenPercentiles(counts: Int32Array, [low, high]: readonly [number, number]): Uint8Array {
  const sorted = counts.filter((count) => count > 0).sort();
  const least = sorted[Math.floor(low * (sorted.length - 1))] ?? 0;
  const most = sorted[Math.ceil(high * (sorted.length - 1))] ?? 0;
  const between = new Uint8Array(counts.length);
  for (let k = 0; k < counts.length; k++) {
    const count = counts[k]!;
    between[k] = Number(count > 0 && count >= least && count <= most);
  }
  return between;
}

/** Leaves out users and items outside the percentiles; what remains of a history closes up. In arrays that threads share. */
export function filtered(data: Interactions, options: SimilarityOptions): Interactions {
  const users = data.offsets.length - 1;
  const lengths = new Int32Array(users);
  for (let user = 0; user < users; user++) lengths[user] = data.offsets[user + 1]! - data.offsets[user]!;
  const counts = new Int32Array(data.itemIds.length);
  for (let i = 0; i < data.items.length; i++) counts[data.items[i]!]!++;
  const keepUser = betweenPercentiles(lengths, options.historyLengthPercentiles);
  const keepItem = betweenPercentiles(counts, options.itemCountPercentiles);
  const offsets = sharedInts(users + 1);
  const items = sharedInts(data.items.length);
  const timestamps = sharedNumbers(data.items.length);
  let length = 0;
  for (let user = 0; user < users; user++) {
    const end = keepUser[user] === 1 ? data.offsets[user + 1]! : 0;
    for (let i = data.offsets[user]!; i < end; i++) {
      const item = data.items[i]!;
      if (keepItem[item] !== 1) continue;
      items[length] = item;
      timestamps[length++] = data.timestamps[i]!;
    }
    offsets[user + 1] = length;
  }
  return {
    itemIds: data.itemIds,
    offsets,
    items: items.subarray(0, length),
    timestamps: timestamps.subarray(0, length),
  };
}

/**
 * Item-to-item collaborative filtering (Sarwar et al. 2001; Linden, Smith and York 2003) by directed, gap-weighted
 * co-occurrence: the sequential rules of Ludewig and Jannach (2018), which weigh a pair by 1/gap, with the popularity
 * discount of Deshpande and Karypis (2004) and the shrinkage of Koren (2008). For items i and j,
 *
 *     c_ij = sum over pairs of an i and a j, g steps apart with 1 <= |g| <= maxGap in a history of length L,
 *            of L^-1/2 · 1/|g| · 1/(1 + t/halfLife) · (1 when j follows i, backwardWeight when it precedes)
 *     similarity(i, j) = c_ij · m_ij / (m_ij + shrinkage) / (n_i^(1-e) · n_j^e),   e = popularityDiscount⁴
 *
 * with t the time between the two, m_ij the number of such pairs and n the number of interactions. With undirected counts
 * the discount could be the exponent itself: 0.5 then gives the cosine. But c_ij is directed, and so already close to the
 * probability that j follows i. On dense and on sparse data an exponent near 1/16 predicts held-out interactions best, and
 * both ends keep their meaning: at 0 popular items win, at 1 correlation alone counts. The factor L^-1/2 keeps long
 * histories, whose neighbours mean less, from outvoting others.
 *
 * Takes time in proportion to interactions · maxGap, whatever the catalogue's size. Yields the share done after each batch
 * of items.
 * @param help called with the work once it is ready: other threads may then take part by `countBatches`. The result does
 *   not depend on how many do
 */
export function* similarItems(
  data: Interactions,
  options: SimilarityOptions,
  help: (work: CountingWork) => void = () => undefined,
): Generator<number, SimilarItems> {
  const work = countingWork(filtered(data, options), options);
  const { state, lengths } = work;
  const batches = Math.ceil(lengths.length / BATCH);
  help(work);
  for (const _ of countBatches(work)) yield Atomics.load(state, DONE) / batches;
  for (let done = Atomics.load(state, DONE); done < batches; done = Atomics.load(state, DONE)) {
    Atomics.wait(state, DONE, done, MAX_WAIT_MS);
    yield done / batches;
  }
  return listsOf(work);
}
