import { type SparseRows } from "@palate/numeric";
import { decayWeights } from "../sequences/decay.js";

/** The weight of the interaction k steps back: falls slower than in the ridge, since tastes change less than items do. */
export const METADATA_DECAY = decayWeights({ base: 0.8 }, 40);

/** The items most similar to each item by metadata, and how much that counts. */
export interface MetadataNeighbours {
  /** Row i: the neighbours of item i and their similarities. */
  readonly similarities: SparseRows;
  /** Factor on the similarities before they are added to a ridge's scores; 0: they do not help. */
  readonly weight: number;
}

/** Adds to each item's score its similarities to the latest items of a history. */
export function addNeighbourScores(
  { similarities, weight }: MetadataNeighbours,
  history: Int32Array,
  out: Float32Array,
): void {
  const { offsets, columns, values } = similarities;
  const length = Math.min(METADATA_DECAY.length, history.length);
  for (let back = 0; back < length; back++) {
    const item = history[history.length - 1 - back]!;
    const factor = weight * METADATA_DECAY[back]!;
    for (let k = offsets[item]!; k < offsets[item + 1]!; k++) out[columns[k]!]! += factor * values[k]!;
  }
}
