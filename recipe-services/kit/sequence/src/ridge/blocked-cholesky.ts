import { choleskyFactor, yieldToEventLoop } from "@palate/numeric";
import type { Tensor2D, TensorBackend } from "@palate/tensorflow";
import type { ComputationOptions } from "../sequences/computation-options.js";

/** Rows and columns of a tile: small enough to factor in JavaScript, large enough for fast matrix products. */
const TILE = 256;

/**
 * Solves `(G + lambda I) X = R` for a symmetric positive definite G by a blocked Cholesky factorisation in single
 * precision: the tiles on the diagonal are factored in JavaScript, everything else is matrix products on the backend.
 * Cost: `size^3 / 3 + 2 size^2 columns` floating-point operations.
 * @param gram size × size, row-major, lower triangle; it is overwritten
 * @param right size × columns, row-major
 * @param computation told the share of these operations that is done after each tile; what `onProgress` throws ends it
 * @returns X, size × columns, row-major
 */
export async function solveRidge(
  { tf }: TensorBackend,
  { gram, right, size, lambda }: { gram: Float32Array; right: Float32Array; size: number; lambda: number },
  { signal, onProgress }: Pick<ComputationOptions, "signal" | "onProgress"> = {},
): Promise<Float32Array> {
  const columns = right.length / size;
  const tiles = Math.ceil(size / TILE);
  const height = (tile: number): number => Math.min(TILE, size - tile * TILE);
  /** Column of tiles j from its diagonal down; the part below the diagonal becomes that of the factor L. */
  const panels: Tensor2D[] = [];
  /** The inverse of L's diagonal tiles. */
  const inverses: Tensor2D[] = [];
  /** Row of tiles j of R, then of `L^-1 R`, then of X. */
  const rows: Tensor2D[] = [];
  for (let at = 0; at < size; at++) gram[at * size + at]! += lambda;
  // In products of two tiles: what each step costs on the way down, and on the way back.
  const wide = columns / TILE;
  const down = Array.from({ length: tiles }, (_, j) => (tiles - j) * (tiles - j + 1 + 2 * wide));
  const back = Array.from({ length: tiles }, (_, j) => (j + 1) * 2 * wide);
  const work = [...down, ...back].reduce((sum, one) => sum + one, 0);
  let done = 0;
  const report = async (cost: number): Promise<void> => {
    done += cost;
    onProgress?.({ phase: "ridge", fraction: done / work });
    await yieldToEventLoop(signal);
  };
  try {
    for (let j = 0; j < tiles; j++) {
      panels.push(tf.tensor2d(copyPanel(gram, size, j * TILE, height(j)), [size - j * TILE, height(j)]));
      rows.push(
        tf.tensor2d(right.subarray(j * TILE * columns, (j * TILE + height(j)) * columns), [height(j), columns]),
      );
    }
    const block = (panel: number, tile: number): Tensor2D =>
      tf.slice(panels[panel]!, [(tile - panel) * TILE, 0], [height(tile), height(panel)]);

    for (let j = 0; j < tiles; j++) {
      const diagonal = block(j, j);
      const inverse = invertedFactor(diagonal.dataSync() as Float32Array, height(j));
      diagonal.dispose();
      inverses.push(tf.tensor2d(inverse, [height(j), height(j)]));
      // Below the diagonal: L = A inverse(diagonal)'.
      replace(panels, j, () => tf.matMul(panels[j]!, inverses[j]!, false, true));
      for (let k = j + 1; k < tiles; k++) {
        replace(panels, k, () => {
          const lower = tf.slice(panels[j]!, [(k - j) * TILE, 0], [size - k * TILE, height(j)]);
          return tf.sub(panels[k]!, tf.matMul(lower, block(j, k), false, true));
        });
      }
      replace(rows, j, () => tf.matMul(inverses[j]!, rows[j]!));
      for (let i = j + 1; i < tiles; i++) {
        replace(rows, i, () => tf.sub(rows[i]!, tf.matMul(block(j, i), rows[j]!)));
      }
      await report(down[j]!);
    }
    for (let j = tiles - 1; j >= 0; j--) {
      replace(rows, j, () => tf.matMul(inverses[j]!, rows[j]!, true));
      for (let i = 0; i < j; i++) replace(rows, i, () => tf.sub(rows[i]!, tf.matMul(block(i, j), rows[j]!, true)));
      await report(back[j]!);
    }
    const solution = new Float32Array(size * columns);
    rows.forEach((row, j) => solution.set(row.dataSync(), j * TILE * columns));
    return solution;
  } finally {
    tf.dispose([...panels, ...inverses, ...rows]);
  }

  function replace(list: Tensor2D[], at: number, compute: () => Tensor2D): void {
    const old = list[at]!;
    list[at] = tf.tidy(compute);
    old.dispose();
  }
}

/** Columns [from, from + width) of the lower triangle, from row `from` down, contiguous. */
function copyPanel(gram: Float32Array, size: number, from: number, width: number): Float32Array {
  const panel = new Float32Array((size - from) * width);
  for (let row = from; row < size; row++) {
    const end = Math.min(width, row - from + 1);
    panel.set(gram.subarray(row * size + from, row * size + from + end), (row - from) * width);
  }
  return panel;
}

/** The inverse of the Cholesky factor of a small matrix (its lower triangle), in double precision. */
function invertedFactor(tile: Float32Array, size: number): Float32Array {
  const factor = Float64Array.from(tile);
  const steps = choleskyFactor(factor, size);
  while (steps.next().done !== true);
  // Row by row of the inverse: row r of inverse(L) is (e_r - sum over k < r of L[r, k] inverse row k) / L[r, r].
  const inverse = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    const r = row * size;
    inverse[r + row] = 1;
    for (let k = 0; k < row; k++) {
      const scale = factor[r + k]!;
      if (scale === 0) continue;
      const from = k * size;
      for (let column = 0; column <= k; column++) inverse[r + column]! -= scale * inverse[from + column]!;
    }
    const pivot = factor[r + row]!;
    for (let column = 0; column <= row; column++) inverse[r + column]! /= pivot;
  }
  return Float32Array.from(inverse);
}
