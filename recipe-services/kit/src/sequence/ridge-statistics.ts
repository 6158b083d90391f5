import { decayWeights, gapSums, targetSums, type Decay } from "./decay.js";
import { historyOf, type Sequences } from "./sequences.js";

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
 * (and on where the sequence ends), so it is looked up, and no feature row is built. Cost: interactions × window.
 */
export function ridgeStatistics(sequences: Sequences, options: RidgeOptions): RidgeStatistics {
  const { itemCount } = sequences;
  const blocks = options.decays.map((decay) => decayWeights(decay, options.window));
  const size = blocks.length * itemCount;
  const gram = new Float32Array(size * size);
  const cross = new Float32Array(size * itemCount);
  blocks.forEach((weights, block) => {
    addTargets(sequences, targetSums(weights, options.future), cross.subarray(block * itemCount * itemCount));
    blocks.forEach((older, other) => addPairs(sequences, gapSums(weights, older), { gram, size, block, other }));
  });
  return { size, gram, cross };
}

/** Adds, for each interaction in `block` and each not newer one in `other`, the sum over the rows that see both. */
function addPairs(
  sequences: Sequences,
  sums: readonly Float64Array[],
  { gram, size, block, other }: { gram: Float32Array; size: number; block: number; other: number },
): void {
  const { itemCount } = sequences;
  for (let user = 0; user < sequences.userCount; user++) {
    const history = historyOf(sequences, user);
    // The last interaction has nothing after it, so no row ends there.
    const rows = history.length - 1;
    for (let newer = 0; newer < rows; newer++) {
      const a = block * itemCount + history[newer]!;
      const oldest = Math.max(0, newer - sums.length + 1);
      for (let older = newer; older >= oldest; older--) {
        // The same place twice in two blocks is one pair, not two; the mirrored call counts it.
        if (older === newer && other > block) continue;
        const b = other * itemCount + history[older]!;
        const byRows = sums[newer - older]!;
        let sum = byRows[Math.min(rows - newer, byRows.length - 1)]!;
        // Two different places holding one feature meet twice on the diagonal.
        if (a === b && older !== newer) sum *= 2;
        gram[a > b ? a * size + b : b * size + a]! += sum;
      }
    }
  }
}

function addTargets(sequences: Sequences, sums: Float64Array, cross: Float32Array): void {
  const { itemCount } = sequences;
  for (let user = 0; user < sequences.userCount; user++) {
    const history = historyOf(sequences, user);
    for (let target = 1; target < history.length; target++) {
      const y = history[target]!;
      const oldest = Math.max(0, target - sums.length + 1);
      for (let from = target - 1; from >= oldest; from--)
        cross[history[from]! * itemCount + y]! += sums[target - from]!;
    }
  }
}
