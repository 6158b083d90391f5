import type { SparseRows } from "@palate/numeric";
import { decayWeights } from "../sequences/decay.js";

/** How much the interaction k steps back counts: slower than the ridge's own decay, as kinds change less than items. */
export const ALIKE_DECAY = decayWeights({ base: 0.8 }, 40);

/** Items' likeness by metadata, and how much it counts. */
export interface Alike {
  /** Row i: the items alike to item i, and how much. */
  readonly neighbours: SparseRows;
  /** What likeness is multiplied by before it is added to a ridge's scores; 0: it does not help. */
  readonly weight: number;
}

/** Adds to the score of every item how much it is alike to the newest ones of a history. */
export function addAlike({ neighbours, weight }: Alike, history: Int32Array, out: Float32Array): void {
  const { offsets, columns, values } = neighbours;
  const length = Math.min(ALIKE_DECAY.length, history.length);
  for (let back = 0; back < length; back++) {
    const item = history[history.length - 1 - back]!;
    const factor = weight * ALIKE_DECAY[back]!;
    for (let at = offsets[item]!; at < offsets[item + 1]!; at++) out[columns[at]!]! += factor * values[at]!;
  }
}
